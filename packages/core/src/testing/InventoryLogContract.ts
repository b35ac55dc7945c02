/** The contract of `InventoryLog`: a log that others follow, over an engine that writes it. */
import { it as vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { InventoryLog } from "../inventory/ports/InventoryLog.ts"
import type { StockReads } from "../inventory/ports/StockReads.ts"
import type { StockStore } from "../inventory/ports/StockStore.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { InventoryQueries } from "../inventory/services/InventoryQueries.ts"
import { type ContractClock, type ContractOptions, layerStage, Stage } from "./contract/Stage.ts"
import { eventLogContract } from "./events/eventLogContract.ts"
import { inventoryStreamTests } from "./events/inventoryStreamTests.ts"
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
  layer: (clock: ContractClock) => Layer.Layer<StockStore | StockReads | InventoryLog, E>,
  options: ContractOptions = {}
): void => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const stage = layerStage(options)
  const { openingTimeout } = options
  const subject = layerSubject.pipe(
    Layer.provide(Inventory.layer()),
    Layer.provide(store),
    Layer.provide(stage)
  )
  eventLogContract(name, subject, { openingTimeout })
  const services = Layer.mergeAll(Inventory.layer(), InventoryQueries.layer).pipe(
    Layer.provideMerge(store),
    Layer.provideMerge(stage)
  )
  const opening = { timeout: openingTimeout ?? "60 seconds", excludeTestServices: true } as const
  vitest.layer(services, opening)(`${name} is streamed`, inventoryStreamTests)
}
