/**
 * The engine inside a host's own transaction, for a host that knows no Effect. Nothing is opened and
 * nothing has to be closed: the connection is the host's.
 */
import type { TransactionCommands } from "@holdfast/core"
import { commandsToPromises, Inventory, StockStore } from "@holdfast/core/effect"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostStockStore } from "../hostStockStore.ts"
import { schemaDefault } from "../PgInventory.ts"
import type { HostTransaction, WithinTransactionOptions } from "./HostTransaction.ts"

/**
 * The commands of the inventory inside a transaction that the host has begun. One call of one of
 * them: its effect is the host's to commit or to roll back. Rejects as the commands do, and with
 * `TransactionUnusable` when nothing was begun, or the transaction has had its call.
 */
export const withinTransaction = (
  transaction: HostTransaction,
  options: WithinTransactionOptions = {}
): TransactionCommands => {
  const store = Layer.effect(
    StockStore,
    hostStockStore(transaction, options.schema ?? schemaDefault)
  )
  const layer = Layer.provide(Inventory.layerUnqueued, store)
  return commandsToPromises(
    Effect.scoped(
      Effect.map(Effect.orDie(Layer.build(layer)), (context) => Context.get(context, Inventory))
    )
  )
}
