/** The author's proof that a store of one's own is right: it passes the suite that every store does. */
import { MemoryInventory } from "@holdfast/core/inventory"
import { stockStoreContract } from "@holdfast/core/testing"
import * as Clock from "effect/Clock"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { layerTimed } from "../src/timedStore.ts"

const times: Array<number> = []

stockStoreContract("a timed store", ({ clock }) =>
  layerTimed((millis) => times.push(millis)).pipe(
    Layer.provideMerge(MemoryInventory.layer),
    Layer.provide(Layer.succeed(Clock.Clock, clock))
  )
)

it("noted a time for each transaction of the contract", () => {
  expect(times.length).toBeGreaterThan(100)
})
