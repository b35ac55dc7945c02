/** The order flow in memory. */
import * as Clock from "effect/Clock"
import * as Layer from "effect/Layer"
import * as MemoryInventory from "../../src/memory/inventory/MemoryInventory.ts"
import { layerMemoryParkedEvents } from "../../src/memory/ordering/MemoryParkedEvents.ts"
import { orderFlowContract } from "../../src/testing/OrderFlowContract.ts"

orderFlowContract("memory", ({ clock }) =>
  Layer.provide(
    Layer.merge(MemoryInventory.layer, layerMemoryParkedEvents),
    Layer.succeed(Clock.Clock, clock)
  )
)
