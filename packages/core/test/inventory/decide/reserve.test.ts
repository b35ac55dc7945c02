import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { beginning, namesOf } from "../../../src/testing/given.ts"
import {
  archive,
  change,
  held,
  insufficient,
  line,
  place,
  receive,
  register,
  reserve,
  short,
  tea
} from "./words.ts"

describe("a reservation", () => {
  it("holds units for an order until its time is over", () => {
    const stock = tea(5)
    const hold = held(stock, { ...reserve("o", line("tea", 3, { lineId: "l" })), ttl: 60 })
    expect(hold).toEqual({
      id: hold.id,
      orderId: "o",
      lineId: "l",
      skuId: "tea",
      locationId: "default",
      quantity: 3,
      fulfilledQuantity: 0,
      status: "PENDING",
      expiresAt: DateTime.add(beginning, { seconds: 60 }),
      createdAt: beginning,
      resolvedAt: null,
      releaseReason: null,
      replaces: null
    })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 5, reservedQuantity: 3 })
  })

  it("lasts 900 seconds by default", () => {
    const hold = held(tea(1), reserve("o", line("tea", 1)))
    expect(hold.expiresAt).toEqual(DateTime.add(beginning, { seconds: 900 }))
  })

  it("takes the last unit, and not one more", () => {
    const stock = tea(2)
    stock.and(reserve("a", line("tea", 2)))
    expect(stock.refuses(reserve("b", line("tea", 1)))).toEqual(insufficient(short("tea", 1, 0)))
  })

  it("never takes safety stock, and may take backorders up to their limit", () => {
    const stock = tea(5, { safetyStock: 2, backorderLimit: 1 })
    expect(stock.refuses(reserve("o", line("tea", 5)))).toEqual(insufficient(short("tea", 5, 4)))
    stock.and(reserve("o", line("tea", 4)))
    expect(stock.level("tea").reservedQuantity).toBe(4)
  })

  it("sums the lines of one SKU, and keeps a reservation for each", () => {
    const stock = tea(5)
    expect(stock.refuses(reserve("o", line("tea", 3), line("tea", 3)))).toEqual(
      insufficient(short("tea", 3, 2, { line: 1 }))
    )
    const holds = stock.accepts(reserve("o", line("tea", 3), line("tea", 2)))
    expect(holds.map((hold) => hold.quantity)).toEqual([3, 2])
    expect(new Set(holds.map((hold) => hold.id)).size).toBe(2)
  })

  it("names every line that is short, and holds none", () => {
    const stock = tea(5).and(register("cup", 1), register("pot"))
    const lines = [
      line("pot", 1, { lineId: "x" }),
      line("tea", 5),
      line("cup", 2),
      line("tea", 1, { locationId: "default" })
    ]
    expect(stock.refuses(reserve("o", ...lines))).toEqual(
      insufficient(
        short("pot", 1, 0, { line: 0, lineId: "x" }),
        short("cup", 2, 1, { line: 2 }),
        short("tea", 1, 0, { line: 3, locationId: "default" })
      )
    )
    expect(stock.rows.reservations.size).toBe(0)
  })

  it("is made for one order again and again: only `replace` looks at what it has", () => {
    const stock = tea(5).and(reserve("o", line("tea", 2)), reserve("o", line("tea", 2)))
    expect(stock.level("tea").reservedQuantity).toBe(4)
  })

  it("takes the ids that it is given, and each once", () => {
    const stock = tea(5)
    const reservationId = "018f0000-0000-7000-8000-000000000001"
    const taken = { _tag: "IdTaken", kind: "reservation", id: reservationId }
    const mine = line("tea", 1, { reservationId })
    expect(stock.refuses(reserve("o", mine, mine))).toEqual(taken)
    expect(held(stock, reserve("o", mine)).id).toBe(reservationId)
    expect(stock.refuses(reserve("p", mine))).toEqual(taken)
  })

  it("names all SKUs and all locations that are unknown, and all SKUs that are archived", () => {
    const stock = tea(5).and(register("old"), archive("old"), register("gone"), archive("gone"))
    const anywhere = [line("x", 1), line("tea", 1), line("y", 1), line("x", 1)]
    expect(stock.refuses(reserve("o", ...anywhere))).toEqual({
      _tag: "SkuNotFound",
      skuIds: ["x", "y"]
    })
    const somewhere = ["n1", "default", "n2"].map((locationId) => line("tea", 1, { locationId }))
    expect(stock.refuses(reserve("o", ...somewhere))).toEqual({
      _tag: "LocationNotFound",
      locationIds: ["n1", "n2"]
    })
    expect(stock.refuses(reserve("o", line("old", 1), line("gone", 1)))).toEqual({
      _tag: "SkuArchived",
      skuIds: ["old", "gone"]
    })
  })
})

describe("where a line is held", () => {
  const twoPlaces = () =>
    tea(3).and(
      place("near", { priority: 1 }),
      place("far", { priority: 900 }),
      receive("tea", 2, "near"),
      receive("tea", 9, "far")
    )

  it("is the first location by priority that can fill the whole of it", () => {
    const stock = twoPlaces()
    const lines = [1, 3, 2, 1].map((quantity) => line("tea", quantity))
    const places = stock.accepts(reserve("o", ...lines)).map((hold) => hold.locationId)
    expect(places).toEqual(["near", "default", "far", "near"])
  })

  it("goes by id where priorities are equal", () => {
    const stock = tea(1).and(place("b"), place("a"), receive("tea", 1, "b"), receive("tea", 1, "a"))
    const lines = [line("tea", 1), line("tea", 1), line("tea", 1)]
    expect(stock.accepts(reserve("o", ...lines)).map((hold) => hold.locationId)).toEqual([
      "a",
      "b",
      "default"
    ])
  })

  it("never splits a line: the most that one location can give is what is available", () => {
    expect(twoPlaces().refuses(reserve("o", line("tea", 10)))).toEqual(
      insufficient(short("tea", 10, 9))
    )
  })

  it("is the location that is named, or nowhere", () => {
    const stock = twoPlaces()
    const near = { locationId: "near" }
    expect(stock.refuses(reserve("o", line("tea", 3, near)))).toEqual(
      insufficient(short("tea", 3, 2, near))
    )
    const hold = held(stock, reserve("o", line("tea", 1, { locationId: "far" })))
    expect(hold.locationId).toBe("far")
  })

  it("is never where stock is not sold or the doors are closed", () => {
    const stock = twoPlaces().and(
      change("near", { sellable: false }),
      change("far", { active: false })
    )
    expect(stock.refuses(reserve("o", line("tea", 4)))).toEqual(insufficient(short("tea", 4, 3)))
    expect(stock.refuses(reserve("o", line("tea", 1, { locationId: "near" })))).toEqual({
      _tag: "LocationUnavailable",
      locationId: "near",
      reason: "NOT_SELLABLE"
    })
    expect(stock.refuses(reserve("o", line("tea", 1, { locationId: "far" })))).toEqual({
      _tag: "LocationUnavailable",
      locationId: "far",
      reason: "INACTIVE"
    })
  })

  it("follows a priority that has just changed", () => {
    const stock = twoPlaces().and(change("far", { priority: 0 }))
    expect(held(stock, reserve("o", line("tea", 1))).locationId).toBe("far")
  })

  it("is a named location without a level when backorders are allowed there", () => {
    const stock = tea(1, { backorderLimit: 2 }).and(place("east"))
    const east = { locationId: "east" }
    expect(stock.refuses(reserve("o", line("tea", 2, east)))).toEqual(
      insufficient(short("tea", 2, 0, east))
    )
    stock.and(receive("tea", 1, "east"))
    expect(held(stock, reserve("o", line("tea", 3, east))).locationId).toBe("east")
  })
})

describe("lapsed holds", () => {
  it("stop counting at their instant, and give way oldest first, as far as they must", () => {
    const stock = tea(6)
    const holds = [30, 10, 20].map((ttl, n) =>
      held(stock, { ...reserve(`o${n}`, line("tea", 2)), ttl })
    )
    stock.later(9.999)
    expect(stock.refuses(reserve("p", line("tea", 1)))).toEqual(insufficient(short("tea", 1, 0)))
    stock.later(0.001)
    expect(stock.refuses(reserve("p", line("tea", 3)))).toEqual(insufficient(short("tea", 3, 2)))
    stock.later(60)
    const events = stock.happens(reserve("p", line("tea", 3)))
    expect(namesOf(events)).toEqual(["released", "released", "reserved", "replenished"])
    expect(holds.map((hold) => stock.hold(hold.id).status)).toEqual([
      "PENDING",
      "EXPIRED",
      "EXPIRED"
    ])
  })

  it("of another location do not give way", () => {
    const stock = tea(2).and(place("east"), receive("tea", 2, "east"))
    const east = { locationId: "east" }
    const there = held(stock, { ...reserve("a", line("tea", 2, east)), ttl: 5 })
    const here = held(stock, { ...reserve("b", line("tea", 2)), ttl: 5 })
    expect(here.locationId).toBe("default")
    stock.later(5)
    stock.and(reserve("c", line("tea", 1, east)))
    expect([stock.hold(there.id).status, stock.hold(here.id).status]).toEqual([
      "EXPIRED",
      "PENDING"
    ])
  })

  it("stay on paper while there is room without them", () => {
    const stock = tea(3)
    const hold = held(stock, { ...reserve("a", line("tea", 1)), ttl: 5 })
    stock.later(5)
    expect(namesOf(stock.happens(reserve("b", line("tea", 2))))).toEqual(["reserved", "depleted"])
    expect(stock.hold(hold.id).status).toBe("PENDING")
  })
})
