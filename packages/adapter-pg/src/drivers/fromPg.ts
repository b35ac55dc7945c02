/** `pg`: a client has the shape already. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [pg](https://node-postgres.com), by the client on which it was begun.
 *
 * ```ts
 * const client = await pool.connect()
 * await client.query("begin")
 * await withinTransaction(fromPg(client)).reserve({ orderId, lines })
 * await client.query("commit")
 * ```
 */
export const fromPg = (client: {
  query(sql: string, values: Array<string | null>): PromiseLike<unknown>
}): HostTransaction =>
  hostTransaction({ client: [client, "query"] }, (sql, values) => client.query(sql, values))
