/** `StockStore` inside a host's own transaction. */
import { noFigures, StockStore } from "@holdfast/core/inventory"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { checkedSchemaName } from "../schema/schemaName.ts"
import { millisOf } from "../transaction/batchTrips.ts"
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { begunOn, hostUnitOfWork, runOn, spoilingOn } from "../transaction/hostUnitOfWork.ts"
import { makePgCustomers } from "./PgCustomers.ts"
import { stockStatements } from "./stockStatements.ts"

/** A store whose one decision becomes part of the host's transaction. */
export const hostStockStore = Effect.fnUntraced(function* (
  host: HostTransaction,
  schemaName: string,
  now?: Effect.Effect<DateTime.Utc>
) {
  const schema = yield* checkedSchemaName(schemaName)
  const run = runOn(host)
  const customers = makePgCustomers(
    schema,
    (queries) => Effect.andThen(begunOn(run), spoilingOn(run, run(queries))),
    millisOf(now)
  )
  return StockStore.of({
    ...hostUnitOfWork(host, schema, stockStatements(schema), now),
    customers,
    // The host may roll back, so nothing is counted.
    figures: noFigures
  })
})
