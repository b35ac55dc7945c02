/** The log of the inventory as a Stream, selected as the question `events` selects. */
import { expect, type Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { InventoryLog } from "../../inventory/ports/InventoryLog.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import type { InventoryQueries } from "../../inventory/services/InventoryQueries.ts"
import {
  type InventoryEventsOptions,
  inventoryEventPages,
  inventoryEvents
} from "../../inventory/services/inventoryEvents.ts"
import { Stage } from "../contract/Stage.ts"

type Services = Inventory | InventoryLog | InventoryQueries | Stage

/** Two SKUs with stock, of which one is held by an order. */
const stocked = Effect.gen(function* () {
  const { fresh } = yield* Stage
  const { receive, registerSku, reserve } = yield* Inventory
  const [mug, tee, orderId] = [fresh("mug"), fresh("tee"), fresh("order")]
  for (const skuId of [mug, tee]) {
    yield* registerSku({ skuId, code: skuId.toUpperCase(), name: `The ${skuId}` })
    yield* receive({ skuId, quantity: 5 })
  }
  yield* reserve({ orderId, lines: [{ skuId: mug, quantity: 2 }] })
  return { mug, tee, orderId }
})

const typesOf = (options: InventoryEventsOptions) =>
  inventoryEvents(options).pipe(
    Stream.map(({ event }) => event.eventType),
    Stream.runCollect
  )

/** Declares what a stream gives over the inventory of any store. */
export const inventoryStreamTests = (it: Pick<Vitest.MethodsNonLive<Services>, "effect">): void => {
  it.effect("a stream of the inventory has the events of types, SKUs and an order", () =>
    Effect.gen(function* () {
      const { mug, orderId, tee } = yield* stocked
      const aggregateIds = [mug, tee]
      expect(yield* typesOf({ aggregateIds, size: 1 })).toEqual([
        "inventory.sku.created",
        "inventory.stock.updated",
        "inventory.stock.replenished",
        "inventory.sku.created",
        "inventory.stock.updated",
        "inventory.stock.replenished",
        "inventory.stock.reserved"
      ])
      expect(yield* typesOf({ aggregateIds: [tee], types: ["inventory.stock.updated"] })).toEqual([
        "inventory.stock.updated"
      ])
      expect(yield* typesOf({ orderId })).toEqual(["inventory.stock.reserved"])
      const pages = inventoryEventPages({ aggregateIds, size: 2 })
      const sizes = yield* Stream.runCollect(Stream.map(pages, (page) => page.length))
      expect(sizes).toEqual([2, 2, 2, 1])
    })
  )

  it.effect(
    "a stream of the inventory follows the log, and takes what it does not want for nothing",
    () =>
      Effect.gen(function* () {
        const { mug, tee } = yield* stocked
        const { receive } = yield* Inventory
        const fiber = yield* inventoryEvents({
          aggregateIds: [tee],
          types: ["inventory.stock.updated"],
          follow: true
        }).pipe(Stream.take(3), Stream.runCollect, Effect.forkChild)
        for (const skuId of [mug, tee, mug, tee]) yield* receive({ skuId, quantity: 1 })
        const events = yield* Fiber.join(fiber)
        expect(events.map(({ event }) => [event.aggregateId, event.eventType])).toEqual(
          events.map(() => [tee, "inventory.stock.updated"])
        )
        const positions = events.map(({ position }) => position)
        expect(positions).toEqual([...positions].sort((a, b) => a - b))
      })
  )

  it.effect("a stream of the inventory names every bad option", () =>
    Effect.gen(function* () {
      const wrong = { types: ["nothing"], size: 0, after: -1 } as unknown as InventoryEventsOptions
      const error = yield* Effect.flip(typesOf(wrong))
      expect(error).toMatchObject({ _tag: "InvalidInput" })
      expect(error).toMatchObject({
        issues: expect.arrayContaining([
          expect.objectContaining({ path: "types.0" }),
          expect.objectContaining({ path: "size" }),
          expect.objectContaining({ path: "after" })
        ])
      })
    })
  )
}
