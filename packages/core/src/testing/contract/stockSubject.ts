/** The inventory as a subject of the engine's own tests: a receipt of goods is what counts. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import { StockStore } from "../../inventory/ports/StockStore.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import { SkuId } from "../../kernel/Identifier.ts"
import { type ExecuteAny, Subject } from "../engine/Subject.ts"
import { anotherEngine, Stage } from "./Stage.ts"

const executeOf = ({ execute }: Inventory["Service"]) => execute as unknown as ExecuteAny

/** The store under test, as a subject. */
export const layerStockSubject = Layer.effect(
  Subject,
  Effect.gen(function* () {
    const { advance, callers, engines, fresh, log } = yield* Stage
    const inventory = yield* Inventory
    const reads = yield* StockReads
    const store = yield* StockStore
    return Subject.of({
      execute: executeOf(inventory),
      anotherEngine: (options) =>
        Effect.provideService(Effect.map(anotherEngine(options), executeOf), StockStore, store),
      prepare: (skuId) => {
        log.madeAfter.set(skuId, log.readTo)
        const sku = { skuId, code: skuId.toUpperCase(), name: `The ${skuId}` }
        return Effect.asVoid(Effect.orDie(inventory.registerSku(sku)))
      },
      add: (skuId, quantity) => ({ _tag: "ReceiveStock", skuId, quantity }) as { _tag: string },
      refused: (skuId) => ({
        command: { _tag: "ShipStock", skuId, quantity: 1_000_000 } as { _tag: string },
        tag: "InsufficientOnHand"
      }),
      unitsOf: (skuId) =>
        Effect.orDie(
          Effect.map(reads.stock([SkuId.make(skuId)]), ([stock]) =>
            (stock?.levels ?? []).reduce((sum, { level }) => sum + level.totalQuantity, 0)
          )
        ),
      log: (after, limit) =>
        Effect.catchTag(reads.events(after, limit), "PositionGone", Effect.die),
      fresh,
      advance,
      callers,
      engines
    })
  })
)
