/**
 * The engine inside a transaction of a host's own `SqlClient`, for a host of Effect. The terms are
 * those of `HostTransaction`: one call, the last before COMMIT, as READ COMMITTED.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import {
  customerOperations,
  Inventory,
  methodTags,
  StockStore,
  StoreError
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"
import { hostStockStore } from "./hostStockStore.ts"
import { schemaDefault } from "./inventoryTables.ts"

const noTransaction = new StoreError({
  reason: "TransactionUnusable",
  message: "there is no transaction of this client; call it inside `sql.withTransaction`"
})

/** Every value comes as text. `@effect/sql-pg` would bind it as a text column, which not all are. */
const untyped = (value: unknown): PgTypes.Parameter => ({
  [PgTypes.ParameterTypeId]: PgTypes.ParameterTypeId,
  oid: 0,
  value
})

const hostOver = (connection: Connection, isPgClient: boolean): HostTransaction => ({
  query: (sql, values) =>
    Effect.runPromise(
      connection.execute(sql, isPgClient ? values.map(untyped) : values, undefined)
    ) as Promise<ReadonlyArray<Record<string, unknown>>>
})

/** Each call has a store of its own, which asks whether the transaction has had its call. */
const serviceOver = (
  host: HostTransaction,
  schema: string,
  audit: WithinTransactionOptions["audit"]
): Inventory["Service"] => {
  const store = Layer.effect(StockStore, hostStockStore(host, schema))
  const engine = Layer.build(Layer.fresh(Layer.provide(Inventory.layerUnqueued({ audit }), store)))
  const calling =
    (name: keyof Inventory["Service"]) =>
    (...input: ReadonlyArray<unknown>) =>
      Effect.scoped(
        Effect.flatMap(Effect.orDie(engine), (context) => {
          const call = Context.get(context, Inventory)[name] as (
            ...input: ReadonlyArray<unknown>
          ) => Effect.Effect<unknown, unknown>
          return call(...input)
        })
      )
  const names = [
    ...Object.keys(methodTags),
    ...Object.keys(customerOperations),
    "execute"
  ] as Array<keyof Inventory["Service"]>
  const methods = names.map((name) => [name, calling(name)] as const)
  return Object.fromEntries(methods) as unknown as Inventory["Service"]
}

/**
 * The commands of the inventory inside the transaction that the host's `SqlClient` has open, begun
 * as READ COMMITTED. The host makes one call of one of them, the last before COMMIT, and commits it
 * or rolls it back.
 *
 * A refusal has written nothing, and the host may still commit what is its own. The same holds
 * after `TransactionUnusable`: there is no transaction, or it has had its call, is read only or has
 * another isolation level. Any other failure leaves a transaction that can only be rolled back.
 *
 * ```ts
 * sql.withTransaction(
 *   Effect.gen(function* () {
 *     yield* sql`insert into shop_orders (id) values (${orderId})`
 *     const inventory = yield* withinTransaction()
 *     yield* inventory.reserve({ orderId, lines })
 *   })
 * )
 * ```
 */
export const withinTransaction = Effect.fnUntraced(function* (
  options: Pick<WithinTransactionOptions, "audit" | "schema"> = {}
): Effect.fn.Return<Inventory["Service"], MigrationError | StoreError, SqlClient.SqlClient> {
  const schema = yield* checkedSchemaName(options.schema ?? schemaDefault)
  const client = yield* SqlClient.SqlClient
  const transaction = yield* Effect.serviceOption(client.transactionService)
  if (Option.isNone(transaction)) return yield* noTransaction
  const [connection] = transaction.value
  return serviceOver(hostOver(connection, PgClient.TypeId in client), schema, options.audit)
})
