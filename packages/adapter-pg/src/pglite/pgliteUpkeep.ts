// What a PostgreSQL server does in the background and PGlite, which has no background, does not: it
// removes dead rows, renews the planner's statistics, and writes checkpoints so that the write-ahead
// log (and with it the next start after a crash) stays short. Each step is one short
// statement between the others; nothing is done while nothing was written.
import type * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { SqlError } from "effect/sql/SqlError"
import { logLength, wornTables } from "./statements/readWear.ts"

/** A checkpoint is written after this much log: a start after a crash then replays it in about 1 s. */
const checkpointAfterBytes = 64 * 1024 * 1024

/** One round of the upkeep, at once. */
export const upkeepOnce = (pool: PgPool.PgPool): Effect.Effect<void, SqlError> =>
  Effect.gen(function* () {
    const tables = yield* pool.use((session) => session.queryValues(wornTables))
    for (const [table, hasDeadRows] of tables) {
      const verb = hasDeadRows === true ? "vacuum (analyze)" : "analyze"
      yield* pool.use((session) => session.query(`${verb} ${String(table)}`, [], false))
    }
    const [row] = yield* pool.use((session) => session.queryValues(logLength))
    if (Number(row?.[0] ?? 0) > checkpointAfterBytes) {
      yield* pool.use((session) => session.query("checkpoint", [], false))
    }
  })

/** Looks after the database once a minute, for ever. What fails is logged and tried again. */
export const pgliteUpkeep = (pool: PgPool.PgPool): Effect.Effect<void> =>
  upkeepOnce(pool).pipe(
    Effect.catchCause((cause) =>
      Effect.logWarning("upkeep of the embedded database failed", cause)
    ),
    Effect.delay("1 minute"),
    Effect.repeat(Schedule.forever),
    Effect.asVoid
  )
