/**
 * `StockStore` inside a host's own transaction: one decision, on the host's connection, between its
 * BEGIN and its COMMIT. That the transaction has begun and has had no call yet is asked of the
 * database, by a setting that ends with the transaction, since a host may wrap its connection anew.
 */
import { StockStore, StoreError } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import { checkedSchemaName } from "./migrate.ts"
import type { HostTransaction } from "./promise/HostTransaction.ts"
import { type Query, query, type Row } from "./Query.ts"
import type { Session } from "./Session.ts"
import { fromDriver, type SqlFailure, toStoreError } from "./SqlFailure.ts"
import { sessionSettings } from "./sessionSettings.ts"
import { transactionOver } from "./transaction.ts"

const sessionOf = (host: HostTransaction): Session => ({
  run: (queries) =>
    Effect.forEach(queries, ({ params, sql }) =>
      Effect.tryPromise({
        try: async () => {
          const answered = await host.query(
            sql,
            params.map(({ value }) => value)
          )
          return ("rows" in answered ? answered.rows : answered) as ReadonlyArray<Row>
        },
        catch: fromDriver
      })
    )
})

const mark = "holdfast.engine_call"

/** Reads the mark, sets it, and reads it again: outside a transaction it is gone by then. */
const marking: ReadonlyArray<Query> = [
  query(`select coalesce(current_setting('${mark}', true), '') as mark`),
  query(`select set_config('${mark}', 'made', true) as mark`),
  query(`select coalesce(current_setting('${mark}', true), '') as mark`)
]

/** The engine's settings, for what is left of the host's transaction. */
const settings: ReadonlyArray<Query> = [
  "lock_timeout",
  "statement_timeout",
  "idle_in_transaction_session_timeout",
  "enable_seqscan"
].map((name) => query(`set local ${name} = '${sessionSettings[name]}'`))

const unusable = (message: string) => new StoreError({ reason: "TransactionUnusable", message })

const begun = (session: Session): Effect.Effect<void, StoreError | SqlFailure> =>
  Effect.flatMap(session.run(marking), ([before, , after]) => {
    if (before?.[0]?.["mark"] === "made") {
      return Effect.fail(
        unusable(
          "this transaction has had its one engine call; put several lines into one call, " +
            "or begin another transaction"
        )
      )
    }
    return after?.[0]?.["mark"] === "made"
      ? Effect.void
      : Effect.fail(unusable("there is no transaction on this connection; begin one first"))
  })

/** A store whose one decision becomes part of the host's transaction. */
export const hostStockStore = Effect.fnUntraced(function* (
  host: HostTransaction,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  const session = sessionOf(host)
  const statements = transactionOver(schema)
  // One call may take several rounds, when more holds have lapsed than one round expires.
  let hasBegun = false
  return StockStore.of({
    lanes: 1,
    transact: (scope, decide) =>
      Effect.mapError(
        Effect.gen(function* () {
          if (!hasBegun) yield* begun(session)
          hasBegun = true
          const trip = statements.lockAndLoad(scope, null, false)
          // The host has begun already; what begins a transaction of our own is left out.
          const results = yield* session.run([...settings, ...trip.queries.slice(1)])
          const loaded = trip.read([[], ...results.slice(settings.length)])
          if ("decidedAtMillis" in loaded) {
            return yield* Effect.die(new Error("a first try was found committed"))
          }
          const { answer, changes } = decide(loaded)
          if (!changes.isEmpty) yield* session.run(statements.writing(scope, changes, loaded.now))
          return answer
        }),
        (failure) => (failure instanceof StoreError ? failure : toStoreError(failure))
      ),
    load: () => Effect.die(new Error("a host's transaction is for commands"))
  })
})
