/** Knex: a parameter is a question mark, and has no number. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { cutAtParameters, hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [Knex](https://knexjs.org). A `postProcessResponse` that renames columns is not
 * supported, and is refused.
 *
 * ```ts
 * await knex.transaction(async (trx) => {
 *   await trx("orders").insert(order)
 *   await withinTransaction(fromKnex(trx)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromKnex = (trx: {
  raw(sql: string, bindings: ReadonlyArray<string | null>): PromiseLike<unknown>
}): HostTransaction =>
  hostTransaction({ trx: [trx, "raw"] }, (sql, values) => {
    const parts = cutAtParameters(sql)
    const text = parts.map((part, n) => (n % 2 === 0 ? part.replaceAll("?", "\\?") : "?")).join("")
    const numbers = parts.filter((_, n) => n % 2 === 1)
    return trx.raw(
      text,
      numbers.map((number) => values[Number(number) - 1] ?? null)
    )
  })
