/** What the drivers have in common: a checked argument and a query function over it. */
import { HoldfastError } from "@holdfast/core"
import type { HostTransaction } from "../transaction/HostTransaction.ts"

/** Runs a statement on the connection of a transaction. The engine checks what it answers. */
type DriverQuery = (sql: string, values: Array<string | null>) => PromiseLike<unknown>

/**
 * A host's transaction by its query function. Throws `InvalidInput` when an argument lacks the
 * function that the driver has there.
 */
export const hostTransaction = (
  needed: Readonly<Record<string, readonly [argument: unknown, method: string]>>,
  query: DriverQuery
): HostTransaction => {
  const issues = Object.entries(needed)
    .filter(([, [argument, method]]) => typeof Object(argument)[method] !== "function")
    .map(([path, [, method]]) => ({ path, message: `must have a function \`${method}\`` }))
  if (issues.length > 0) throw new HoldfastError("InvalidInput", { issues })
  return { query: query as HostTransaction["query"] }
}

/** A statement cut at its parameters: texts at even places, the numbers of parameters at odd ones. */
export const cutAtParameters = (sql: string): ReadonlyArray<string> => sql.split(/\$(\d+)/)
