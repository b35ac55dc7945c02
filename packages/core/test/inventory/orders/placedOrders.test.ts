/** What is decided about a placed order, and that it is decided once. */
import { describe, expect, it } from "vitest"
import { namesOf } from "../../../src/testing/given.ts"
import {
  archive,
  cancelOrder,
  completeOrder,
  count,
  fulfil,
  line,
  payOrder,
  placeOrder,
  receive,
  register,
  reserve,
  ship,
  tea,
  update
} from "../decide/words.ts"

const order = (...lines: ReadonlyArray<ReturnType<typeof line>>) => ({
  ...placeOrder("o", ...lines),
  ttl: 60
})

const holdsOf = (stock: ReturnType<typeof tea>) =>
  [...stock.rows.reservations.values()].map(({ quantity, releaseReason, status }) => [
    quantity,
    status,
    releaseReason
  ])

describe("B5 an order that is placed", () => {
  it("is held, and says so in an event of its own after those of its lines", () => {
    const stock = tea(3)
    const events = stock.happens(order(line("tea", 2)))
    expect(namesOf(events)).toEqual(["reserved", "reserved"])
    expect(events.at(-1)).toMatchObject({
      eventType: "ordering.order.reserved",
      aggregateType: "ORDER",
      aggregateId: "o",
      version: 1,
      payload: { orderId: "o", ownerId: null, reservationIds: [events[0]?.payload].flatMap(idOf) }
    })
  })

  it("is rejected when it is short, with every short line, and leaves nothing", () => {
    const stock = tea(3).and(register("cake", 5))
    const state = stock.accepts(order(line("tea", 4), line("cake", 5), line("cake", 1)))
    expect(state).toMatchObject({
      _tag: "Rejected",
      version: 1,
      short: [
        { line: 0, skuId: "tea", requested: 4, available: 3 },
        { line: 2, skuId: "cake", requested: 1, available: 0 }
      ]
    })
    expect(holdsOf(stock)).toEqual([])
    expect(stock.available("cake")).toBe(5)
  })

  it("stays rejected when stock comes, and stays as it is whatever is placed again", () => {
    const stock = tea(1)
    const rejected = stock.accepts(order(line("tea", 2)))
    stock.and(receive("tea", 9))
    expect(stock.accepts(order(line("tea", 1)))).toEqual(rejected)
    expect(stock.happens(order(line("tea", 1)))).toEqual([])
  })

  it("takes the place of what was held for it before, also when it is rejected", () => {
    const stock = tea(5).and(reserve("o", line("tea", 3)))
    expect(stock.accepts(order(line("tea", 4)))).toMatchObject({ _tag: "Reserved" })
    expect(stock.available("tea")).toBe(1)
    const other = tea(5).and(reserve("o", line("tea", 3)))
    expect(other.accepts(order(line("tea", 6)))).toMatchObject({
      _tag: "Rejected",
      short: [{ requested: 6, available: 5 }]
    })
    expect(holdsOf(other)).toEqual([[3, "RELEASED", "RELEASED"]])
  })
})

describe("B5 a placed order that is paid", () => {
  it("in time is confirmed, once", () => {
    const stock = tea(2).and(order(line("tea", 2)))
    const paid = stock.accepts(payOrder("o"))
    expect(paid).toMatchObject({ _tag: "Confirmed", version: 2 })
    expect(stock.accepts(payOrder("o"))).toEqual(paid)
    expect(stock.accepts(order(line("tea", 1)))).toEqual(paid)
  })

  it("too late is held again if it can be, all of it", () => {
    const stock = tea(2)
      .and(order(line("tea", 1), line("tea", 1)))
      .later(60)
    const events = stock.happens(payOrder("o"))
    expect(events.slice(-2)).toMatchObject([
      { eventType: "ordering.order.payment.late", version: 2, payload: { reacquired: true } },
      { eventType: "ordering.order.confirmed", version: 3 }
    ])
    expect(stock.available("tea")).toBe(0)
  })

  it("too late, and short, keeps nothing and stays so", () => {
    const stock = tea(3).and({ ...order(line("tea", 1)), ttl: 60 })
    stock.and(reserve("o", line("tea", 1))).later(60)
    stock.and(ship("tea", 2))
    const late = stock.accepts(payOrder("o"))
    expect(late).toMatchObject({ _tag: "PaidLate", version: 2, short: [{ available: 0 }] })
    expect(holdsOf(stock)).toEqual([
      [1, "RELEASED", "RELEASED"],
      [1, "RELEASED", "RELEASED"]
    ])
    stock.and(receive("tea", 9))
    expect(stock.accepts(payOrder("o"))).toEqual(late)
    expect(stock.accepts(cancelOrder("o"))).toMatchObject({ _tag: "Cancelled", version: 3 })
  })

  it("after its SKU was archived is too late", () => {
    const stock = tea(1)
      .and(order(line("tea", 1)))
      .later(60)
    stock.and(ship("tea", 1), archive("tea"))
    expect(stock.accepts(payOrder("o"))).toMatchObject({
      _tag: "PaidLate",
      short: [{ line: 0, skuId: "tea", locationId: null, requested: 1, available: 0 }]
    })
  })
})

describe("B5 a placed order that ends", () => {
  it("by a cancellation gives everything back, paid or not, once", () => {
    for (const before of [[], [payOrder("o")]]) {
      const stock = tea(2).and(order(line("tea", 2)), ...before)
      const state = stock.accepts(cancelOrder("o"))
      expect(state._tag).toBe("Cancelled")
      expect(stock.available("tea")).toBe(2)
      expect(stock.accepts(cancelOrder("o"))).toEqual(state)
      expect(stock.accepts(order(line("tea", 1)))).toEqual(state)
    }
  })

  it("stays rejected when it is cancelled", () => {
    const stock = tea(0).and(order(line("tea", 1)))
    expect(stock.happens(cancelOrder("o"))).toEqual([])
    expect(stock.accepts(cancelOrder("o"))).toMatchObject({ _tag: "Rejected", version: 1 })
  })

  it("by completion ships what it still keeps, once", () => {
    const stock = tea(5).and(order(line("tea", 2), line("tea", 1)), payOrder("o"))
    const [first] = [...stock.rows.reservations.values()]
    if (first !== undefined) stock.and(fulfil(first, 1))
    const state = stock.accepts(completeOrder("o"))
    expect(state).toEqual({ _tag: "Fulfilled", orderId: "o", version: 3 })
    expect(stock.level("tea").totalQuantity).toBe(2)
    expect(stock.accepts(completeOrder("o"))).toEqual(state)
    expect(stock.refuses(cancelOrder("o"))).toMatchObject({
      _tag: "OrderConflict",
      status: "FULFILLED"
    })
  })

  it("by completion after all its parcels have left", () => {
    const stock = tea(1).and(order(line("tea", 1)), payOrder("o"))
    for (const hold of stock.rows.reservations.values()) stock.and(fulfil(hold))
    expect(stock.accepts(completeOrder("o"))._tag).toBe("Fulfilled")
  })

  it("is not completed while a correction has taken a part of it", () => {
    const stock = tea(2).and(order(line("tea", 2)), payOrder("o"))
    stock.and(update("tea", { name: "Tea" }))
    stock.and(count("tea", 1, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true }))
    expect(stock.refuses(completeOrder("o"))._tag).toBe("ReservationExpired")
  })
})

const idOf = (payload: unknown): ReadonlyArray<unknown> =>
  typeof payload === "object" && payload !== null && "reservationId" in payload
    ? [payload.reservationId]
    : []
