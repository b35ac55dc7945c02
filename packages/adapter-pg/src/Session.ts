/**
 * One connection for the length of a transaction. What is submitted together goes out in one write
 * and comes back in one round trip. A session that ends in the middle of a transaction is rolled
 * back, or thrown away when even that fails; no open transaction ever returns to the pool.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import type * as PgPool from "@effect/sql-pg/PgPool"
import * as Cause from "effect/Cause"
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

const fellSilent = new SqlFailure("Lost", new Error("the database has not answered in time"))

/**
 * The answer of queries that are on their way, or `Lost` when there is none in time: where a network
 * drops every packet, nothing else would ever end the wait. By the clock of the process, whatever
 * time a test makes of it; a race of two fibers took 5 µs more of each round trip.
 */
const answeredWithin = <A>(millisMax: number, answer: Effect.Effect<A, SqlFailure>) =>
  Effect.flatMap(Effect.forkDetach(answer, { startImmediately: true }), (fiber) =>
    Effect.callback<A, SqlFailure>((resume) => {
      const timer = setTimeout(() => resume(Effect.fail(fellSilent)), millisMax)
      fiber.addObserver((exit) => {
        clearTimeout(timer)
        resume(exit)
      })
    })
  )

const sessionOf = (
  connection: PgConnection.PgConnection,
  silenceMillisMax: number | undefined
): Session => ({
  run: (queries) =>
    Effect.suspend(() => {
      // All parameters are encoded before anything is sent: one that cannot be must not leave a
      // COMMIT behind that the statements before it were not meant to have alone.
      const sent = queries.map(({ params, sql }) => ({ sql, params: params.map(encoded) }))
      const answer = Effect.mapBoth(
        Effect.forEach(sent, ({ params, sql }) => connection.query(sql, params), {
          concurrency: "unbounded"
        }),
        {
          onSuccess: (results) => results.map((result) => result.rows as ReadonlyArray<Row>),
          onFailure: fromDriver
        }
      )
      return silenceMillisMax === undefined ? answer : answeredWithin(silenceMillisMax, answer)
    })
})

/** Rolls back what was left open; a connection that cannot, or that fell silent, is thrown away. */
const rollback = <A, E>(
  pool: PgPool.PgPool,
  connection: PgConnection.PgConnection,
  exit: Exit.Exit<A, E>
) =>
  Exit.isFailure(exit) && exit.cause.reasons.some(isSilence)
    ? pool.invalidate(connection)
    : Effect.catchCause(connection.query("ROLLBACK"), () =>
        Effect.ignore(pool.invalidate(connection))
      )

const isSilence = (reason: Cause.Reason<unknown>): boolean =>
  Cause.isFailReason(reason) && reason.error === fellSilent

const noConnection = new SqlFailure("Crowded", new Error("no connection of the pool came free"))

/**
 * How long a transaction waits for a connection of the pool, in milliseconds: as long as a statement
 * of whoever has it may take. On PGlite all wait for one, and its work stops this clock's process.
 */
const checkoutMillisMax = 10_000

/** How long an answer may take when nothing is said: statements end by themselves after 10 s. */
const silenceMillisDefault = 12_000

/** How long answers may take to batches that may be tried for so long, in milliseconds. */
export const silenceMillisOf = (deadlineMillis: number | undefined): number =>
  deadlineMillis === undefined ? silenceMillisDefault : deadlineMillis + 2_000

/** An embedded database has no network that could fail; it is busy for as long as it is. */
const silenceOf = (pool: PgPool.PgPool, millisMax: number | undefined): number | undefined =>
  pool.config.stream === undefined ? millisMax : undefined

/**
 * Lends a connection to `use`, which leaves no transaction open when it succeeds. Whatever else
 * happens, what it left open is rolled back. Each answer may take `silenceMillisMax`; without it, an
 * answer is waited for as long as the connection stands.
 */
export const withSession = (pool: PgPool.PgPool, silenceMillisMax?: number) => {
  const silence = silenceOf(pool, silenceMillisMax)
  return <A, E>(use: (session: Session) => Effect.Effect<A, E>): Effect.Effect<A, E | SqlFailure> =>
    Effect.scoped(
      Effect.flatMap(
        Effect.mapError(Effect.timeout(pool.get, checkoutMillisMax), (error) =>
          error._tag === "TimeoutError" ? noConnection : fromDriver(error)
        ),
        (connection) =>
          Effect.uninterruptible(
            Effect.onExit(use(sessionOf(connection, silence)), (exit) =>
              Exit.isSuccess(exit) ? Effect.void : rollback(pool, connection, exit)
            )
          )
      )
    )
}

/** Runs queries that need no transaction, in one round trip. */
export const runQueries = (pool: PgPool.PgPool, silenceMillisMax = silenceMillisDefault) => {
  const lend = withSession(pool, silenceMillisMax)
  return (
    queries: ReadonlyArray<Query>
  ): Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure> =>
    lend((session) => session.run(queries))
}
