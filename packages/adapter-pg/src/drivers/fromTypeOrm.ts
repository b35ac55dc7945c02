/** TypeORM: a manager and a query runner have the shape already. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [TypeORM](https://typeorm.io), by its manager or by a query runner.
 *
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.insert(Order, order)
 *   await withinTransaction(fromTypeOrm(manager)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromTypeOrm = (manager: {
  query(sql: string, values: Array<string | null>): PromiseLike<unknown>
}): HostTransaction =>
  hostTransaction({ manager: [manager, "query"] }, (sql, values) => manager.query(sql, values))
