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

const auditPolicies: ReadonlyArray<unknown> = ["ALL", "PRINCIPALS", "NONE"]

/** Throws when this is no transaction of a host, or the options cannot be used; the schema's name. */
export const checkedSchema = (
  transaction: HostTransaction,
  options: WithinTransactionOptions,
  otherwise = schemaDefault
): string => {
  const { as: _as, audit, schema, ...others } = Object(options) as WithinTransactionOptions
  const name = schema ?? otherwise
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options)
  const issues = [
    ...(isObject ? [] : [{ path: "options", message: "must be an object" }]),
    ...Object.keys(others).map((path) => ({
      path,
      message: InvalidInput.unknownField(["schema", "as", "audit"])
    })),
    ...(typeof (transaction as Partial<HostTransaction> | null)?.query === "function"
      ? []
      : [{ path: "transaction", message: "must have a function `query(sql, values)`" }]),
    ...(audit === undefined || auditPolicies.includes(audit)
      ? []
      : [{ path: "audit", message: "must be ALL, PRINCIPALS or NONE" }]),
    ...(isSchemaName(name)
      ? []
      : [{ path: "schema", message: "must be a lower-case identifier of at most 51 characters" }])
  ]
  if (issues.length > 0) throw new HoldfastError("InvalidInput", { issues })
  return name
}

/**
 * The commands of the inventory inside a transaction that the host has begun, as READ COMMITTED.
 * The host makes one call of one of them, and commits it or rolls it back. Throws `InvalidInput`
 * when it is not given a transaction, a schema's name, a principal or a known option.
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
  const store = Layer.effect(
    StockStore,
    hostStockStore(transaction, checkedSchema(transaction, options))
  )
  const layer = Layer.provide(Inventory.layerUnqueued({ audit: options.audit }), store)
  return commandsToPromises(
    Effect.scoped(
      Effect.map(Effect.orDie(Layer.build(layer)), (context) => Context.get(context, Inventory))
    ),
    options.as
  )
}
