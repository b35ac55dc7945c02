import { describe, expect, it } from "@effect/vitest"
import {
  adjust,
  confirm,
  held,
  line,
  place,
  receive,
  reserve,
  tea,
  update
} from "../decide/words.ts"

describe("the promise limit", () => {
  it("only ratchets down, so switching backorder off with open backorders works", () => {
    const stock = tea(0, { backorderLimit: 10 })
    const hold = held(stock, reserve("o", line("tea", 8)))
    stock.and(update("tea", { backorderLimit: 0 }))
    expect(stock.level("tea").promiseLimit).toBe(8)
    stock.and(receive("tea", 3))
    expect(stock.level("tea").promiseLimit).toBe(5)
    stock.and(confirm(hold), { _tag: "FulfilReservation", reservationId: hold.id, quantity: 3 })
    expect(stock.level("tea")).toMatchObject({
      totalQuantity: 0,
      reservedQuantity: 5,
      promiseLimit: 5
    })
    stock.and({ _tag: "ReleaseReservation", reservationId: hold.id, confirmed: true })
    expect(stock.level("tea").promiseLimit).toBe(0)
    expect(stock.refuses(reserve("p", line("tea", 1)))).toMatchObject({ _tag: "InsufficientStock" })
  })

  it("keeps its promises when the policy is cut, and the rest of the SKU makes up for them", () => {
    const stock = tea(0, { backorderLimit: 5 }).and(place("east"), receive("tea", 4, "east"))
    stock.and(reserve("o", line("tea", 4, { locationId: "default" })))
    stock.and(update("tea", { backorderLimit: 1 }))
    expect([stock.level("tea").promiseLimit, stock.level("tea", "east").promiseLimit]).toEqual([
      4, 0
    ])
    expect([stock.available("tea", "east"), stock.available("tea")]).toEqual([1, 0])
  })

  it("B1 is as large as the shortfall after a correction that follows an accepted one", () => {
    const stock = tea(10).and(reserve("a", line("tea", 8)))
    stock.later(1)
    stock.and(reserve("b", line("tea", 2)), adjust("tea", -5, { onShortfall: "ACCEPT" }))
    const { released } = stock.accepts(adjust("tea", -2, { onShortfall: "RELEASE_NEWEST" }))
    expect(released).toMatchObject([{ orderId: "b", status: "RELEASED" }])
    expect(stock.level("tea")).toMatchObject({
      totalQuantity: 3,
      reservedQuantity: 8,
      promiseLimit: 5
    })
  })

  it("B1 holds when lapsed holds give way to a correction after an accepted shortfall", () => {
    const stock = tea(10).and(reserve("a", line("tea", 6)))
    stock.and({ ...reserve("b", line("tea", 4)), ttl: 5 })
    stock.and(adjust("tea", -5, { onShortfall: "ACCEPT" }))
    stock.later(5)
    expect(stock.refuses(adjust("tea", -2))).toMatchObject({ shortfallQuantity: 2 })
    stock.and(adjust("tea", -2, { onShortfall: "ACCEPT" }))
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 3, promiseLimit: 3 })
  })

  it("is not widened by safety stock that is raised above what is left", () => {
    const stock = tea(5).and(reserve("o", line("tea", 4)), update("tea", { safetyStock: 3 }))
    expect(stock.level("tea").promiseLimit).toBe(0)
    expect(stock.available("tea")).toBe(0)
    expect(stock.refuses(reserve("p", line("tea", 1)))).toMatchObject({ _tag: "InsufficientStock" })
  })
})
