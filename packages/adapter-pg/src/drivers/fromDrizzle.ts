/** Drizzle: a statement is put together from texts and parameters. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { cutAtParameters, hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [Drizzle](https://orm.drizzle.team), and Drizzle's own `sql`. It may run on pg, on
 * postgres.js, or on another driver of PostgreSQL.
 *
 * ```ts
 * import { sql } from "drizzle-orm"
 *
 * await db.transaction(async (tx) => {
 *   await tx.insert(orders).values(order)
 *   await withinTransaction(fromDrizzle(tx, sql)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromDrizzle = <Statement, Param>(
  tx: { execute(statement: Statement): PromiseLike<unknown> },
  sql: {
    join(parts: Array<Statement | Param>): Statement
    param(value: string | null): Param
    raw(text: string): Statement
  }
): HostTransaction =>
  hostTransaction({ tx: [tx, "execute"], sql: [sql, "join"] }, (text, values) =>
    tx.execute(
      sql.join(
        cutAtParameters(text).map((part, n) =>
          n % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1] ?? null)
        )
      )
    )
  )
