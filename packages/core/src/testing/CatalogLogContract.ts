/** The contract of `CatalogLog`: a log that others follow, over an engine that writes it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CatalogLog } from "../catalog/ports/CatalogLog.ts"
import type { CatalogReads } from "../catalog/ports/CatalogReads.ts"
import type { CatalogStore } from "../catalog/ports/CatalogStore.ts"
import { StockStatus } from "../catalog/ports/StockStatus.ts"
import { Catalog } from "../catalog/services/Catalog.ts"
import { freshProductId } from "./catalog/CatalogStage.ts"
import { type ContractClock, type ContractOptions, layerStage, Stage } from "./contract/Stage.ts"
import { eventLogContract } from "./events/eventLogContract.ts"
import { LogSubject } from "./events/LogSubject.ts"

/** The log of the store under test. New options are what is appended. */
const layerSubject = Layer.effect(
  LogSubject,
  Effect.gen(function* () {
    const { advance } = yield* Stage
    const catalog = yield* Catalog
    const made = new Set<string>()
    const make = (productId: string) => {
      if (made.has(productId)) return Effect.void
      made.add(productId)
      return catalog.createProduct({ productId, name: productId, type: "NORMAL" })
    }
    return LogSubject.of({
      log: yield* CatalogLog,
      eventType: "product.updated",
      append: (productId, count) =>
        Effect.orDie(
          Effect.andThen(
            make(productId),
            Effect.forEach(
              Array.from({ length: count }),
              () => catalog.addOption({ productId, name: "Another" }),
              { discard: true }
            )
          )
        ),
      fresh: freshProductId,
      advance
    })
  })
)

/** Declares the suite over an empty store and its log. */
export const catalogLogContract = <E>(
  name: string,
  layer: (clock: ContractClock) => Layer.Layer<CatalogStore | CatalogReads | CatalogLog, E>,
  options: ContractOptions = {}
): void => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const subject = layerSubject.pipe(
    Layer.provide(Catalog.layer()),
    Layer.provide(StockStatus.layerNone),
    Layer.provide(store),
    Layer.provide(layerStage(options))
  )
  eventLogContract(name, subject, { openingTimeout: options.openingTimeout })
}
