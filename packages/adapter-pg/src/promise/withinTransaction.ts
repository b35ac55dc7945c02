/**
 * The engine inside a host's own transaction, for a host that knows no Effect. Nothing is opened and
 * nothing has to be closed: the connection is the host's.
 */
import type { TransactionCommands } from "@holdfast/core"
import { commandsToPromises, Inventory, StockStore } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostStockStore } from "../inventory/hostStockStore.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"
import { checkedOptions } from "./withinOptions.ts"

/**
 * The commands of the inventory inside a transaction that the host has begun, as READ COMMITTED.
 * The host makes one call of one of them, and commits it or rolls it back. Throws `InvalidInput`
 * when it is not given a transaction, a schema's name, a principal, an engine with a key ring or a known option.
 *
 * A refusal of the engine has written nothing, and the host may still commit what is its own. The
 * same holds after `TransactionUnusable`: nothing was begun, or the transaction has had its call,
 * is read only or has another isolation level. Any other failure (`Busy` when stock is locked for
 * longer than two seconds, `TimedOut`, an aborted `signal`) leaves a transaction that can only be
 * rolled back.
 *
 * A `signal` is heard between two statements; the call rejects once it has let go of the connection.
 */
export const withinTransaction = (
  transaction: HostTransaction,
  options: WithinTransactionOptions = {}
): TransactionCommands => {
  const { caller, keyRing, schema } = checkedOptions(transaction, options)
  const store = Layer.effect(StockStore, hostStockStore(transaction, schema))
  const layer = Inventory.layerUnqueued({ audit: options.audit }).pipe(
    Layer.provide(Layer.merge(store, keyRing))
  )
  return commandsToPromises(
    Effect.scoped(
      Effect.map(Effect.orDie(Layer.build(layer)), (context) => Context.get(context, Inventory))
    ),
    caller
  )
}
