/** Statements in the sessions of a test. */
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

/** Runs statements that change what was written, with no trigger to refuse it. */
export const runUnseen = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(PgPool.PgPool, (pool) =>
    pool.use((session) =>
      Effect.forEach(
        [
          "set session_replication_role = replica",
          ...statements,
          "set session_replication_role = origin"
        ],
        (sql) => session.query(sql, [], false),
        { discard: true }
      )
    )
  )
