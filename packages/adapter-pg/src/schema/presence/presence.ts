/**
 * Servers note that they run, in the tables that they run on: for `doctor`, which adds up what they ask
 * of the database, and for migrations that would break one of them. Nothing depends on it: a note that
 * cannot be written is tried again, and one that is not renewed for a minute counts no more.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { isRemote, runQueries } from "../../connection/Session.ts"
import type { ContextTables } from "../ContextTables.ts"
import { checkedSchemaName, type MigrationError } from "../schemaName.ts"
import { forgetLost, forgetServer, type NotedServer, noteServer } from "../statements/servers.ts"

/** What a server says of itself; which migrations it knows is known here. */
export interface ServerPresence extends Omit<NotedServer, "knows"> {}

const noteAgainAfter = "15 seconds"

/** How long the last word of a server that ends may take. */
const forgetMillisMax = 1_000

/** Notes a server for the lifetime of the layer. An embedded database has one process, which needs no note. */
export const layerPresenceOf = (
  tables: ContextTables,
  schemaName: string,
  presence: ServerPresence
): Layer.Layer<never, MigrationError, PgPool.PgPool> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(schemaName)
      const pool = yield* PgPool.PgPool
      if (!isRemote(pool)) return
      const run = runQueries(pool, { silenceMillisMax: 2_000 })
      const knows = tables.migrations.at(-1)?.id ?? 0
      const note = noteServer(schema)({ ...presence, knows })
      const forget = run([forgetServer(schema)(presence.serverId)])
      const noted = Effect.ignore(run([forgetLost(schema), note]))
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(forget, forgetMillisMax)))
      yield* noted
      yield* Effect.forkScoped(
        Effect.delay(Effect.repeat(noted, Schedule.spaced(noteAgainAfter)), noteAgainAfter)
      )
    })
  )
