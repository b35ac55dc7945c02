/** One statement in the sessions of a test. */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"

/** Runs it, and gives its rows. */
export const run = (sql: string, params: ReadonlyArray<unknown> = []) =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    Effect.map(
      pool.use((session) => session.query(sql, params, false)),
      ({ rows }) => rows
    )
  )
