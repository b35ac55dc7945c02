import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { PositionGone } from "../../../src/events.ts"
import { isHoldfastError, type Page } from "../../../src/index.ts"
import { StockReads, toPromises } from "../../../src/inventory.ts"
import { memoryEngine, openMugs } from "./openMemory.ts"

const codeOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return isHoldfastError(error, "InvalidInput")
    ? error.details.issues.map(({ path }) => path)
    : error.code
}

const collected = async <Item>(items: AsyncIterable<Item>) => {
  const all: Array<Item> = []
  for await (const item of items) all.push(item)
  return all
}

const allPages = async <Item>(read: (cursor: string | null) => Promise<Page<Item>>) => {
  const pages: Array<ReadonlyArray<Item>> = []
  let cursor: string | null = null
  do {
    const page: Page<Item> = await read(cursor)
    pages.push(page.items)
    cursor = page.next
  } while (cursor !== null)
  return pages
}

describe("reads by promises", () => {
  it("answers look-ups with undefined when nothing is there", async () => {
    await using inventory = await openMugs()
    expect(await inventory.sku("mug")).toMatchObject({ code: "MUG", archivedAt: null })
    expect(await inventory.skuByCode("MUG")).toMatchObject({ id: "mug" })
    expect(await inventory.sku("cup")).toBeUndefined()
    expect(await inventory.skuByCode("mug")).toBeUndefined()
    const unknown = "00000000-0000-7000-8000-000000000000"
    expect(await inventory.reservation(unknown)).toBeUndefined()
  })

  it("refuses questions about the stock of an unknown SKU", async () => {
    await using inventory = await openMugs()
    expect(await codeOf(inventory.stock("cup"))).toBe("SkuNotFound")
    expect(await codeOf(inventory.levels("cup"))).toBe("SkuNotFound")
    expect(await codeOf(inventory.movements("cup"))).toBe("SkuNotFound")
    expect(await codeOf(inventory.stockAsOf("cup", new Date()))).toBe("SkuNotFound")
    expect(await codeOf(inventory.reservationsOfSku("cup"))).toBe("SkuNotFound")
    expect(await codeOf(inventory.reservationsOfOrder("nobody's"))).toBe("OrderNotFound")
  })

  it("refuses ids, instants and pages that cannot be, before a store sees them", async () => {
    await using inventory = await openMugs()
    expect(await codeOf(inventory.sku("a b"))).toEqual(["skuId"])
    expect(await codeOf(inventory.sku("orders"))).toEqual(["skuId"])
    expect(await codeOf(inventory.sku(undefined as never))).toEqual(["skuId"])
    expect(await codeOf(inventory.skuByCode("\u0000"))).toContain("code")
    expect(await codeOf(inventory.reservation("7"))).toEqual(["reservationId"])
    expect(await codeOf(inventory.reservationsOfOrder(""))).toEqual(["orderId"])
    expect(await codeOf(inventory.stocks(["mug", "\ud800"]))).toEqual(["skuIds.1"])
    expect(await codeOf(inventory.stocks(Array(1_001).fill("mug")))).toEqual(["skuIds"])
    expect(await codeOf(inventory.stockAsOf("mug", "yesterday"))).toEqual(["at"])
    expect(await codeOf(inventory.stockAsOf("mug", new Date(Number.NaN)))).toEqual(["at"])
    expect(await codeOf(inventory.skus({ size: 0, cursor: "x/" }))).toEqual([
      "options.cursor",
      "options.size"
    ])
    expect(await codeOf(inventory.skus({ cursor: "forged" }))).toEqual(["options.cursor"])
    expect(await codeOf(inventory.movements("mug", { cursor: "e30" }))).toEqual(["options.cursor"])
    const another = { skuId: "cup", orderId: "o" } as never
    for (const asked of [
      inventory.movements("mug", another),
      inventory.reservationsOfSku("mug", another),
      inventory.reservationsOfOrder("o1", another)
    ]) {
      expect(await codeOf(asked)).toEqual(["options.skuId", "options.orderId"])
    }
    expect(await codeOf(inventory.movements("no id", { size: 0 }))).toEqual([
      "skuId",
      "options.size"
    ])
    expect(await codeOf(inventory.events({ after: -1, size: 1_001 }))).toEqual([
      "options.after",
      "options.size"
    ])
    expect(await codeOf(inventory.locations({ size: 1 } as never))).toEqual(["options.size"])
    expect(await codeOf(inventory.checkAvailability({ lines: [] }))).toEqual(["lines"])
  })

  it("takes __proto__ for the ordinary id that it is", async () => {
    await using inventory = await openMugs()
    await inventory.registerSku({ skuId: "__proto__", code: "P", name: "P", initialStock: 1 })
    expect(await inventory.stock("__proto__")).toMatchObject({ totalQuantity: 1 })
  })

  it("answers the stock of many in the order asked, each once, unknown ones left out", async () => {
    await using inventory = await openMugs()
    await inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup", initialStock: 1 })
    const status = await inventory.stocks(["mug", "jar", "cup", "mug"])
    expect(status.map(({ skuId, totalQuantity }) => [skuId, totalQuantity])).toEqual([
      ["mug", 3],
      ["cup", 1]
    ])
    expect(await inventory.stocks([])).toEqual([])
  })

  it("shows levels also where nothing is sold, and sums what is sellable", async () => {
    await using inventory = await openMugs()
    await inventory.registerLocation({ locationId: "damaged", name: "Damaged", sellable: false })
    await inventory.receive({ skuId: "mug", locationId: "damaged", quantity: 2 })
    const levels = await inventory.levels("mug")
    expect(levels.map((level) => [level.locationId, level.totalQuantity])).toEqual([
      ["default", 3],
      ["damaged", 2]
    ])
    expect((await inventory.stock("mug")).totalQuantity).toBe(3)
    expect((await inventory.locations()).map(({ id }) => id)).toEqual(["damaged", "default"])
  })

  it("pages through SKUs without loss or repetition", async () => {
    await using inventory = await openMugs()
    for (const id of ["a", "b", "c"]) await inventory.registerSku({ skuId: id, code: id, name: id })
    const skus = await allPages((cursor) => inventory.skus({ cursor, size: 2 }))
    expect(skus.map((page) => page.map(({ id }) => id))).toEqual([
      ["a", "b"],
      ["c", "mug"]
    ])
  })

  it("reads events after a position", async () => {
    await using inventory = await openMugs()
    const first = await inventory.events({ size: 2 })
    expect(first.map(({ event, position }) => [position, event.eventType])).toEqual([
      [1, "inventory.sku.created"],
      [2, "inventory.stock.updated"]
    ])
    expect(first[0]?.event.timestamp).toBeInstanceOf(Date)
    const [third] = await inventory.events({ after: 2, size: 1 })
    expect(third?.position).toBe(3)
  })

  it("says what is short before anybody reserves, and that a cart does not block itself", async () => {
    await using inventory = await openMugs()
    const lines = [{ skuId: "mug", quantity: 2 }]
    expect(await inventory.checkAvailability({ lines })).toEqual({
      isAvailable: true,
      shortLines: []
    })
    await inventory.reserve({ orderId: "cart", lines })
    expect(await inventory.checkAvailability({ lines })).toMatchObject({
      isAvailable: false,
      shortLines: [{ line: 0, skuId: "mug", requested: 2, available: 1 }]
    })
    expect(await inventory.checkAvailability({ lines, orderId: "cart" })).toMatchObject({
      isAvailable: true
    })
    expect(
      await codeOf(inventory.checkAvailability({ lines: [{ skuId: "jar", quantity: 1 }] }))
    ).toBe("SkuNotFound")
    expect((await inventory.stock("mug")).reservedQuantity).toBe(2)
  })

  it("reconciles, and reads the levels one by one", async () => {
    await using inventory = await openMugs()
    expect(await inventory.reconcile()).toEqual({
      levels: 1,
      agreeing: 1,
      accuracy: 1,
      totalDrift: 0,
      reservedDrift: 0,
      drifted: []
    })
    const levels = await collected(inventory.reconciledLevels())
    expect(levels).toEqual([
      {
        skuId: "mug",
        locationId: "default",
        totalQuantity: 3,
        ledgerQuantity: 3,
        reservedQuantity: 0,
        heldQuantity: 0
      }
    ])
    await inventory.ping()
  })

  it("ends an iteration that is aborted with the signal's reason", async () => {
    await using inventory = await openMugs()
    const signal = AbortSignal.abort("enough")
    await expect(collected(inventory.reconciledLevels({ signal }))).rejects.toBe("enough")
  })
})

describe("reads of time by promises", () => {
  /** An inventory whose clock the test moves. */
  const openAt = async (start: string) => {
    let millis = Date.parse(start)
    const clock: Clock.Clock = Object.assign(Object.create(Clock.Clock.defaultValue()), {
      currentTimeMillisUnsafe: () => millis
    })
    const inventory = await toPromises(
      Layer.provide(memoryEngine, Layer.succeed(Clock.Clock, clock))
    )
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
    return { inventory, pass: (seconds: number) => (millis += seconds * 1_000) }
  }

  it("no longer counts a hold from the instant at which it lapses, and writes it down when asked", async () => {
    const { inventory, pass } = await openAt("2026-01-01T00:00:00Z")
    await using _ = inventory
    const lines = [{ skuId: "mug", quantity: 2 }]
    const [hold] = await inventory.reserve({ orderId: "o1", lines, ttl: 60 })
    pass(59)
    expect((await inventory.stock("mug")).reservedQuantity).toBe(2)
    expect(await inventory.expireLapsed()).toBe(0)
    pass(1)
    expect((await inventory.stock("mug")).reservedQuantity).toBe(0)
    expect(await inventory.reservation(hold?.id ?? "")).toMatchObject({ status: "EXPIRED" })
    expect(await inventory.checkAvailability({ lines: [{ skuId: "mug", quantity: 3 }] })).toEqual({
      isAvailable: true,
      shortLines: []
    })
    expect(await inventory.expireLapsed()).toBe(1)
    expect(await inventory.expireLapsed()).toBe(0)
  })

  it("pages through the ledger, newest first, without loss or repetition", async () => {
    const { inventory, pass } = await openAt("2026-01-01T00:00:00Z")
    await using _ = inventory
    for (const quantity of [1, 2, 3, 4]) {
      pass(1)
      await inventory.receive({ skuId: "mug", quantity })
    }
    const rows = await allPages((cursor) => inventory.movements("mug", { cursor, size: 2 }))
    expect(rows.map((page) => page.map(({ sequence }) => sequence))).toEqual([[5, 4], [3, 2], [1]])
    const elsewhere = await inventory.movements("mug", { locationId: "attic" })
    expect(elsewhere).toEqual({ items: [], next: null })
  })

  it("S10 pages through the open holds of a SKU, and finds events by lists and by order", async () => {
    const { inventory, pass } = await openAt("2026-01-01T00:00:00Z")
    await using _ = inventory
    await inventory.receive({ skuId: "mug", quantity: 10 })
    const ids: Array<string> = []
    for (const orderId of ["o1", "o2", "o3"]) {
      const [hold] = await inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity: 1 }] })
      ids.push(hold?.id ?? "")
      pass(1)
    }
    await inventory.confirm({ reservationId: ids[1] ?? "" })
    const pages = await allPages((cursor) =>
      inventory.reservationsOfSku("mug", { cursor, size: 2 })
    )
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([ids.slice(0, 2), ids.slice(2)])
    const confirmed = await inventory.reservationsOfSku("mug", { status: "confirmed" })
    expect(confirmed).toMatchObject({ items: [{ orderId: "o2" }], next: null })
    const ofOrder = await inventory.events({ orderId: "o2" })
    expect(ofOrder.map(({ event }) => event.eventType)).toEqual([
      "inventory.stock.reserved",
      "inventory.stock.confirmed"
    ])
    const after = ofOrder[0]?.position ?? 0
    expect(await inventory.events({ orderId: "o2", after })).toEqual(ofOrder.slice(1))
    const types = ["inventory.stock.confirmed", "inventory.location.created"] as const
    expect(await inventory.events({ types })).toEqual(ofOrder.slice(1))
    expect(await inventory.events({ types, aggregateIds: ["mug"] })).toEqual(ofOrder.slice(1))
    expect(await inventory.events({ types, aggregateIds: ["cup", "mug"] })).toEqual(
      ofOrder.slice(1)
    )
    expect(await inventory.events({ types, aggregateIds: ["cup"] })).toEqual([])
    expect(await codeOf(inventory.reservationsOfSku("cup"))).toBe("SkuNotFound")
    expect(await codeOf(inventory.reservationsOfSku("a b"))).toEqual(["skuId"])
    const cursor = "nonsense"
    expect(await codeOf(inventory.reservationsOfSku("mug", { cursor }))).toEqual(["options.cursor"])
    const odd = { aggregateIds: ["mug", "a b"], orderId: "", types: ["reserved"] } as never
    expect(await codeOf(inventory.events(odd))).toEqual([
      "options.types.0",
      "options.aggregateIds.1",
      "options.orderId"
    ])
    for (const wrong of [
      { types: [], aggregateIds: [] },
      { types: Array(17).fill("inventory.stock.low"), aggregateIds: Array(101).fill("mug") },
      { types: "inventory.stock.low", aggregateIds: "mug" }
    ]) {
      expect(await codeOf(inventory.events(wrong as never))).toEqual([
        "options.types",
        "options.aggregateIds"
      ])
    }
    expect(await codeOf(inventory.events({ skuId: "mug" } as never))).toEqual(["options.skuId"])
  })

  it("knows the stock as it was", async () => {
    const { inventory, pass } = await openAt("2026-01-01T00:00:00Z")
    await using _ = inventory
    pass(3_600)
    await inventory.receive({ skuId: "mug", quantity: 4 })
    const at = new Date("2026-01-01T00:59:59.999Z")
    const locations = [{ locationId: "default", totalQuantity: 3 }]
    const before = { skuId: "mug", at, totalQuantity: 3, locations }
    expect(await inventory.stockAsOf("mug", at)).toEqual(before)
    expect(await inventory.stockAsOf("mug", at.toISOString())).toEqual(before)
    const then = "2026-01-01T01:00:00Z"
    expect((await inventory.stockAsOf("mug", then)).locations).toEqual([
      { locationId: "default", totalQuantity: 7 }
    ])
    expect(await inventory.stockAsOf("mug", then, { locations: false })).toEqual({
      skuId: "mug",
      at: new Date(then),
      totalQuantity: 7
    })
  })

  it("B10 refuses an instant that has to be guessed, here and in a cursor", async () => {
    const { inventory } = await openAt("2026-01-01T00:00:00Z")
    await using _ = inventory
    for (const at of ["1", "May 1", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z"]) {
      const error = await inventory.stockAsOf("mug", at).catch((caught: unknown) => caught)
      expect([at, isHoldfastError(error, "InvalidInput") && error.details.issues]).toEqual([
        at,
        [{ path: "at", message: expect.stringContaining("ISO 8601") }]
      ])
    }
    const id = "01890a5d-ac96-774b-bcce-b302099a0000"
    const position = JSON.stringify({ createdAt: "May 1", id })
    const cursor = Buffer.from(position).toString("base64url")
    const error = await inventory.movements("mug", { cursor }).catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "InvalidInput") && error.details.issues[0]?.path).toBe(
      "options.cursor"
    )
  })

  it("refuses a position of which events were dropped, and begins where the log does", async () => {
    const pruned = Layer.effect(
      StockReads,
      Effect.map(StockReads, (reads) => ({
        ...reads,
        events: (after, limit, filter) =>
          after < 1
            ? Effect.fail(new PositionGone({ after, horizon: 1 }))
            : reads.events(after, limit, filter)
      }))
    )
    await using inventory = await toPromises(Layer.provideMerge(pruned, memoryEngine))
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    expect((await inventory.events()).map(({ position }) => position)).toEqual([2, 3])
    const pages: Array<number> = []
    for await (const page of inventory.events({ size: 1 })) {
      pages.push(...page.map(({ position }) => position))
    }
    expect(pages).toEqual([2, 3])
    const asked = Promise.resolve(inventory.events({ after: 0 }))
    const error = await asked.catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "PositionGone") && error.details).toEqual({
      after: 0,
      horizon: 1
    })
  })

  it("refuses a time before the ledger", async () => {
    const horizon = new Date("2026-01-01T00:00:00Z")
    const trimmed = Layer.effect(
      StockReads,
      Effect.map(StockReads, (reads) => ({
        ...reads,
        stockAsOf: (skuId, at) =>
          Effect.map(reads.stockAsOf(skuId, at), (asOf) => ({ ...asOf, horizon: at }))
      }))
    )
    await using inventory = await toPromises(Layer.provideMerge(trimmed, memoryEngine))
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
    const error = await inventory.stockAsOf("mug", horizon).catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "BeforeLedger") && error.details).toEqual({
      skuId: "mug",
      at: horizon,
      horizon
    })
  })
})
