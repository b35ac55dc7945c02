/** The options of work inside a host's own transaction, read. */
import { HoldfastError } from "@holdfast/core"
import type { Sender } from "@holdfast/core/audit"
import { InvalidInput } from "@holdfast/core/inventory"
import { KeyRing } from "@holdfast/core/secrets"
import * as Layer from "effect/Layer"
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
