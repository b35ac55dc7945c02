import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type EventsOptions, isHoldfastError } from "../../../src/index.ts"
import { type EventId, StockReads, toPromises } from "../../../src/inventory.ts"
import { memoryEngine } from "./openMemory.ts"

describe("reads of a log after an event that the reader has", () => {
  it("refuses to go on after an event that the log does not have at its position", async () => {
    await using inventory = await toPromises(memoryEngine)
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    const [first, second, third] = await inventory.events()
    const ids = [first, second, third].map((logged) => logged?.event.eventId ?? "")
    const positionsOf = async (options: EventsOptions) =>
      (await inventory.events(options)).map(({ position }) => position)
    expect(await positionsOf({ after: 1, afterEventId: ids[0] })).toEqual([2, 3])
    expect(await positionsOf({ after: 3, afterEventId: ids[2] })).toEqual([])
    const ofSku = { types: ["inventory.stock.updated" as const] }
    expect(await positionsOf({ ...ofSku, after: 1, afterEventId: ids[0] })).toEqual([2])
    const refusalOf = (options: EventsOptions) =>
      Promise.resolve(inventory.events(options)).catch((caught: unknown) => caught)
    for (const filter of [{}, ofSku]) {
      // Another event is there, or none.
      for (const after of [1, 4]) {
        const error = await refusalOf({ ...filter, after, afterEventId: ids[1] })
        expect(isHoldfastError(error, "LogRestored") && error.details).toEqual({
          after,
          afterEventId: ids[1]
        })
      }
    }
    for (const place of [{}, { after: 0 }]) {
      const error = await refusalOf({ ...place, afterEventId: ids[1] })
      expect(isHoldfastError(error, "LogRestored") && error.message).toContain(
        "must be its position"
      )
    }
  })

  it("ends an iteration whose last event the log has lost", async () => {
    let isRestored = false
    const restored = Layer.effect(
      StockReads,
      Effect.map(StockReads, (reads) => ({
        ...reads,
        events: (after, limit, filter) =>
          Effect.map(reads.events(after, limit, filter), (page) =>
            isRestored
              ? page.map(({ event, position }) => ({
                  position,
                  event: { ...event, eventId: `${event.eventId.slice(0, -4)}ffff` as EventId }
                }))
              : page
          )
      }))
    )
    await using inventory = await toPromises(Layer.provideMerge(restored, memoryEngine))
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    const pages: Array<number> = []
    const reading = (async () => {
      for await (const page of inventory.events({ size: 1 })) {
        pages.push(...page.map(({ position }) => position))
        isRestored = true
      }
    })()
    const error = await reading.catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "LogRestored") && error.details.after).toBe(1)
    expect(pages).toEqual([1])
  })
})
