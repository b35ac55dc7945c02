/** Views of products: counted in memory, and added to their table many at once. */
import { counter, gauge } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { addViews, dropOldViews } from "../catalog/statements/figures/productViews.ts"
import { type CountedTable, countInto } from "./countInto.ts"

const views = counter(
  "holdfast_product_views_total",
  "Successful reads of one product, through any door; lists do not count"
)

const unflushed = gauge(
  "holdfast_product_views_unflushed",
  "Views of products that are in memory only: what is lost if this process is killed now"
)

/** Counts views, one a call, until the scope closes. What then waits is written. */
export const countViews = (
  schema: string,
  write: CountedTable["write"]
): Effect.Effect<(productId: string) => void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const counts = yield* countInto({
      add: addViews(schema),
      dropOld: dropOldViews(schema),
      write,
      whenFailing: "views of products cannot be written; they are kept in memory, and tried again"
    })
    const total = views.in(context).with()
    const stop = unflushed.in(context).reading(() => counts.read().waiting)
    yield* Effect.addFinalizer(() => Effect.sync(stop))
    return (productId) => {
      total.add()
      counts.add(productId)
    }
  })
