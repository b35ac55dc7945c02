import type { NewApiKey } from "@holdfast/core/access"
import { instant, instants, type Query, query, text, texts } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const columns = `k.key_id::text, k.name::text, array_to_json(k.scopes)::text as scopes,
  ${millis("k.created_at")} as created_at, ${millis("k.expires_at")} as expires_at,
  ${millis("k.revoked_at")} as revoked_at, ${millis("k.last_used_at")} as last_used_at`

/** Makes a key ($1). Index: api_keys_pkey, api_keys_hash_key. Lock: none. */
export const insertApiKey = (schema: string) => {
  const sql = `
insert into ${schema}.api_keys as k (key_id, name, hash, scopes, expires_at, created_at)
values ($1::uuid, $2, $3, $4, $5, clock_timestamp())
returning ${columns}`
  return ({ expiresAt, hash, keyId, name, scopes }: NewApiKey): Query =>
    query(
      sql,
      ...[text(keyId), text(name), text(hash), texts(scopes)],
      instant(expiresAt?.epochMilliseconds ?? null)
    )
}

/** Reads the key with a hash ($1). Index: api_keys_hash_key. Lock: none. */
export const findApiKey = (schema: string) => {
  const sql = `select ${columns} from ${schema}.api_keys k where k.hash = $1`
  return (hash: string): Query => query(sql, text(hash))
}

/** Reads the newest keys. Index: api_keys_created_at. Lock: none. */
export const readApiKeys = (schema: string) => {
  const sql = `select ${columns} from ${schema}.api_keys k order by k.created_at desc limit 10000`
  return (): Query => query(sql)
}

/** Revokes a key ($1), or leaves it revoked. Index: api_keys_pkey. Lock: the row. */
export const revokeApiKey = (schema: string) => {
  const sql = `
update ${schema}.api_keys k set revoked_at = coalesce(k.revoked_at, clock_timestamp())
where k.key_id = $1::uuid
returning ${columns}`
  return (keyId: string): Query => query(sql, text(keyId))
}

/**
 * Notes when keys ($1) were last used ($2), unless a later use is noted.
 * Index: api_keys_pkey. Lock: the rows, in the order of their ids.
 */
export const noteApiKeyUses = (schema: string) => {
  const sql = `
with locked as materialized (
  select k.key_id from ${schema}.api_keys k
  where k.key_id = any($1::text[]::uuid[])
  order by k.key_id
  for no key update
)
update ${schema}.api_keys k set last_used_at = n.at
from locked, unnest($1::text[], $2::timestamptz[]) as n(key_id, at)
where k.key_id = locked.key_id and n.key_id::uuid = locked.key_id
  and coalesce(k.last_used_at, '-infinity') < n.at`
  return (
    uses: ReadonlyArray<{
      readonly keyId: string
      readonly at: { readonly epochMilliseconds: number }
    }>
  ): Query => query(sql, texts(uses.map(({ keyId }) => keyId)), instants(uses.map(({ at }) => at)))
}
