import { describe, expect, it } from "@effect/vitest"
import type { CommandOf } from "../../../src/inventory/messages/InventoryCommand.ts"
import type { PlainIds } from "../../../src/kernel/Identifier.ts"
import { type GivenStock, given } from "../../../src/testing/given.ts"
import { archive, bulk, line, place, receive, register, reserve, tea } from "../decide/words.ts"

type Lines = PlainIds<CommandOf<"ChangeStock">["lines"]>

const receipt = (skuId: string, quantity: number) => ({ type: "RECEIPT", skuId, quantity }) as const
const counted = (skuId: string, countedQuantity: number) =>
  ({ type: "COUNT", skuId, countedQuantity }) as const
const less = (skuId: string, quantity: number) =>
  ({ type: "ADJUSTMENT", skuId, quantity, reason: "broken" }) as const

/** What each line came to: the units that it moved, or its refusal and the field to blame. */
const outcomes = (stock: GivenStock, ...lines: Lines) =>
  stock
    .accepts(bulk({}, ...lines))
    .lines.map((it) =>
      it._tag === "Changed"
        ? it.movements.map(({ quantity }) => quantity)
        : [it.refusal._tag, it.path]
    )

describe("a bulk request", () => {
  it("takes each line as its own command would, in their order", () => {
    const stock = tea(5).and(register("salt"))
    expect(
      outcomes(stock, receipt("tea", 3), counted("salt", 7), less("tea", -2), counted("tea", 9))
    ).toEqual([[3], [7], [-2], [3]])
    expect(stock.status("tea").totalQuantity).toBe(9)
  })

  it("leaves the others alone when a line is refused, and names the field to blame", () => {
    const stock = tea(5).and(register("old"), archive("old"), place("shut", { active: false }))
    const lines: Lines = [
      receipt("x", 1),
      receipt("old", 1),
      { type: "RECEIPT", code: "NOBODY", quantity: 1 },
      { ...receipt("tea", 1), locationId: "attic" },
      { ...receipt("tea", 1), locationId: "shut" },
      { ...counted("tea", 1), expectedQuantity: 4 },
      less("tea", -6),
      { type: "ADJUSTMENT", skuId: "tea", quantity: 1 },
      { type: "UNREADABLE", issues: [{ path: "quantity", message: "must be a number" }] },
      receipt("tea", 2)
    ]
    expect(outcomes(stock, ...lines)).toEqual([
      ["SkuNotFound", "lines.0.skuId"],
      ["SkuArchived", "lines.1.skuId"],
      ["SkuCodeNotFound", "lines.2.code"],
      ["LocationNotFound", "lines.3.locationId"],
      ["LocationUnavailable", "lines.4.locationId"],
      ["StaleExpectation", "lines.5.expectedQuantity"],
      ["InsufficientOnHand", "lines.6.quantity"],
      ["InvalidInput", "lines.7.reason"],
      ["InvalidInput", "lines.8.quantity"],
      [2]
    ])
    expect(stock.status("tea").totalQuantity).toBe(7)
  })

  it("finds a SKU by the code that it has now", () => {
    const stock = given().and(register("old", 0, { code: "A" }), archive("old"))
    stock.and(register("new", 0, { code: "A" }))
    const { lines } = stock.accepts(bulk({}, { type: "RECEIPT", code: "A", quantity: 1 }))
    expect(lines).toMatchObject([{ _tag: "Changed", skuId: "new" }])
  })

  it("counts a SKU at a location once, also when it is named by its code", () => {
    const lines: Lines = [
      counted("tea", 5),
      { type: "COUNT", code: "TEA", countedQuantity: 3 },
      { ...counted("tea", 3), locationId: "east" }
    ]
    expect(outcomes(tea(1).and(place("east")), ...lines)).toEqual([
      [4],
      ["InvalidInput", "lines.1.countedQuantity"],
      [3]
    ])
  })

  it("counts again after a count that was refused", () => {
    const stale = { ...counted("tea", 5), expectedQuantity: 4 }
    expect(outcomes(tea(1), stale, counted("tea", 3))).toEqual([
      ["StaleExpectation", "lines.0.expectedQuantity"],
      [2]
    ])
  })

  it("gives each line the notes and the location of the request, unless it has its own", () => {
    const stock = tea(1).and(place("east"))
    const { lines } = stock.accepts(
      bulk(
        { reference: "feed-7", reason: "nightly", actor: "erp", locationId: "east" },
        receipt("tea", 1),
        { ...receipt("tea", 1), reference: "DN-1", reason: "late", locationId: "default" },
        { ...receipt("tea", 1), reference: null },
        { type: "ADJUSTMENT", skuId: "tea", quantity: 1 }
      )
    )
    const notes = lines.flatMap((it) =>
      it._tag === "Changed"
        ? it.movements.map(({ actor, locationId, reason, reference }) => [
            locationId,
            reference,
            reason,
            actor
          ])
        : []
    )
    expect(notes).toEqual([
      ["east", "feed-7", "nightly", "erp"],
      ["default", "DN-1", "late", "erp"],
      ["east", null, "nightly", "erp"],
      ["east", "feed-7", "nightly", "erp"]
    ])
  })

  it("refuses a line whose occurredAt is in the future, and no other", () => {
    const stock = tea(1)
    const lines = stock.accepts(
      bulk(
        {},
        { ...receipt("tea", 1), occurredAt: stock.rows.loaded(stock.now).now },
        receipt("tea", 1)
      )
    )
    expect(lines.refused).toBe(0)
    const later = tea(1).later(3_600).now
    expect(
      outcomes(tea(1), { ...receipt("tea", 1), occurredAt: later }, receipt("tea", 1))
    ).toEqual([["InvalidInput", "lines.0.occurredAt"], [1]])
  })

  it("refuses all lines when one is refused and it is all or nothing", () => {
    const stock = tea(5)
    const refusal = stock.refuses(
      bulk({ allOrNothing: true }, receipt("tea", 1), receipt("x", 1), less("tea", -9))
    )
    expect(refusal).toMatchObject({
      _tag: "LinesRefused",
      lines: [
        { line: 1, path: "lines.1.skuId", refusal: { _tag: "SkuNotFound", skuIds: ["x"] } },
        { line: 2, path: "lines.2.quantity", refusal: { _tag: "InsufficientOnHand", removable: 6 } }
      ]
    })
    expect(stock.status("tea").totalQuantity).toBe(5)
  })

  it("names every field that cannot be read before anything else when it is all or nothing", () => {
    const unreadable = {
      type: "UNREADABLE",
      issues: [
        { path: "quantity", message: "must be a number" },
        { path: "", message: "must be an object" }
      ]
    } as const
    const command = bulk({ allOrNothing: true }, receipt("x", 1), unreadable)
    expect(tea(5).refuses(command)).toEqual({
      _tag: "InvalidInput",
      issues: [
        { path: "lines.1.quantity", message: "must be a number" },
        { path: "lines.1", message: "must be an object" }
      ]
    })
  })

  it("makes one event for each crossing of the request as a whole, and none for one undone", () => {
    const stock = tea(1)
    const events = (...lines: Lines) =>
      stock.happens(bulk({}, ...lines)).map((event) => event.eventType)
    const moved = "inventory.stock.updated"
    expect(events(less("tea", -1), receipt("tea", 1))).toEqual([moved, moved])
    expect(events(less("tea", -1), receipt("x", 1), counted("tea", 0))).toEqual([
      moved,
      "inventory.stock.depleted"
    ])
  })

  it("gives every event an id of its own", () => {
    const stock = tea(9)
    const lines = Array.from({ length: 6 }, (_, n) => receipt(n % 2 === 0 ? "tea" : "x", 1))
    const ids = stock.happens(bulk({}, ...lines)).map((event) => event.eventId)
    expect(new Set(ids).size).toBe(3)
  })

  it("accepts the shortfall of one line, and of no other", () => {
    const stock = tea(3).and(register("salt", 3), reserve("o", line("tea", 3), line("salt", 3)))
    expect(
      outcomes(stock, { ...counted("tea", 1), onShortfall: "ACCEPT" }, counted("salt", 1))
    ).toEqual([[-2], ["PromisesInTheWay", "lines.1.countedQuantity"]])
  })

  it("lists five holds in the way of a line, and adds the others up", () => {
    const orders = Array.from({ length: 8 }, (_, n) => reserve(`o${n}`, line("tea", 1)))
    const stock = tea(8).and(...orders)
    const [refused] = stock.accepts(bulk({}, counted("tea", 0))).lines
    if (refused?._tag !== "Refused") throw new Error("the line was not refused")
    if (refused.refusal._tag !== "PromisesInTheWay") throw new Error(refused.refusal._tag)
    expect(refused.refusal.holds).toHaveLength(5)
    expect(refused.refusal.unlistedQuantity).toBe(3)
  })

  it("takes holds back for a line, until one request would make too many events", () => {
    const skus = Array.from({ length: 11 }, (_, n) => `sku-${n}`)
    const stock = given()
    for (const skuId of skus) {
      stock.and(register(skuId, 1_000), receive(skuId, 1, "default"))
      for (const n of [0, 1]) {
        const lines = Array.from({ length: 500 }, () => line(skuId, 1))
        stock.and(reserve(`${skuId}-${n}`, ...lines))
      }
    }
    const lines = skus.map(
      (skuId) => ({ ...counted(skuId, 0), onShortfall: "RELEASE_NEWEST" }) as const
    )
    const answer = stock.accepts(bulk({}, ...lines))
    expect([answer.changed, answer.refused]).toEqual([9, 2])
    expect(answer.lines[9]).toMatchObject({ path: "lines.9.onShortfall" })
  })
})
