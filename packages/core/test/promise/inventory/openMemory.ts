/**
 * Inventories in memory behind the Promise door, and a store whose commits wait for the test: what
 * happens to a call under way is then seen without a clock.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Inventory, MemoryInventory, StockStore, toPromises } from "../../../src/inventory.ts"

/** The engine in memory. */
export const memoryEngine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

/** An inventory in memory with three mugs. */
export const openMugs = async () => {
  const inventory = await toPromises(memoryEngine)
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  return inventory
}

/** The store in memory, but a commit first says that it began and then waits to be let go. */
export const heldEngine = () => {
  const began = Promise.withResolvers<void>()
  const letGo = Promise.withResolvers<void>()
  const held = Layer.effect(
    StockStore,
    Effect.map(StockStore, (store) => ({
      ...store,
      transact: (scope, decide) =>
        Effect.gen(function* () {
          began.resolve()
          yield* Effect.promise(() => letGo.promise)
          return yield* store.transact(scope, decide)
        })
    }))
  )
  const stores = Layer.provideMerge(held, MemoryInventory.layer)
  return {
    layer: Layer.provideMerge(Inventory.layer(), stores),
    began: began.promise,
    letGo: letGo.resolve
  }
}
