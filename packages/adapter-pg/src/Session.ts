/**
 * One connection for the length of a transaction. What is submitted together goes out in one write
 * and comes back in one round trip. A session that ends in the middle of a transaction is rolled
 * back, or thrown away when even that fails; no open transaction ever returns to the pool.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import type * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { encoded, type Query, type Row } from "./Query.ts"
import { fromDriver, SqlFailure } from "./SqlFailure.ts"

/** Runs queries in order in one round trip, and answers with the rows of each. */
export interface Session {
  readonly run: (
    queries: ReadonlyArray<Query>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>
}

const sessionOf = (connection: PgConnection.PgConnection): Session => ({
  run: (queries) =>
    Effect.suspend(() => {
      // All parameters are encoded before anything is sent: one that cannot be must not leave a
      // COMMIT behind that the statements before it were not meant to have alone.
      const sent = queries.map(({ params, sql }) => ({ sql, params: params.map(encoded) }))
      return Effect.mapBoth(
        Effect.forEach(sent, ({ params, sql }) => connection.query(sql, params), {
          concurrency: "unbounded"
        }),
        {
          onSuccess: (results) => results.map((result) => result.rows as ReadonlyArray<Row>),
          onFailure: fromDriver
        }
      )
    })
})

const rollback = (pool: PgPool.PgPool, connection: PgConnection.PgConnection) =>
  Effect.catchCause(connection.query("ROLLBACK"), () => Effect.ignore(pool.invalidate(connection)))

const noConnection = new SqlFailure("Crowded", new Error("no connection of the pool came free"))

/**
 * How long a transaction waits for a connection of the pool, in milliseconds: as long as a statement
 * of whoever has it may take. On PGlite all wait for one, and its work stops this clock's process.
 */
const checkoutMillisMax = 10_000

/**
 * Lends a connection to `use`, which leaves no transaction open when it succeeds. Whatever else
 * happens, what it left open is rolled back.
 */
export const withSession =
  (pool: PgPool.PgPool) =>
  <A, E>(use: (session: Session) => Effect.Effect<A, E>): Effect.Effect<A, E | SqlFailure> =>
    Effect.scoped(
      Effect.flatMap(
        Effect.mapError(Effect.timeout(pool.get, checkoutMillisMax), (error) =>
          error._tag === "TimeoutError" ? noConnection : fromDriver(error)
        ),
        (connection) =>
          Effect.uninterruptible(
            Effect.onExit(use(sessionOf(connection)), (exit) =>
              Exit.isSuccess(exit) ? Effect.void : rollback(pool, connection)
            )
          )
      )
    )

/** Runs queries that need no transaction, in one round trip. */
export const runQueries =
  (pool: PgPool.PgPool) =>
  (queries: ReadonlyArray<Query>): Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure> =>
    withSession(pool)((session) => session.run(queries))
