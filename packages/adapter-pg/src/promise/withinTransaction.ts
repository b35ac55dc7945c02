/**
 * The engine inside a host's own transaction, for a host that knows no Effect. Nothing is opened and
 * nothing has to be closed: the connection is the host's.
 */
import { HoldfastError, type TransactionCommands } from "@holdfast/core"
import { commandsToPromises, InvalidInput, Inventory, StockStore } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostStockStore } from "../inventory/hostStockStore.ts"
import { schemaDefault } from "../inventory/inventoryTables.ts"
import { isSchemaName } from "../schema/schemaName.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"

const checked = (transaction: HostTransaction, options: WithinTransactionOptions): string => {
  const { schema, ...others } = Object(options) as WithinTransactionOptions
  const name = schema ?? schemaDefault
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options)
  const issues = [
    ...(isObject ? [] : [{ path: "options", message: "must be an object" }]),
    ...Object.keys(others).map((path) => ({
      path,
      message: InvalidInput.unknownField(["schema"])
    })),
    ...(typeof (transaction as Partial<HostTransaction> | null)?.query === "function"
      ? []
      : [{ path: "transaction", message: "must have a function `query(sql, values)`" }]),
    ...(isSchemaName(name)
      ? []
      : [{ path: "schema", message: "must be a lower-case identifier of at most 51 characters" }])
  ]
  if (issues.length > 0) throw new HoldfastError("InvalidInput", { issues })
  return name
}

/**
 * The commands of the inventory inside a transaction that the host has begun, as READ COMMITTED.
 * One call of one of them: its effect is the host's to commit or to roll back. Throws
 * `InvalidInput` when it is not given a transaction, a schema's name or a known option.
 *
 * A refusal of the engine has written nothing, and the host may still commit what is its own. So may
 * it after `TransactionUnusable`, when nothing was begun, or the transaction has had its call, is
 * read only or of another isolation. Any other failure (`Busy` when stock is locked for longer than
 * two seconds, `TimedOut`, an aborted `signal`) leaves a transaction that can only be rolled back.
 *
 * A `signal` is heard between two statements; the call rejects once it has let go of the connection.
 */
export const withinTransaction = (
  transaction: HostTransaction,
  options: WithinTransactionOptions = {}
): TransactionCommands => {
  const store = Layer.effect(StockStore, hostStockStore(transaction, checked(transaction, options)))
  const layer = Layer.provide(Inventory.layerUnqueued, store)
  return commandsToPromises(
    Effect.scoped(
      Effect.map(Effect.orDie(Layer.build(layer)), (context) => Context.get(context, Inventory))
    )
  )
}
