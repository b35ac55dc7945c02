/**
 * A host's own transaction: its rows and one engine call commit together, or not at all. The engine
 * asks for one thing, a function that runs a query on the host's connection. Its terms:
 *
 * - one engine call a transaction, and it is the last before the host's COMMIT, because it locks
 *   stock; a second call is refused;
 * - the engine's time-outs apply from that call on;
 * - the answer is provisional until the host commits; nothing is retried for the host.
 */
import { StockStore, StoreError } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import { type Query, query, type Row } from "./Query.ts"
import type { Session } from "./Session.ts"
import { fromDriver, type SqlFailure, toStoreError } from "./SqlFailure.ts"
import { sessionSettings } from "./sessionSettings.ts"
import { transactionOver } from "./transaction.ts"

/**
 * The host's transaction, already begun. `query` runs a statement with `$1`-style parameters on
 * its connection and gives the rows as objects by column name.
 */
export interface HostTransaction {
  readonly query: (
    sql: string,
    values: ReadonlyArray<unknown>
  ) => PromiseLike<ReadonlyArray<Readonly<Record<string, unknown>>>>
}

const sessionOf = (host: HostTransaction): Session => ({
  run: (queries) =>
    Effect.forEach(queries, ({ params, sql }) =>
      Effect.tryPromise({
        try: async () =>
          await host.query(
            sql,
            params.map(({ value }) => value)
          ),
        catch: fromDriver
      })
    ) as Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, SqlFailure>
})

/** The engine's time-outs, for what is left of the host's transaction. */
const timeouts: ReadonlyArray<Query> = [
  "lock_timeout",
  "statement_timeout",
  "idle_in_transaction_session_timeout"
].map((name) => query(`set local ${name} = '${sessionSettings[name]}'`))

const usedTransactions = new WeakSet<HostTransaction>()

const alreadyUsed = new StoreError({
  reason: "TransactionUsed",
  message:
    "this transaction has had its one engine call; put several lines into one call, " +
    "or begin another transaction"
})

/** A store whose one decision becomes part of the host's transaction. */
export const hostStockStore = (host: HostTransaction, schema: string): StockStore["Service"] => {
  const session = sessionOf(host)
  const statements = transactionOver(schema)
  return StockStore.of({
    lanes: 1,
    transact: (scope, decide) =>
      Effect.suspend(() => {
        if (usedTransactions.has(host)) return Effect.fail(alreadyUsed)
        usedTransactions.add(host)
        return Effect.mapError(
          Effect.gen(function* () {
            const trip = statements.lockAndLoad(scope, null, false)
            // The host has begun already; what begins a transaction of our own is left out.
            const results = yield* session.run([...timeouts, ...trip.queries.slice(1)])
            const loaded = trip.read([[], ...results.slice(timeouts.length)])
            if ("decidedAtMillis" in loaded) {
              return yield* Effect.die("a first try was found committed")
            }
            const { answer, changes } = decide(loaded)
            if (!changes.isEmpty) {
              yield* session.run(statements.writing(scope, changes, loaded.now))
            }
            return answer
          }),
          toStoreError
        )
      }),
    load: () => Effect.die("a host's transaction is for commands")
  })
}
