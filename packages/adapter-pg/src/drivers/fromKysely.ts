/** Kysely: runs statements that are compiled already. */
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { hostTransaction } from "./hostTransaction.ts"

/**
 * A transaction of [Kysely](https://kysely.dev), and Kysely's own `CompiledQuery`. Plugins do not
 * see the statements of the engine.
 *
 * ```ts
 * import { CompiledQuery } from "kysely"
 *
 * await db.transaction().execute(async (trx) => {
 *   await trx.insertInto("orders").values(order).execute()
 *   await withinTransaction(fromKysely(trx, CompiledQuery)).reserve({ orderId: order.id, lines })
 * })
 * ```
 */
export const fromKysely = <Compiled>(
  trx: { withoutPlugins(): { executeQuery(query: Compiled): PromiseLike<unknown> } },
  compiledQuery: { raw(sql: string, values: Array<string | null>): Compiled }
): HostTransaction =>
  hostTransaction(
    { trx: [trx, "withoutPlugins"], compiledQuery: [compiledQuery, "raw"] },
    (sql, values) => trx.withoutPlugins().executeQuery(compiledQuery.raw(sql, values))
  )
