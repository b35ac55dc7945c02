/**
 * One connection for the length of a transaction. What is submitted together goes out in one write
 * and comes back in one round trip. A session that ends in the middle of a transaction is rolled
 * back, or thrown away when even that fails; no open transaction ever returns to the pool.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import type * as PgPool from "@effect/sql-pg/PgPool"
import { notingSpan } from "@holdfast/core/tracing"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Semaphore from "effect/Semaphore"
import { noted } from "../tracing/statementNotes.ts"
import { refusedInside } from "./PgSessions.ts"
import { encoded, type Query, query, type Row } from "./Query.ts"
import { knownOf } from "./SessionPool.ts"
import { fromDriver, SqlFailure, sqlStateOf } from "./SqlFailure.ts"

/** Runs queries in order in one round trip, and answers with the rows of each. */
export interface Session {
  readonly run: (
    queries: ReadonlyArray<Query>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>
}

/** A database that did not answer in time. Its connection is not used again. */
class Silence extends SqlFailure {
  constructor(place: string | undefined) {
    super("Lost", new Error("the database has not answered in time"), place)
  }
}

/**
 * The answer of queries that are on their way, or `Lost` when none comes in time. When a network
 * drops every packet, nothing else would ever end the wait. It uses the clock of the process, also
 * when a test has a clock of its own. A race of two fibers took 5 µs more in each round trip.
 */
const answeredWithin = <A, E>(
  millisMax: number,
  place: string | undefined,
  answer: Effect.Effect<A, E>,
  isGivenUp?: () => boolean
): Effect.Effect<A, E | SqlFailure> =>
  Effect.flatMap(Effect.forkDetach(answer, { startImmediately: true }), (fiber) =>
    isGivenUp === undefined
      ? endedWithin(fiber, millisMax, place)
      : endedUnlessGivenUp(fiber, millisMax, place, isGivenUp)
  )

/** How often to look whether a server was given up, in milliseconds. */
const givenUpMillis = 250

/** The end of a fiber, or `Lost` when it does not end in time, or the server is given up meanwhile. */
const endedUnlessGivenUp = <A, E>(
  fiber: Fiber.Fiber<A, E>,
  millisMax: number,
  place: string | undefined,
  isGivenUp: () => boolean
): Effect.Effect<A, E | SqlFailure> =>
  Effect.callback<A, E | SqlFailure>((resume) => {
    let left = millisMax
    const timer = setInterval(() => {
      left -= givenUpMillis
      if (left > 0 && !isGivenUp()) return
      clearInterval(timer)
      resume(Effect.fail(new Silence(place)))
    }, givenUpMillis)
    fiber.addObserver((exit) => {
      clearInterval(timer)
      resume(exit)
    })
  })

/** The end of a fiber, or `Lost` when it does not end in time; the fiber then goes on by itself. */
export const endedWithin = <A, E>(
  fiber: Fiber.Fiber<A, E>,
  millisMax: number,
  place: string | undefined
): Effect.Effect<A, E | SqlFailure> =>
  Effect.callback<A, E | SqlFailure>((resume) => {
    const timer = setTimeout(() => resume(Effect.fail(new Silence(place))), millisMax)
    fiber.addObserver((exit) => {
      clearTimeout(timer)
      resume(exit)
    })
  })

/**
 * How long a session keeps its plans, in milliseconds. By itself it keeps one until the server
 * analyses a table of it, which may be never. One that was made for ten rows and ran over ten
 * thousand took 8 ms to update a level. Making all plans again takes 5 ms.
 */
const plansMillisMax = 30_000

/** When each connection last forgot its plans, by the clock of the process. */
const plannedSince = new WeakMap<PgConnection.PgConnection, number>()

const discardPlans = query("discard plans")

/** The same session, whose first queries forget the plans of its connection when these are old. */
const withFreshPlans = (
  session: Session,
  connection: PgConnection.PgConnection,
  now: number
): Session => {
  const since = plannedSince.get(connection)
  if (since !== undefined && now - since < plansMillisMax) return session
  plannedSince.set(connection, now)
  if (since === undefined) return session
  let isFirst = true
  return {
    run: (queries) =>
      Effect.suspend(() => {
        if (!isFirst) return session.run(queries)
        isFirst = false
        return Effect.map(session.run([discardPlans, ...queries]), (results) => results.slice(1))
      })
  }
}

/**
 * PostgreSQL answers the COMMIT of a failed transaction with success, and the tag ROLLBACK. No statement needs to
 * have failed for those who sent it: the driver repeats a prepared statement that a pooler has lost (26000), and by
 * then the transaction is over.
 */
class UndoneCommit extends Error {
  readonly code = "26000"
  constructor() {
    super("COMMIT rolled back: a statement before it had failed, and was repeated after it")
  }
}

/** What a session knows about its connection. */
interface Terms {
  readonly place: string | undefined
  readonly silenceMillisMax: number | undefined
  readonly isGivenUp: (() => boolean) | undefined
  /** The settings that each transaction begins with, behind a pooler. */
  readonly settings: Query | undefined
  /** The time when it was lent. */
  readonly now: number
}

const sessionOf = (connection: PgConnection.PgConnection, terms: Terms): Session => {
  const { isGivenUp, now, place, settings, silenceMillisMax } = terms
  const session: Session = {
    run: (queries) =>
      Effect.withFiber((fiber) => {
        // All parameters are encoded before anything is sent: one that cannot be must not leave a
        // COMMIT behind that the statements before it were not meant to have alone.
        const sent = queries.map(({ params, sql }) => ({ sql, params: params.map(encoded) }))
        const span = notingSpan(fiber)
        const note = span && noted(span, fiber)
        const answer = Effect.matchEffect(
          Effect.forEach(
            sent,
            ({ params, sql }) => {
              const asked = connection.query(sql, params)
              return note === undefined ? asked : note(sql, asked)
            },
            { concurrency: "unbounded" }
          ),
          {
            onSuccess: (results) =>
              results.some(({ command }, at) => command === "ROLLBACK" && isCommit(queries[at]))
                ? Effect.fail(new SqlFailure("Denied", new UndoneCommit(), place))
                : Effect.succeed(results.map(({ rows }) => rows as ReadonlyArray<Row>)),
            onFailure: (error) => Effect.fail(fromDriver(error, place))
          }
        )
        return silenceMillisMax === undefined
          ? answer
          : answeredWithin(silenceMillisMax, place, answer, isGivenUp)
      })
  }
  return settings === undefined
    ? withFreshPlans(session, connection, now)
    : throughPooler(session, settings)
}

const begin = query("begin isolation level read committed")
const commit = query("commit")
const begins = (sent: Query | undefined) => sent?.sql.startsWith("begin") === true
const isCommit = (sent: Query | undefined) => sent?.sql === "commit"
const ends = (sent: Query | undefined) => isCommit(sent) || sent?.sql === "rollback"

/**
 * The same session behind a pooler, where only a transaction stays on one connection. The settings
 * follow each `begin` in the same round trip, and queries outside a transaction get one.
 */
const throughPooler = (session: Session, settings: Query): Session => {
  let isOpen = false
  return {
    run: (queries) =>
      Effect.suspend(() => {
        const [first, ...others] = queries
        if (isOpen) {
          isOpen = !ends(queries.at(-1))
          return session.run(queries)
        }
        if (first === undefined || !begins(first)) {
          return Effect.map(session.run([begin, settings, ...queries, commit]), (results) =>
            results.slice(2, -1)
          )
        }
        isOpen = !ends(queries.at(-1))
        const begun = first.sql === "begin" ? begin : first
        return Effect.map(session.run([begun, settings, ...others]), ([, , ...results]) => [
          [],
          ...results
        ])
      })
  }
}

/**
 * Rolls back what was left open. A connection that cannot in time, or that fell silent before, is
 * dropped. When the database turns out to be read-only, all connections of the pool are replaced,
 * because they lead to the same server.
 */
const rollback = <A, E>(
  pool: PgPool.PgPool,
  connection: PgConnection.PgConnection,
  silenceMillisMax: number | undefined,
  exit: Exit.Exit<A, E>
) => {
  const reasons = Exit.isFailure(exit) ? exit.cause.reasons : []
  if (reasons.some(isSilence)) return pool.invalidate(connection)
  const asked = connection.query("ROLLBACK")
  const rolledBack = Effect.catchCause(
    silenceMillisMax === undefined ? asked : answeredWithin(silenceMillisMax, undefined, asked),
    () => Effect.ignore(pool.invalidate(connection))
  )
  return reasons.some(isReadOnly)
    ? Effect.andThen(rolledBack, knownOf(pool).renew ?? Effect.void)
    : rolledBack
}

const isSilence = (reason: Cause.Reason<unknown>): boolean =>
  Cause.isFailReason(reason) && reason.error instanceof Silence

const isReadOnly = (reason: Cause.Reason<unknown>): boolean =>
  Cause.isFailReason(reason) &&
  reason.error instanceof SqlFailure &&
  sqlStateOf(reason.error.cause) === "25006"

const noConnection = new SqlFailure("Crowded", new Error("no connection of the pool came free"))

/**
 * How long a transaction waits for a connection of the pool, in milliseconds: as long as the
 * statement that occupies the connection may take. On PGlite all wait for one, and its work stops this clock's process.
 */
const checkoutMillisMax = 10_000

/** How long an answer may take by default: statements end by themselves after 10 s. */
const silenceMillisDefault = 12_000

/** How long answers may take to batches that may be tried for so long, in milliseconds. */
export const silenceMillisOf = (deadlineMillis: number | undefined): number =>
  deadlineMillis === undefined ? silenceMillisDefault : deadlineMillis + 2_000

/** How long a rollback may take when the lending sets no limit for answers. */
const rollbackMillisMax = silenceMillisDefault

/** Whether a network, which may fail, lies between this process and the database. */
export const isRemote = (pool: PgPool.PgPool): boolean => pool.config.stream === undefined

/** How sessions are lent. */
export interface LendingOptions {
  /** How long each answer may take. Without it, a session waits while the connection stands. */
  readonly silenceMillisMax?: number | undefined
  /** Whether nobody waits for the server any longer. It is asked while an answer is awaited. */
  readonly isGivenUp?: (() => boolean) | undefined
  /** How long to wait for a connection, in milliseconds: 10,000. */
  readonly checkoutMillisMax?: number | undefined
  /** Seats that keep borrowers from the last connections of the pool. */
  readonly seats?: Semaphore.Semaphore | undefined
}

/**
 * Lends a connection to `use`. When `use` succeeds, it leaves no transaction open. When it fails or
 * is interrupted, its transaction is rolled back.
 */
export const withSession = (pool: PgPool.PgPool, options: LendingOptions = {}) => {
  const { place, settings } = knownOf(pool)
  const { isGivenUp, seats } = options
  // An embedded database has no limit: while it is busy, it does not answer.
  const silenceMillisMax = isRemote(pool) ? options.silenceMillisMax : undefined
  const rollbackMillis = isRemote(pool) ? (silenceMillisMax ?? rollbackMillisMax) : undefined
  const connection =
    seats === undefined
      ? pool.get
      : Effect.andThen(
          Effect.acquireRelease(seats.take(1), () => seats.release(1), { interruptible: true }),
          pool.get
        )
  const checkoutMillis = options.checkoutMillisMax ?? checkoutMillisMax
  const free = Effect.mapError(Effect.timeout(connection, checkoutMillis), (error) =>
    error._tag === "TimeoutError" ? noConnection : fromDriver(error, place)
  )
  const refused = refusedInside(pool)
  const checkout =
    refused === undefined
      ? free
      : Effect.andThen(
          Effect.mapError(refused, (error) => new SqlFailure("Rejected", error, place)),
          free
        )
  return <A, E>(use: (session: Session) => Effect.Effect<A, E>): Effect.Effect<A, E | SqlFailure> =>
    Effect.scoped(
      Effect.flatMap(checkout, (connection) =>
        Effect.uninterruptible(
          Effect.clockWith((clock) => {
            const now = clock.currentTimeMillisUnsafe()
            const terms = { isGivenUp, now, place, settings, silenceMillisMax }
            const session = sessionOf(connection, terms)
            return Effect.onExit(use(session), (exit) =>
              Exit.isSuccess(exit) ? Effect.void : rollback(pool, connection, rollbackMillis, exit)
            )
          })
        )
      )
    )
}

/** Runs queries that need no transaction, in one round trip. */
export const runQueries = (pool: PgPool.PgPool, options: LendingOptions = {}) => {
  const lend = withSession(pool, { silenceMillisMax: silenceMillisDefault, ...options })
  return (
    queries: ReadonlyArray<Query>
  ): Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure> =>
    lend((session) => session.run(queries))
}
