import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { TransferId } from "../../../src/kernel/Identifier.ts"
import { balanceMax } from "../../../src/kernel/Quantity.ts"
import { eventsOf, type GivenStock, given, namesOf } from "../../../src/testing/given.ts"
import {
  adjust,
  archive,
  change,
  confirm,
  count,
  giveBack,
  held,
  line,
  place,
  receive,
  register,
  reserve,
  ship,
  tea,
  transfer,
  update
} from "./words.ts"

const onHand = (requested: number, left: number, locationId = "default") => ({
  _tag: "InsufficientOnHand",
  skuId: "tea",
  locationId,
  requested,
  removable: left
})

/** A SKU with five units less than the most, 10 of them at another place. */
const brimful = (): GivenStock => {
  const stock = tea(0).and(place("east"), receive("tea", 10, "east"))
  const { levels, ...rest } = stock.stock("tea")
  stock.rows.stocks.set("tea", {
    ...rest,
    levels: levels.map((level) =>
      level.locationId === "default" ? { ...level, totalQuantity: balanceMax - 15 } : level
    )
  })
  return stock
}

describe("goods that come in", () => {
  it.each([
    ["a receipt", receive("tea", 4), "RECEIPT"],
    ["a return", giveBack("tea", 4), "RETURN"]
  ] as const)("raise the total by %s, and write one movement", (_, command, type) => {
    const stock = tea(3)
    const { levels, movements, released } = stock.accepts(command)
    expect(movements).toMatchObject([
      { type, quantity: 4, balanceAfter: 7, sequence: 2, skuId: "tea", locationId: "default" }
    ])
    expect(levels).toMatchObject([{ totalQuantity: 7, availableQuantity: 7, inStockQuantity: 7 }])
    expect(released).toEqual([])
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 7, movementSequence: 2 })
  })

  it("open a level at a location that had none, and say so in the balances of the SKU", () => {
    const stock = tea(3, { backorderLimit: 2 }).and(place("east"))
    const [event] = eventsOf(stock.happens(receive("tea", 4, "east")), "inventory.stock.updated")
    expect(event?.payload).toMatchObject({
      level: { totalQuantity: 4, reservedQuantity: 0, availableQuantity: 6 },
      sku: { totalQuantity: 7, reservedQuantity: 0, availableQuantity: 9 }
    })
  })

  it("carry what the host says of them", () => {
    const occurredAt = DateTime.makeUnsafe("2026-02-28T00:00:00.000Z")
    const notes = { reference: "PO-1", reason: "weekly", actor: "Åsa", occurredAt }
    const { movements } = tea(0).accepts({ ...receive("tea", 1), ...notes })
    expect(movements[0]).toMatchObject(notes)
  })

  it("name who acts when the movement does not", () => {
    const stock = tea(0)
    const acts = { actor: "till 4" }
    expect(stock.accepts(receive("tea", 1), acts).movements[0]?.actor).toBe("till 4")
    const named = { ...receive("tea", 1), actor: "Åsa" }
    expect(stock.accepts(named, acts).movements[0]?.actor).toBe("Åsa")
  })

  it("B10 never pass what a SKU can have, so that promises and sums stay exact", () => {
    const stock = brimful()
    const refusal = { _tag: "BalanceOutOfRange", skuId: "tea", locationId: "default" }
    expect(stock.refuses(receive("tea", 6))).toEqual(refusal)
    expect(stock.refuses(giveBack("tea", 6))).toEqual(refusal)
    expect(stock.refuses(adjust("tea", 6))).toEqual(refusal)
    expect(stock.refuses(count("tea", 16, { locationId: "east" }))).toMatchObject({
      _tag: "BalanceOutOfRange"
    })
    stock.accepts(transfer("tea", 6, "east", "default"))
    expect(stock.accepts(receive("tea", 5)).levels).toMatchObject([
      { totalQuantity: balanceMax - 4 }
    ])
    expect(stock.refuses(update("tea", { backorderLimit: 1 }))).toMatchObject({
      _tag: "InvalidInput",
      issues: [{ path: "backorderLimit" }]
    })
    stock.and(ship("tea", 3), update("tea", { backorderLimit: 1 }), receive("tea", 2))
    expect(stock.refuses(receive("tea", 1))).toEqual(refusal)
  })
})

describe("goods that leave without a reservation", () => {
  it("lower the total", () => {
    const { movements } = tea(5).accepts(ship("tea", 5, { reference: "gift" }))
    expect(movements).toMatchObject([{ type: "SHIPMENT", quantity: -5, balanceAfter: 0 }])
  })

  it("are never units that are promised", () => {
    const stock = tea(5).and(reserve("o", line("tea", 3)))
    expect(stock.refuses(ship("tea", 3))).toEqual(onHand(3, 2))
    expect(stock.accepts(ship("tea", 2)).levels).toMatchObject([
      { totalQuantity: 3, reservedQuantity: 3 }
    ])
    expect(stock.refuses(ship("tea", 1))).toEqual(onHand(1, 0))
  })

  it("may be safety stock, which is only kept from promises", () => {
    const stock = tea(5, { safetyStock: 4 })
    expect(stock.accepts(ship("tea", 5)).levels).toMatchObject([{ totalQuantity: 0 }])
  })

  it("may be units that only lapsed holds keep, as many as are needed", () => {
    const stock = tea(4)
    const older = held(stock, { ...reserve("a", line("tea", 2)), ttl: 5 })
    const newer = held(stock, { ...reserve("b", line("tea", 2)), ttl: 6 })
    stock.later(6)
    expect(stock.refuses(ship("tea", 5))).toEqual(onHand(5, 4))
    expect(namesOf(stock.happens(ship("tea", 1)))).toEqual(["released", "updated", "replenished"])
    expect([stock.hold(older.id).status, stock.hold(newer.id).status]).toEqual([
      "EXPIRED",
      "PENDING"
    ])
  })

  it("are not there at a level that does not exist", () => {
    const stock = tea(5).and(place("east"))
    expect(stock.refuses(ship("tea", 1, { locationId: "east" }))).toEqual(onHand(1, 0, "east"))
  })

  it("are not there while backorders stand above the stock", () => {
    const stock = tea(2, { backorderLimit: 3 }).and(reserve("o", line("tea", 5)))
    expect(stock.refuses(ship("tea", 1))).toEqual(onHand(1, 0))
  })
})

describe("a transfer", () => {
  it("moves units in two movements that share an id", () => {
    const stock = tea(5).and(place("east"))
    const { levels, movements } = stock.accepts(transfer("tea", 2, "default", "east"))
    expect(movements.map(({ locationId, quantity, type }) => [type, locationId, quantity])).toEqual(
      [
        ["TRANSFER_OUT", "default", -2],
        ["TRANSFER_IN", "east", 2]
      ]
    )
    expect(new Set(movements.map((row) => row.transferId)).size).toBe(1)
    expect(levels.map((level) => [level.locationId, level.totalQuantity])).toEqual([
      ["default", 3],
      ["east", 2]
    ])
  })

  it("keeps the id that the host gives it", () => {
    const transferId = TransferId.make("018f0000-0000-7000-8000-000000000001")
    const stock = tea(5).and(place("east"))
    const { movements } = stock.accepts({
      ...transfer("tea", 2, "default", "east"),
      transferId
    })
    expect(movements.map((row) => row.transferId)).toEqual([transferId, transferId])
  })

  it("takes no promised units, and frees those of lapsed holds", () => {
    const stock = tea(5).and(place("east"), { ...reserve("o", line("tea", 4)), ttl: 10 })
    expect(stock.refuses(transfer("tea", 2, "default", "east"))).toEqual(onHand(2, 1))
    stock.later(10)
    expect(stock.accepts(transfer("tea", 5, "default", "east")).levels).toMatchObject([
      { totalQuantity: 0, reservedQuantity: 0 },
      { totalQuantity: 5 }
    ])
  })

  it("says that the SKU is sold out when the last units go where they are not sold", () => {
    const stock = tea(2).and(place("back", { sellable: false }))
    const events = stock.happens(transfer("tea", 2, "default", "back"))
    expect(namesOf(events)).toEqual(["updated", "updated", "depleted"])
    expect(eventsOf(events, "inventory.stock.depleted")[0]?.payload.sku).toEqual({
      totalQuantity: 0,
      reservedQuantity: 0,
      availableQuantity: 0
    })
  })

  it("leaves a closed location, and never goes to one", () => {
    const stock = tea(0).and(place("east"), receive("tea", 2, "east"))
    stock.and(change("east", { active: false }))
    expect(stock.accepts(transfer("tea", 1, "east", "default")).levels).toHaveLength(2)
    expect(stock.refuses(transfer("tea", 1, "default", "east"))).toEqual({
      _tag: "LocationUnavailable",
      locationId: "east",
      reason: "INACTIVE"
    })
  })
})

describe("an adjustment and a count", () => {
  it("correct the total, up and down, with a reason", () => {
    const stock = tea(5)
    expect(stock.accepts(adjust("tea", 2)).movements).toMatchObject([
      { type: "ADJUSTMENT", quantity: 2, reason: "found", balanceAfter: 7 }
    ])
    expect(stock.accepts(adjust("tea", -3)).movements).toMatchObject([{ balanceAfter: 4 }])
    expect(stock.accepts(count("tea", 9)).movements).toMatchObject([
      { type: "ADJUSTMENT", quantity: 5, reason: "stock count", balanceAfter: 9 }
    ])
    expect(stock.accepts(count("tea", 9)).movements).toEqual([])
    expect(stock.accepts(count("tea", 0)).levels).toMatchObject([{ totalQuantity: 0 }])
  })

  it("take no more than there is", () => {
    expect(tea(5).refuses(adjust("tea", -6))).toEqual(onHand(6, 5))
  })

  it("open a level where something is found, and none where nothing is", () => {
    const stock = tea(5).and(place("east"))
    expect(stock.accepts(count("tea", 0, { locationId: "east" })).levels).toEqual([])
    expect(stock.accepts(count("tea", 3, { locationId: "east" })).levels).toMatchObject([
      { locationId: "east", totalQuantity: 3 }
    ])
  })

  it("of an expected total is refused when the total is another", () => {
    const stock = tea(5)
    expect(stock.refuses(count("tea", 7, { expectedQuantity: 4 }))).toEqual({
      _tag: "StaleExpectation",
      field: "expectedQuantity",
      expected: 4,
      actual: 5
    })
    expect(stock.accepts(count("tea", 7, { expectedQuantity: 5 })).levels).toMatchObject([
      { totalQuantity: 7 }
    ])
    expect(
      stock.and(place("east")).accepts(count("tea", 1, { locationId: "east", expectedQuantity: 0 }))
        .movements
    ).toHaveLength(1)
  })
})

describe("a correction below what is promised", () => {
  const promised = () => {
    const stock = tea(9)
    const first = held(stock, reserve("a", line("tea", 3)))
    stock.later(1)
    const second = held(stock, reserve("b", line("tea", 3)))
    stock.later(1)
    const third = held(stock, reserve("c", line("tea", 3)))
    return { stock, first, second, third }
  }

  it("is refused by default, and lists the holds in the way, newest first", () => {
    const { first, second, stock, third } = promised()
    const holds = [third, second, first].map((hold) => ({
      reservationId: hold.id,
      orderId: hold.orderId,
      status: "PENDING",
      quantity: 3
    }))
    const refusal = {
      _tag: "PromisesInTheWay",
      skuId: "tea",
      locationId: "default",
      shortfallQuantity: 4,
      holds,
      unlistedQuantity: 0
    }
    expect(stock.refuses(count("tea", 5))).toEqual(refusal)
    expect(stock.refuses(adjust("tea", -4, { onShortfall: "REFUSE" }))).toEqual(refusal)
  })

  it("takes back the newest pending holds, whole and no more than it must", () => {
    const { first, second, stock, third } = promised()
    const { levels, released } = stock.accepts(count("tea", 5, { onShortfall: "RELEASE_NEWEST" }))
    expect(released.map(({ id, status }) => [id, status])).toEqual([
      [third.id, "RELEASED"],
      [second.id, "RELEASED"]
    ])
    expect(levels).toMatchObject([{ totalQuantity: 5, reservedQuantity: 3 }])
    expect(stock.hold(first.id).status).toBe("PENDING")
    const reasons = eventsOf(stock.rows.events, "inventory.stock.released").map(
      (event) => event.payload.reason
    )
    expect(reasons).toEqual(["SHORTFALL", "SHORTFALL"])
  })

  it("leaves confirmed holds alone unless they are included", () => {
    const { first, second, stock, third } = promised()
    stock.and(confirm(second), confirm(third))
    const newest = { onShortfall: "RELEASE_NEWEST" } as const
    expect(stock.refuses(count("tea", 5, newest))).toMatchObject({
      _tag: "PromisesInTheWay",
      shortfallQuantity: 4
    })
    expect(stock.accepts(count("tea", 6, newest)).released.map((hold) => hold.id)).toEqual([
      first.id
    ])
    const all = { ...newest, includeConfirmed: true }
    expect(stock.accepts(count("tea", 1, all)).released.map((hold) => hold.id)).toEqual([
      third.id,
      second.id
    ])
  })

  it("is accepted as a shortfall when asked for, and promises nothing more", () => {
    const { stock } = promised()
    const { levels } = stock.accepts(adjust("tea", -4, { onShortfall: "ACCEPT" }))
    expect(levels).toMatchObject([
      { totalQuantity: 5, reservedQuantity: 9, availableQuantity: 0, shortfallQuantity: 4 }
    ])
    expect(stock.level("tea").promiseLimit).toBe(4)
    stock.and(receive("tea", 3))
    expect(stock.level("tea").promiseLimit).toBe(1)
    expect(stock.refuses(adjust("tea", -1))).toMatchObject({ _tag: "PromisesInTheWay" })
  })

  it("lets lapsed holds give way before any that stands", () => {
    const stock = tea(6)
    const lapsed = held(stock, { ...reserve("a", line("tea", 3)), ttl: 5 })
    const open = held(stock, reserve("b", line("tea", 3)))
    stock.later(5)
    expect(stock.accepts(count("tea", 3)).released).toEqual([])
    expect([stock.hold(lapsed.id).status, stock.hold(open.id).status]).toEqual([
      "EXPIRED",
      "PENDING"
    ])
    expect(stock.refuses(count("tea", 2))).toMatchObject({ shortfallQuantity: 1 })
  })

  it("may go as low as the backorder limit allows", () => {
    const stock = tea(5, { backorderLimit: 2 }).and(reserve("o", line("tea", 5)))
    expect(stock.accepts(count("tea", 3)).levels).toMatchObject([{ shortfallQuantity: 2 }])
    expect(stock.refuses(count("tea", 2))).toMatchObject({ shortfallQuantity: 1 })
  })
})

describe("an archived SKU", () => {
  it.each([
    ["receives nothing", receive("tea", 1)],
    ["takes nothing back", giveBack("tea", 1)],
    ["ships nothing", ship("tea", 1)],
    ["is not adjusted", adjust("tea", 1)],
    ["is not counted", count("tea", 1)],
    ["is not transferred", transfer("tea", 1, "default", "east")],
    ["is not reserved", reserve("o", line("tea", 1))]
  ])("%s", (_, command) => {
    const stock = given().and(place("east"), register("tea"), archive("tea"))
    expect(stock.refuses(command)).toEqual({ _tag: "SkuArchived", skuIds: ["tea"] })
  })
})
