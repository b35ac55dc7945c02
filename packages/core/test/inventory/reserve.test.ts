import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { beginning, eventsOf, given, namesOf } from "../../src/testing/given.ts"
import {
  archive,
  change,
  confirm,
  confirmOrder,
  fulfil,
  held,
  line,
  nobody,
  place,
  receive,
  register,
  release,
  replace,
  reserve,
  tea,
  update
} from "./words.ts"

const short = (
  skuId: string,
  requested: number,
  available: number,
  rest: { line?: number; lineId?: string; locationId?: string } = {}
) => ({ line: 0, lineId: null, locationId: null, skuId, requested, available, ...rest })

const insufficient = (...lines: ReadonlyArray<ReturnType<typeof short>>) => ({
  _tag: "InsufficientStock",
  lines
})

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
      replaces: null
    })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 5, reservedQuantity: 3 })
  })

  it("lasts 900 seconds when nothing is said", () => {
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

describe("replacing an order's pending holds", () => {
  it("lets what no line speaks of give way, in one step", () => {
    const stock = tea(5).and(register("cup", 5))
    const old = held(stock, reserve("o", line("tea", 5)))
    const events = stock.happens(replace("o", line("cup", 2)))
    expect(namesOf(events)).toEqual(["released", "reserved", "replenished"])
    expect(eventsOf(events, "inventory.stock.released")[0]?.payload.reason).toBe("REPLACED")
    expect(stock.hold(old.id).status).toBe("RELEASED")
  })

  it("never lets a buyer's own hold block the buyer", () => {
    const stock = tea(5)
    const hold = held(stock, reserve("o", line("tea", 4)))
    expect(held(stock, replace("o", line("tea", 5)))).toMatchObject({ id: hold.id, quantity: 5 })
    expect(stock.refuses(replace("o", line("tea", 6)))).toEqual(insufficient(short("tea", 6, 5)))
    expect(stock.hold(hold.id)).toMatchObject({ status: "PENDING", quantity: 5 })
  })

  it("keeps the id of a line that stays, by its line id", () => {
    const stock = tea(9)
    const [a, b] = stock.accepts(
      reserve("o", line("tea", 1, { lineId: "a" }), line("tea", 2, { lineId: "b" }))
    )
    const [nextB, nextC, nextA] = stock.accepts(
      replace(
        "o",
        line("tea", 3, { lineId: "b" }),
        line("tea", 1, { lineId: "c" }),
        line("tea", 1, { lineId: "a" })
      )
    )
    expect([nextA?.id, nextB?.id]).toEqual([a?.id, b?.id])
    expect([a?.id, b?.id]).not.toContain(nextC?.id)
  })

  it("keeps the id of a line that stays by SKU and location, each hold for one line", () => {
    const stock = tea(9).and(place("east", { priority: 900 }), receive("tea", 9, "east"))
    const [first, second] = stock.accepts(
      reserve("o", line("tea", 1, { locationId: "east" }), line("tea", 2))
    )
    const next = stock.accepts(
      replace("o", line("tea", 2, { locationId: "default" }), line("tea", 1), line("tea", 1))
    )
    expect(next[0]?.id).toBe(second?.id)
    expect(next[1]?.id).toBe(first?.id)
    expect(next[2]?.id).not.toBe(first?.id)
  })

  it("does not keep a hold of another SKU because its line id is the same", () => {
    const stock = tea(9).and(register("cup", 9))
    const hold = held(stock, reserve("o", line("tea", 1, { lineId: "a" })))
    const next = held(stock, replace("o", line("cup", 1, { lineId: "a" })))
    expect(next.id).not.toBe(hold.id)
    expect(stock.hold(hold.id).status).toBe("RELEASED")
  })

  it("gives what stays a new time, and says so", () => {
    const stock = tea(9)
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 60 })
    stock.later(30)
    expect(namesOf(stock.happens({ ...replace("o", line("tea", 2)), ttl: 60 }))).toEqual([
      "extended"
    ])
    expect(stock.hold(hold.id).expiresAt).toEqual(DateTime.add(stock.now, { seconds: 60 }))
    expect(stock.happens({ ...replace("o", line("tea", 2)), ttl: 60 })).toEqual([])
    expect(namesOf(stock.happens({ ...replace("o", line("tea", 1)), ttl: 90 }))).toEqual([
      "resized"
    ])
    expect(stock.hold(hold.id).expiresAt).toEqual(DateTime.add(stock.now, { seconds: 90 }))
  })

  it("frees what shrinks before it asks for what grows", () => {
    const stock = tea(10)
    const lines = (a: number, b: number) => [
      line("tea", a, { lineId: "a" }),
      line("tea", b, { lineId: "b" })
    ]
    stock.and(reserve("o", ...lines(2, 8)))
    const holds = stock.accepts(replace("o", ...lines(8, 2)))
    expect(holds.map((hold) => hold.quantity)).toEqual([8, 2])
  })

  it("expires its own lapsed holds and holds their lines anew", () => {
    const stock = tea(2)
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 5 })
    stock.later(5)
    const next = held(stock, replace("o", line("tea", 2)))
    expect(next.id).not.toBe(hold.id)
    expect(stock.hold(hold.id).status).toBe("EXPIRED")
  })

  it("moves a line that cannot grow where it is to a location that can take it", () => {
    const stock = tea(5).and(place("east", { priority: 900 }), receive("tea", 9, "east"))
    const hold = held(stock, reserve("o", line("tea", 5)))
    const moved = held(stock, replace("o", line("tea", 6)))
    expect(moved).toMatchObject({ locationId: "east", quantity: 6, status: "PENDING" })
    expect(stock.hold(hold.id).status).toBe("RELEASED")
    expect(stock.refuses(replace("o", line("tea", 10)))).toEqual(insufficient(short("tea", 10, 9)))
    expect(stock.refuses(replace("o", line("tea", 6, { locationId: "default" })))).toEqual(
      insufficient(short("tea", 6, 5, { locationId: "default" }))
    )
  })

  it("keeps a hold at a location that closed, but does not let it grow there", () => {
    const stock = tea(5).and(place("east"), receive("tea", 9, "east"))
    const hold = held(stock, reserve("o", line("tea", 4, { locationId: "east" })))
    stock.and(change("east", { active: false }))
    expect(held(stock, replace("o", line("tea", 3)))).toMatchObject({ id: hold.id, quantity: 3 })
    expect(held(stock, replace("o", line("tea", 5)))).toMatchObject({ locationId: "default" })
  })

  it("keeps what stays even when promises stand above the stock", () => {
    const stock = tea(4)
    const hold = held(stock, reserve("o", line("tea", 4)))
    stock.and({
      _tag: "CountStock",
      skuId: "tea",
      countedQuantity: 1,
      onShortfall: "ACCEPT"
    })
    expect(held(stock, { ...replace("o", line("tea", 4)), ttl: 5 }).id).toBe(hold.id)
    expect(held(stock, replace("o", line("tea", 3))).quantity).toBe(3)
    expect(stock.refuses(replace("o", line("tea", 4)))).toEqual(insufficient(short("tea", 4, 1)))
  })

  it("is refused once a hold of the order is confirmed, or has left", () => {
    const stock = tea(5)
    const [first] = stock.accepts(reserve("o", line("tea", 1), line("tea", 1)))
    stock.and(confirm(first ?? nobody))
    const refusal = { _tag: "OrderAlreadyConfirmed", orderId: "o" }
    expect(stock.refuses(replace("o", line("tea", 1)))).toEqual(refusal)
    stock.and(fulfil(first ?? nobody))
    expect(stock.refuses(replace("o", line("tea", 1)))).toEqual(refusal)
  })

  it("is possible after a confirmed hold was released", () => {
    const stock = tea(5)
    const hold = held(stock, reserve("o", line("tea", 1)))
    stock.and(confirm(hold), release(hold))
    expect(stock.accepts(replace("o", line("tea", 2)))).toHaveLength(1)
  })

  it("makes the first holds of an order too, and leaves other orders alone", () => {
    const stock = tea(5).and(reserve("p", line("tea", 2)))
    expect(stock.accepts(replace("o", line("tea", 3)))).toHaveLength(1)
    expect(stock.refuses(replace("o", line("tea", 4)))).toMatchObject({
      lines: [{ available: 3 }]
    })
  })
})

describe("an order that is taken again after it lapsed", () => {
  it("is not confirmed while a part of it is gone and nothing speaks for that", () => {
    const stock = given().and(register("tea", 5), register("cup", 5))
    const [a, b] = stock.accepts({ ...reserve("o", line("tea", 1), line("cup", 1)), ttl: 5 })
    stock.later(5)
    stock.and(confirm(a ?? nobody, { reacquire: true }))
    expect(stock.refuses(confirmOrder("o"))).toEqual({
      _tag: "ReservationExpired",
      reservationIds: [b?.id]
    })
    const holds = stock.accepts(confirmOrder("o", { reacquire: true }))
    expect(holds.map((hold) => [hold.skuId, hold.status, hold.replaces]).sort()).toEqual([
      ["cup", "CONFIRMED", b?.id],
      ["tea", "CONFIRMED", a?.id]
    ])
  })

  it("takes backorders again only as far as the policy still allows", () => {
    const stock = tea(0, { backorderLimit: 3 })
    const hold = held(stock, { ...reserve("o", line("tea", 3)), ttl: 5 })
    stock.later(5).and(update("tea", { backorderLimit: 1 }))
    expect(stock.refuses(confirm(hold, { reacquire: true }))).toEqual(
      insufficient(short("tea", 3, 1))
    )
  })
})
