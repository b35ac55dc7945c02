/** The keys of services in the tables of access. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { type ApiKey, ApiKeys } from "@holdfast/core/access"
import { type ManagementRecord, StoreError } from "@holdfast/core/engine"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { recordedChanges } from "../audit/recordedChanges.ts"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { makeSchemaGate } from "../schema/schemaCheck.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import { accessMigrations, accessSchemaDefault } from "./accessTables.ts"
import {
  findApiKey,
  insertApiKey,
  noteApiKeyUses,
  readApiKeys,
  revokeApiKey
} from "./statements/apiKeys.ts"

const instantOrNull = (value: unknown): DateTime.Utc | null =>
  value === null ? null : DateTime.makeUnsafe(value as number)

const toApiKey = (row: Row): ApiKey => ({
  keyId: row["key_id"] as string,
  name: row["name"] as string,
  scopes: JSON.parse(row["scopes"] as string),
  createdAt: DateTime.makeUnsafe(row["created_at"] as number),
  expiresAt: instantOrNull(row["expires_at"]),
  revokedAt: instantOrNull(row["revoked_at"]),
  lastUsedAt: instantOrNull(row["last_used_at"])
})

/** How the tables are used. */
export interface PgApiKeysOptions {
  /** The database schema that holds the tables: `access` unless given. */
  readonly schema?: string | undefined
}

/** How long an answer may take: a request waits for it. */
const silenceMillisMax = 3_000

/**
 * Keeps the keys of services in the tables. Until the tables have the version of this engine, every
 * call is refused with `Unavailable` and the reason.
 */
export const layerApiKeys = (
  options: PgApiKeysOptions = {}
): Layer.Layer<ApiKeys, MigrationError, PgPool.PgPool> =>
  Layer.effect(
    ApiKeys,
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema ?? accessSchemaDefault)
      const pool = yield* PgPool.PgPool
      const run = runQueries(pool, { silenceMillisMax })
      const gate = makeSchemaGate(pool, schema, accessMigrations, { silenceMillisMax })
      const rowsOf = (query: Query) =>
        gate(
          Effect.mapBoth(run([query]), {
            onSuccess: ([rows = []]) => rows,
            onFailure: toStoreError
          })
        )
      const change = recordedChanges(pool, { schema, silenceMillisMax })
      const changed = (query: Query, record: ManagementRecord | undefined) =>
        gate(
          Effect.mapBoth(change([query], record), {
            onSuccess: ([rows = []]) => (rows[0] === undefined ? undefined : toApiKey(rows[0])),
            onFailure: toStoreError
          })
        )
      const firstOf = (query: Query) =>
        Effect.map(rowsOf(query), ([row]) => (row === undefined ? undefined : toApiKey(row)))
      const statements = {
        insert: insertApiKey(schema),
        find: findApiKey(schema),
        list: readApiKeys(schema),
        revoke: revokeApiKey(schema),
        noteUses: noteApiKeyUses(schema)
      }
      return ApiKeys.of({
        create: (key, record) =>
          Effect.flatMap(changed(statements.insert(key), record), (made) =>
            made === undefined
              ? Effect.fail(new StoreError({ reason: "Unavailable", message: "no key was made" }))
              : Effect.succeed(made)
          ),
        list: Effect.map(rowsOf(statements.list()), (rows) => rows.map(toApiKey)),
        find: (hash) => firstOf(statements.find(hash)),
        revoke: (keyId, record) => changed(statements.revoke(keyId), record),
        noteUses: (uses) =>
          uses.length === 0 ? Effect.void : Effect.asVoid(rowsOf(statements.noteUses(uses)))
      })
    })
  )
