import * as Clock from "effect/Clock"
import * as Layer from "effect/Layer"
import { MemoryInventory } from "../../src/inventory.ts"
import { inventoryLogContract } from "../../src/testing/InventoryLogContract.ts"
import { stockStoreContract } from "../../src/testing/StockStoreContract.ts"
import { storyContract } from "../../src/testing/story/storyContract.ts"

stockStoreContract("the in-memory store", ({ clock }) =>
  Layer.provide(MemoryInventory.layer, Layer.succeed(Clock.Clock, clock))
)

storyContract("the in-memory store", ({ clock }) =>
  Layer.provide(MemoryInventory.layer, Layer.succeed(Clock.Clock, clock))
)

inventoryLogContract("the log in memory", ({ clock }) =>
  Layer.provide(MemoryInventory.layer, Layer.succeed(Clock.Clock, clock))
)
