import { describe, expect, it } from "@effect/vitest"
import type { EventPages, EventsOptions } from "../../../src/index.ts"
import { openMugs } from "./openMemory.ts"

const positionsOf = async (pages: EventPages) => {
  const positions: Array<ReadonlyArray<number>> = []
  for await (const page of pages) positions.push(page.map(({ position }) => position))
  return positions
}

describe("events by pages", () => {
  it("are read to the end of the log, and end there", async () => {
    await using inventory = await openMugs()
    const log = (await inventory.events()).length
    expect(log).toBe(3)
    expect(await positionsOf(inventory.events({ size: 2 }))).toEqual([[1, 2], [3]])
    expect(await positionsOf(inventory.events({ size: 3 }))).toEqual([[1, 2, 3]])
    expect(await positionsOf(inventory.events({ size: 1, after: 1 }))).toEqual([[2], [3]])
    expect(await positionsOf(inventory.events())).toEqual([[1, 2, 3]])
    expect(await positionsOf(inventory.events({ after: 3 }))).toEqual([])
  })

  it("see what was written between two pages", async () => {
    await using inventory = await openMugs()
    const seen: Array<number> = []
    for await (const page of inventory.events({ size: 2 })) {
      if (seen.length === 0) await inventory.receive({ skuId: "mug", quantity: 1 })
      seen.push(...page.map(({ position }) => position))
    }
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it("wait for more at the end of the log when they follow it, until the loop is left", async () => {
    await using inventory = await openMugs()
    const seen: Array<number> = []
    for await (const page of inventory.events({ size: 2, follow: true })) {
      seen.push(...page.map(({ position }) => position))
      if (seen.length === 3) void inventory.receive({ skuId: "mug", quantity: 1 })
      if (seen.length === 4) break
    }
    expect(seen).toEqual([1, 2, 3, 4])
  })

  it("end with the reason of the signal, or when the door closes, while they wait", async () => {
    const inventory = await openMugs()
    const follow = async (signal?: AbortSignal) => {
      for await (const page of inventory.events({ after: 2, follow: true, signal })) {
        expect(page).toHaveLength(1)
        waiting.resolve()
      }
    }
    let waiting = Promise.withResolvers<void>()
    const controller = new AbortController()
    const aborted = follow(controller.signal)
    await waiting.promise
    controller.abort(new Error("enough"))
    await expect(aborted).rejects.toThrow("enough")
    waiting = Promise.withResolvers<void>()
    const closed = follow()
    await waiting.promise
    await Promise.all([inventory.close(), expect(closed).rejects.toMatchObject({ code: "Closed" })])
  })

  it("are selected as a single page is", async () => {
    await using inventory = await openMugs()
    await inventory.receive({ skuId: "mug", quantity: 1 })
    const of = (options: EventsOptions) => positionsOf(inventory.events({ ...options, size: 1 }))
    expect(await of({ types: ["inventory.stock.updated"] })).toEqual([[2], [4]])
    expect(await of({ aggregateIds: ["mug"], after: 2 })).toEqual([[3], [4]])
    expect(await of({ orderId: "nobody" })).toEqual([])
  })

  it("begin again with each iteration, and an awaited page is read once", async () => {
    await using inventory = await openMugs()
    const events = inventory.events({ size: 2 })
    const page = await events
    await inventory.receive({ skuId: "mug", quantity: 1 })
    expect(await events).toBe(page)
    expect(await positionsOf(events)).toEqual([
      [1, 2],
      [3, 4]
    ])
    expect(await positionsOf(events)).toEqual([
      [1, 2],
      [3, 4]
    ])
    expect(await Promise.all([events, inventory.ping()])).toEqual([page, undefined])
    let ended = false
    await events.finally(() => {
      ended = true
    })
    expect(ended).toBe(true)
  })

  it("end with the reason of the signal, before the first page or after it", async () => {
    await using inventory = await openMugs()
    const gone = new Error("the reader left")
    const signal = AbortSignal.abort(gone)
    await expect(positionsOf(inventory.events({ signal }))).rejects.toBe(gone)
    const controller = new AbortController()
    const seen: Array<number> = []
    const reading = async () => {
      for await (const page of inventory.events({ size: 1, signal: controller.signal })) {
        seen.push(...page.map(({ position }) => position))
        controller.abort(gone)
      }
    }
    await expect(reading()).rejects.toBe(gone)
    expect(seen).toEqual([1])
  })

  it("reject options that cannot be read, and a closed door, however they are read", async () => {
    const inventory = await openMugs()
    const refused = (pages: Promise<unknown>) => pages.catch((error: unknown) => error)
    const wrong = { after: -1, typ: "x" } as EventsOptions
    for (const error of [
      await refused(inventory.events(wrong)),
      await refused(positionsOf(inventory.events(wrong)))
    ]) {
      expect(error).toMatchObject({ code: "InvalidInput", details: { issues: expect.anything() } })
      expect(String(error)).toMatch(/options\.after.*options\.typ|options\.typ.*options\.after/)
    }
    await inventory.close()
    expect(await refused(positionsOf(inventory.events()))).toMatchObject({ code: "Closed" })
  })
})
