/**
 * The engine inside a host's own transaction, for a host that knows no Effect. Nothing is opened and
 * nothing has to be closed: the connection is the host's.
 */
import { HoldfastError, type TransactionCommands } from "@holdfast/core"
import type { Sender } from "@holdfast/core/audit"
import { commandsToPromises, InvalidInput, Inventory, StockStore } from "@holdfast/core/inventory"
import { KeyRing } from "@holdfast/core/secrets"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { hostStockStore } from "../inventory/hostStockStore.ts"
import { schemaDefault } from "../inventory/inventoryTables.ts"
import { isSchemaName } from "../schema/schemaName.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"
import { ringOfEngine } from "./keyRingOption.ts"

const auditPolicies: ReadonlyArray<unknown> = ["ALL", "PRINCIPALS", "NONE"]

const known = ["schema", "as", "audit", "keyRingOf", "sender"]

const senderFields: ReadonlyArray<string> = ["address", "userAgent"]

/** What is wrong with where the request came from. */
const senderIssues = ({ keyRingOf, sender }: WithinTransactionOptions) => {
  if (sender === undefined) return []
  if (typeof sender !== "object" || sender === null) {
    return [{ path: "sender", message: "must be an object" }]
  }
  return [
    ...Object.entries(sender).flatMap(([name, value]) => {
      const path = `sender.${name}`
      if (!senderFields.includes(name)) {
        return [{ path, message: InvalidInput.unknownField(senderFields) }]
      }
      const isGood = value === undefined || value === null || typeof value === "string"
      return isGood ? [] : [{ path, message: "must be a text or null" }]
    }),
    ...(keyRingOf === undefined
      ? [{ path: "sender", message: "needs keyRingOf: it is kept encrypted or not at all" }]
      : [])
  ]
}

/** What is asked of the engine inside a transaction, once its options are read. */
export interface Within {
  readonly schema: string
  /** The key ring, as a service of the engine; nothing without one. */
  readonly keyRing: Layer.Layer<never>
  readonly caller: { readonly principal?: unknown; readonly sender?: Sender | undefined }
}

/** Throws when this is no transaction of a host, or the options cannot be used. */
export const checkedOptions = (
  transaction: HostTransaction,
  options: WithinTransactionOptions,
  otherwise = schemaDefault
): Within => {
  const {
    as: principal,
    audit,
    keyRingOf,
    schema,
    sender,
    ...others
  } = Object(options) as WithinTransactionOptions
  const ring = keyRingOf === undefined ? undefined : ringOfEngine(keyRingOf)
  const name = schema ?? otherwise
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options)
  const issues = [
    ...(isObject ? [] : [{ path: "options", message: "must be an object" }]),
    ...Object.keys(others).map((path) => ({
      path,
      message: InvalidInput.unknownField(known)
    })),
    ...(typeof (transaction as Partial<HostTransaction> | null)?.query === "function"
      ? []
      : [{ path: "transaction", message: "must have a function `query(sql, values)`" }]),
    ...(audit === undefined || auditPolicies.includes(audit)
      ? []
      : [{ path: "audit", message: "must be ALL, PRINCIPALS or NONE" }]),
    ...(isSchemaName(name)
      ? []
      : [{ path: "schema", message: "must be a lower-case identifier of at most 51 characters" }]),
    ...(keyRingOf === undefined || ring !== undefined
      ? []
      : [{ path: "keyRingOf", message: "must be an open engine that was given a keyRing" }]),
    ...(isObject ? senderIssues(options) : [])
  ]
  if (issues.length > 0) throw new HoldfastError("InvalidInput", { issues })
  const { address = null, userAgent = null } = sender ?? {}
  return {
    schema: name,
    keyRing: ring === undefined ? Layer.empty : Layer.succeed(KeyRing)(ring),
    caller: { principal, sender: sender && { address, userAgent } }
  }
}

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
