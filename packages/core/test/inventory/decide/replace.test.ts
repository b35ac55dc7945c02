import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { eventsOf, namesOf } from "../../../src/testing/given.ts"
import {
  change,
  confirm,
  confirmOrder,
  count,
  expire,
  fulfil,
  held,
  insufficient,
  line,
  nobody,
  place,
  receive,
  register,
  release,
  replace,
  reserve,
  short,
  tea
} from "./words.ts"

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

  it("holds its own lapsed lines again, and answers for them from then on", () => {
    const stock = tea(2)
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 5 })
    stock.later(5)
    const next = held(stock, replace("o", line("tea", 2)))
    expect(next.id).not.toBe(hold.id)
    expect(stock.hold(hold.id)).toMatchObject({ status: "RELEASED", releaseReason: "REPLACED" })
    expect(stock.level("tea").reservedQuantity).toBe(2)
  })

  it("B5 ends the loss of earlier lost holds, once", () => {
    const stock = tea(9).and(register("cup", 9))
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 5 })
    stock.later(5).and(expire(hold))
    const events = stock.happens(replace("o", line("cup", 1)))
    expect(namesOf(events)).toEqual(["released", "reserved"])
    expect(eventsOf(events, "inventory.stock.released")[0]?.payload).toMatchObject({
      reservationId: hold.id,
      quantity: 0,
      reason: "REPLACED",
      level: { reservedQuantity: 0, availableQuantity: 9 }
    })
    expect(stock.hold(hold.id)).toMatchObject({ status: "RELEASED", releaseReason: "REPLACED" })
    expect(namesOf(stock.happens({ ...replace("o", line("cup", 1)), ttl: 9 }))).toEqual([
      "extended"
    ])
    expect(stock.accepts(confirmOrder("o")).map(({ skuId }) => skuId)).toEqual(["cup"])
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
    stock.and(count("tea", 1, { onShortfall: "ACCEPT" }))
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
    stock.and(confirm(hold), release(hold, { confirmed: true }))
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
