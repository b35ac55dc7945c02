/**
 * Servers note that they run, in the tables that they run on: for `doctor`, which adds up what they ask
 * of the database, and for migrations that would break one of them. Nothing depends on it: a note that
 * cannot be written is tried again, and one that is not renewed for a minute counts no more.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Query } from "../../connection/Query.ts"
import { isRemote, runQueries } from "../../connection/Session.ts"
import { isLockTimeout, type SqlFailure, toStoreError } from "../../connection/SqlFailure.ts"
import { commit } from "../../transaction/batchTrips.ts"
import type { ContextTables } from "../ContextTables.ts"
import { refusalOf, toApplied } from "../migrate.ts"
import { checkedSchemaName, type MigrationError } from "../schemaName.ts"
import { beginBesideMigrations } from "../statements/changeSchema.ts"
import { diagnoseMigrations } from "../statements/diagnoseMigrations.ts"
import { forgetLost, forgetServer, type NotedServer, noteServer } from "../statements/servers.ts"

/** What a server says of itself; which migrations it knows is known here. */
export interface ServerPresence extends Omit<NotedServer, "knows"> {}

const noteAgainAfter = "15 seconds"

/** How long the database may take to answer. */
const silenceMillisMax = 2_000

/** How long the last word of a server that ends may take. */
const forgetMillisMax = 1_000

/**
 * Notes a server before a migration can begin that would break it. Between the check of the tables at
 * its start and its note, one may have been applied: so the tables are checked again.
 */
const arrive = Effect.fnUntraced(function* (
  run: ReturnType<typeof runQueries>,
  schema: string,
  tables: ContextTables,
  note: Query
) {
  const begun = beginBesideMigrations(schema)
  const answers = yield* run([...begun, diagnoseMigrations(schema), note, commit])
  const refusal = refusalOf(tables.migrations, toApplied(answers[begun.length] ?? []), schema)
  if (refusal !== undefined) return yield* refusal
})

/** Why a server that has not noted itself must not serve yet; nothing when it only lacks the right to. */
const orNotYet = (schema: string) => (failure: SqlFailure) => {
  if (isLockTimeout(failure)) {
    const message = `schema ${schema} is being migrated; try again shortly`
    return Effect.fail(new StoreError({ reason: "Unavailable", message, cause: failure.cause }))
  }
  return failure.kind === "Rejected" ? Effect.void : Effect.fail(toStoreError(failure))
}

/**
 * Notes a server for the lifetime of the layer; fails when its tables were changed meanwhile so that it
 * must not use them, or are being changed. An embedded database has one process, which needs no note.
 */
export const layerPresenceOf = (
  tables: ContextTables,
  schemaName: string,
  presence: ServerPresence
): Layer.Layer<never, MigrationError | StoreError, PgPool.PgPool> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(schemaName)
      const pool = yield* PgPool.PgPool
      if (!isRemote(pool)) return
      const run = runQueries(pool, { silenceMillisMax })
      const knows = tables.migrations.at(-1)?.id ?? 0
      const note = noteServer(schema)({ ...presence, knows })
      const forget = run([forgetServer(schema)(presence.serverId)])
      const noted = Effect.ignore(run([forgetLost(schema), note]))
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(forget, forgetMillisMax)))
      const arrived = arrive(run, schema, tables, note)
      yield* Effect.catchTag(arrived, "SqlFailure", orNotYet(schema))
      yield* noted
      yield* Effect.forkScoped(
        Effect.delay(Effect.repeat(noted, Schedule.spaced(noteAgainAfter)), noteAgainAfter)
      )
    })
  )
