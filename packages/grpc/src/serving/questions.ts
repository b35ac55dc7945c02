/** The questions of the contexts that are there, made over their reads where nobody has made them. */
import { CatalogQueries, CatalogReads, StockStatus } from "@holdfast/core/catalog"
import { InventoryQueries, StockReads } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The questions to the inventory, where it is here. */
export const inventoryQuestions: Effect.Effect<Option.Option<InventoryQueries["Service"]>> =
  Effect.gen(function* () {
    const made = yield* Effect.serviceOption(InventoryQueries)
    const reads = yield* Effect.serviceOption(StockReads)
    if (Option.isSome(made) || Option.isNone(reads)) return made
    const layer = Layer.provide(InventoryQueries.layer, Layer.succeed(StockReads, reads.value))
    return Option.some(yield* Effect.provide(InventoryQueries, layer))
  })

/** The questions to the catalog, where it is here. */
export const catalogQuestions: Effect.Effect<Option.Option<CatalogQueries["Service"]>> = Effect.gen(
  function* () {
    const made = yield* Effect.serviceOption(CatalogQueries)
    const found = Option.all([
      yield* Effect.serviceOption(CatalogReads),
      yield* Effect.serviceOption(StockStatus)
    ])
    if (Option.isSome(made) || Option.isNone(found)) return made
    const [reads, stock] = found.value
    const ports = Layer.merge(Layer.succeed(CatalogReads, reads), Layer.succeed(StockStatus, stock))
    return Option.some(
      yield* Effect.provide(CatalogQueries, Layer.provide(CatalogQueries.layer, ports))
    )
  }
)
