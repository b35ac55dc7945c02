/** postgres.js: a statement given as text goes through its `unsafe` function. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [postgres.js](https://github.com/porsager/postgres), by the `sql` that `begin`
 * hands over. A `transform` of column names is not supported, and is refused.
 *
 * ```ts
 * await sql.begin(async (sql) => {
 *   await sql`insert into orders ${sql(order)}`
 *   await withinTransaction(fromPostgresJs(sql)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromPostgresJs = (sql: {
  unsafe(sql: string, values: Array<string | null>): PromiseLike<unknown>
}): HostTransaction =>
  hostTransaction({ sql: [sql, "unsafe"] }, (text, values) => sql.unsafe(text, values))
