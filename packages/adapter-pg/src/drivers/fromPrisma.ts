/** Prisma, from version 7: its client passes statements on to the driver adapter. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { hostTransaction } from "./hostTransaction.ts"

/**
 * An interactive transaction of [Prisma](https://www.prisma.io/docs/orm), by its client.
 *
 * ```ts
 * await prisma.$transaction(async (tx) => {
 *   await tx.order.create({ data: order })
 *   await withinTransaction(fromPrisma(tx)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromPrisma = (tx: {
  $queryRawUnsafe(sql: string, ...values: Array<string | null>): PromiseLike<unknown>
}): HostTransaction =>
  hostTransaction({ tx: [tx, "$queryRawUnsafe"] }, (sql, values) =>
    tx.$queryRawUnsafe(sql, ...values)
  )
