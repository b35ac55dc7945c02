/**
 * The store of a context inside a host's own transaction: one decision, on the host's connection,
 * between its BEGIN and its COMMIT. A part of the writes can never be committed: after a failure or
 * an abort, the transaction can only be rolled back. There is one exception: a driver that gives up a
 * statement by itself, as `query_timeout` of `pg` does, may keep the server from knowing of the
 * failure. A host must roll back whenever a call rejects. The database knows whether the transaction has
 * begun and has had its call, by a setting that ends with the transaction. An object of this
 * process could not know, since a host may wrap its connection a second time.
 */
import { type BatchChanges, type BatchStore, StoreError } from "@holdfast/core/engine"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { asText, type Query, type Row } from "../connection/Query.ts"
import { fromDriver, sqlStateOf, toStoreError } from "../connection/SqlFailure.ts"
import type { BatchStatements, Rows } from "./BatchStatements.ts"
import { batchTrips, millisOf } from "./batchTrips.ts"
import type { HostTransaction } from "./HostTransaction.ts"
import {
  applySettings,
  claimTransaction,
  inspectTransaction,
  spoilTransaction
} from "./statements/inHostTransaction.ts"

const unusable = (message: string, cause?: unknown) =>
  new StoreError({
    reason: "TransactionUnusable",
    message,
    ...(cause === undefined ? {} : { cause })
  })

/** The error of the host's query as an error of the store. */
const failureOf = (error: unknown): StoreError => {
  const state = sqlStateOf(error)
  if (state === undefined) {
    const message = error instanceof Error ? error.message : String(error)
    return unusable(`the host's query failed: ${message}; roll back and begin again`, error)
  }
  if (state === "25P02") return unusable("the transaction failed before; roll it back", error)
  const { message, reason } = toStoreError(fromDriver(error))
  const rollBack = `${message} (roll this transaction back first)`
  return new StoreError({ reason, message: rollBack, cause: error })
}

const rowsOf = (answered: unknown): ReadonlyArray<Row> => {
  const rows = Array.isArray(answered) ? answered : Object(answered).rows
  if (Array.isArray(rows)) return rows
  throw new TypeError("it answered neither rows nor an object that holds `rows`")
}

/**
 * Runs statements one after another. An interruption ends it between two of them, never in the
 * middle of one.
 */
export const runOn =
  (host: HostTransaction) =>
  (queries: ReadonlyArray<Query>): Effect.Effect<Rows, StoreError> =>
    Effect.forEach(queries, ({ params, sql }) =>
      Effect.uninterruptible(
        Effect.tryPromise({
          try: async () => rowsOf(await host.query(sql, params.map(asText))),
          catch: failureOf
        })
      )
    )

const lacks = (state: Row | undefined, callId: string): string | undefined => {
  if (!Object.hasOwn(Object(state), "read_only")) {
    return "the host's query renames the columns of its rows; give it one that does not"
  }
  if (state?.["mark"] === "") return "there is no transaction on this connection; begin one first"
  if (state?.["mark"] !== callId) {
    return (
      "this transaction has had its one engine call; put several lines into one call, " +
      "or begin another transaction"
    )
  }
  // The lines of an order are read after its lock. An older snapshot would miss what has been
  // committed since.
  if (!String(state["isolation"]).startsWith("read ")) {
    return `the transaction is ${state["isolation"]}; begin it as read committed`
  }
  return state["read_only"] === "on" ? "the transaction is read only" : undefined
}

/** Refuses a transaction that cannot be used, and leaves it as it was. */
export const begunOn = (run: (queries: ReadonlyArray<Query>) => Effect.Effect<Rows, StoreError>) =>
  Effect.suspend(() => {
    const callId = crypto.randomUUID()
    return Effect.flatMap(run([claimTransaction(callId), inspectTransaction]), ([, state]) => {
      const lacking = lacks(state?.[0], callId)
      return lacking === undefined
        ? Effect.asVoid(run([applySettings]))
        : Effect.fail(unusable(lacking))
    })
  })

/** Does work that leaves a transaction which can only be rolled back, unless it succeeds. */
export const spoilingOn = <A, E, R>(
  run: (queries: ReadonlyArray<Query>) => Effect.Effect<Rows, StoreError>,
  work: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.onExit(work, (exit) =>
    Exit.isSuccess(exit) ? Effect.void : Effect.ignore(run([spoilTransaction]))
  )

/**
 * The store of a context whose one decision becomes part of the host's transaction. `now` is the
 * clock of decisions, the database's own unless given.
 */
export const hostUnitOfWork = <
  Scope extends { readonly batchId: string },
  Loaded extends { readonly now: DateTime.Utc },
  Changes extends BatchChanges,
  Locked,
  Obstacle
>(
  host: HostTransaction,
  schema: string,
  statements: BatchStatements<Scope, Loaded, Changes, Locked, Obstacle>,
  now?: Effect.Effect<DateTime.Utc>
): BatchStore<Scope, Loaded, Changes, Locked, Obstacle> => {
  const run = runOn(host)
  const trips = batchTrips(schema, statements)
  const nowMillis = millisOf(now)
  // One call may take several rounds, when more holds have lapsed than one round expires.
  let hasBegun = false
  return {
    lanes: 1,
    transact: (scope, decide) =>
      Effect.gen(function* () {
        if (!hasBegun) yield* begunOn(run)
        hasBegun = true
        const work = Effect.gen(function* () {
          const trip = trips.lockAndLoad(scope, yield* nowMillis, { isRepeated: false })
          const loaded = trip.read(yield* run(trip.queries))
          if ("decidedAtMillis" in loaded) {
            return yield* Effect.die(new Error("a first try was found committed"))
          }
          const { answer, audit, changes } = decide(loaded)
          if (!changes.isEmpty) yield* run(trips.writing(scope, changes, loaded.now, audit))
          return answer
        })
        return yield* spoilingOn(run, work)
      })
  }
}
