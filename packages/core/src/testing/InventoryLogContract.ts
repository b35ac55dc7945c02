/** The contract of `InventoryLog`: a log that others follow, over an engine that writes it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { InventoryLog } from "../inventory/ports/InventoryLog.ts"
import type { StockStore } from "../inventory/ports/StockStore.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { type ContractClock, type ContractOptions, layerStage, Stage } from "./contract/Stage.ts"
import { eventLogContract } from "./events/eventLogContract.ts"
import { LogSubject } from "./events/LogSubject.ts"

/** The log of the store under test. Receipts of goods are what is appended. */
const layerSubject = Layer.effect(
  LogSubject,
  Effect.gen(function* () {
    const { advance, fresh } = yield* Stage
    const inventory = yield* Inventory
    const registered = new Set<string>()
    const register = (skuId: string) => {
      if (registered.has(skuId)) return Effect.void
      registered.add(skuId)
      return inventory.registerSku({ skuId, code: skuId.toUpperCase(), name: `The ${skuId}` })
    }
    return LogSubject.of({
      log: yield* InventoryLog,
      eventType: "inventory.stock.updated",
      append: (skuId, count) =>
        Effect.orDie(
          Effect.andThen(
            register(skuId),
            Effect.forEach(
              Array.from({ length: count }),
              () => inventory.receive({ skuId, quantity: 1 }),
              { discard: true }
            )
          )
        ),
      fresh,
      advance
    })
  })
)

/** Declares the suite over an empty store and its log. */
export const inventoryLogContract = <E>(
  name: string,
  layer: (clock: ContractClock) => Layer.Layer<StockStore | InventoryLog, E>,
  options: ContractOptions = {}
): void => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const subject = layerSubject.pipe(
    Layer.provide(Inventory.layer()),
    Layer.provide(store),
    Layer.provide(layerStage(options))
  )
  eventLogContract(name, subject, { openingTimeout: options.openingTimeout })
}
