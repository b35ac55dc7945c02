/** The catalog as a subject of the engine's own tests: the units of a product's options count. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { CatalogStore } from "../../catalog/ports/CatalogStore.ts"
import { StockStatus } from "../../catalog/ports/StockStatus.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { ProductId } from "../../kernel/Identifier.ts"
import { Stage } from "../contract/Stage.ts"
import { type ExecuteAny, Subject } from "../engine/Subject.ts"
import { anotherCatalog, freshProductId, uuidOf } from "./CatalogStage.ts"

const executeOf = ({ execute }: Catalog["Service"]) => execute as unknown as ExecuteAny

/** The store under test, as a subject. */
export const layerCatalogSubject = Layer.effect(
  Subject,
  Effect.gen(function* () {
    const { advance, callers, engines } = yield* Stage
    const catalog = yield* Catalog
    const reads = yield* CatalogReads
    const store = yield* CatalogStore
    const stock = yield* StockStatus
    return Subject.of({
      execute: executeOf(catalog),
      anotherEngine: (options) =>
        Effect.map(anotherCatalog(options), executeOf).pipe(
          Effect.provideService(CatalogStore, store),
          Effect.provideService(CatalogReads, reads),
          Effect.provideService(StockStatus, stock)
        ),
      prepare: (productId) =>
        Effect.asVoid(
          Effect.orDie(catalog.createProduct({ productId, name: productId, type: "NORMAL" }))
        ),
      add: (productId, quantity) => {
        const skuMappings = [{ skuId: "unit", quantity }]
        return { _tag: "AddOption", productId, name: "Units", skuMappings } as { _tag: string }
      },
      refused: (productId) => ({
        command: { _tag: "RemoveOption", productId, optionId: uuidOf(0) } as { _tag: string },
        tag: "OptionNotFound"
      }),
      unitsOf: (productId) =>
        Effect.orDie(
          Effect.map(reads.products([ProductId.make(productId)]), ([product]) =>
            (product?.options ?? [])
              .flatMap(({ skuMappings }) => skuMappings)
              .reduce((sum, { quantity }) => sum + quantity, 0)
          )
        ),
      log: (after, limit) =>
        Effect.catchTag(reads.events(after, limit), "PositionGone", Effect.die),
      fresh: freshProductId,
      advance,
      callers,
      engines
    })
  })
)
