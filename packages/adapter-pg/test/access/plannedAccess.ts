/** The statements of access, for the test of plans. */
import { createHash } from "node:crypto"
import * as DateTime from "effect/DateTime"
import {
  findApiKey,
  insertApiKey,
  noteApiKeyUses,
  readApiKeys,
  revokeApiKey
} from "../../src/access/statements/apiKeys.ts"
import type { Planned, PlannedTables } from "../schema/plans.ts"

const idOf = (text: string) =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex")

const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")
const schema = "access"
const byId = ["api_keys_pkey"]

const fresh = {
  ...{ keyId: idOf("new"), name: "checkout", hash: hashOf("new"), scopes: ["stock:read"] as const },
  expiresAt: now
}

const uses = [...Array(50).keys()].map((n) => ({ keyId: idOf(`k${n + 1}`), at: now }))

/** Keys of a deployment that has had many. */
export const accessTables: PlannedTables = {
  rows: (share) => [
    `insert into access.api_keys (key_id, name, hash, scopes, created_at)
   select md5('k' || n)::uuid, 'service ' || n, encode(sha256(('k' || n)::bytea), 'hex'),
     array['stock:read'], now() - n * interval '1 s'
   from generate_series(1, ${Math.max(10, 20_000 * share)}) n on conflict do nothing`
  ],
  empty: ["delete from access.api_keys"]
}

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedAccess: ReadonlyArray<Planned> = [
  ["make a key", insertApiKey(schema)(fresh), [], 40],
  ["find a key", findApiKey(schema)(hashOf("k7")), ["api_keys_hash_key"], 20],
  ["read the newest keys", readApiKeys(schema)(), ["api_keys_created_at"], 30_000],
  ["revoke a key", revokeApiKey(schema)(idOf("k7")), byId, 40],
  ["note when keys were used", noteApiKeyUses(schema)(uses), byId, 1_500]
]
