import { describe, expect, it } from "@effect/vitest"
import {
  confirm,
  confirmed,
  count,
  expired,
  lapsed,
  line,
  partly,
  pending,
  receive,
  release,
  replace,
  taken
} from "./words.ts"

describe("a hold that the buyer lost", () => {
  it("B5 takes again what a correction took, as far as it had not left", () => {
    const { hold, stock } = partly()
    stock.and(
      count("tea", 0, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true }),
      receive("tea", 3)
    )
    expect(stock.hold(hold.id)).toMatchObject({ status: "RELEASED", releaseReason: "SHORTFALL" })
    expect(stock.refuses(confirm(hold))).toEqual({
      _tag: "ReservationExpired",
      reservationIds: [hold.id]
    })
    const again = stock.accepts(confirm(hold, { reacquire: true }))
    expect(again).toMatchObject({ replaces: hold.id, quantity: 3, status: "CONFIRMED" })
    expect(stock.hold(hold.id)).toMatchObject({ status: "RELEASED", releaseReason: "REACQUIRED" })
    expect(stock.happens(confirm(hold, { reacquire: true }))).toEqual([])
  })

  it("B5 keeps a paid order from being replaced, so that nobody pays twice", () => {
    const taken = count("tea", 0, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true })
    const paid = confirmed().stock.and(taken, receive("tea", 9))
    const refusal = { _tag: "OrderAlreadyConfirmed", orderId: "o" }
    expect(paid.refuses(replace("o", line("tea", 4)))).toEqual(refusal)
    const unpaid = pending().stock.and(taken, receive("tea", 9))
    expect(unpaid.accepts(replace("o", line("tea", 4)))).toMatchObject([{ status: "PENDING" }])
  })

  it.each([
    ["before it lapsed", pending, 0],
    ["after it lapsed", lapsed, 0],
    ["after its lapse was written down", expired, 0],
    ["before it would have lapsed", pending, 60],
    ["after a correction took it", taken, 0]
  ])("B17 does not take again what was released %s", (_, story, seconds) => {
    const { hold, stock } = story()
    stock.and(release(hold)).later(seconds)
    for (const reacquire of [false, true]) {
      expect(stock.refuses(confirm(hold, { reacquire }))).toEqual({
        _tag: "ReservationConflict",
        reservationId: hold.id,
        status: "RELEASED",
        action: "confirm"
      })
    }
    expect(stock.happens(release(hold))).toEqual([])
  })

  it("B17 releases a lapsed hold with an event of 0 units", () => {
    const { hold, stock } = expired()
    const resolvedAt = stock.hold(hold.id).resolvedAt
    const [event] = stock.later(5).happens(release(hold))
    expect(event).toMatchObject({
      eventType: "inventory.stock.released",
      payload: {
        reservationId: hold.id,
        quantity: 0,
        reason: "RELEASED",
        level: { totalQuantity: 10, reservedQuantity: 0, availableQuantity: 10 }
      }
    })
    expect(stock.hold(hold.id).resolvedAt).toEqual(resolvedAt)
  })

  it("S7 releases the hold in place of one that was taken again", () => {
    const { hold, stock } = expired()
    const again = stock.accepts(confirm(hold, { reacquire: true }))
    expect(stock.refuses(release(hold))).toEqual({
      _tag: "ReservationConflict",
      reservationId: again.id,
      status: "CONFIRMED",
      action: "release"
    })
    expect(stock.accepts(release(hold, { confirmed: true }))).toMatchObject({
      id: again.id,
      status: "RELEASED"
    })
    expect(stock.level("tea").reservedQuantity).toBe(0)
    expect(stock.happens(release(hold))).toEqual([])
  })

  it("B5 takes again, by the name of the first, what a correction took of what stood for it", () => {
    const { hold, stock } = expired()
    const again = { reacquire: true }
    stock.accepts(confirm(hold, again))
    stock.and(
      count("tea", 0, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true }),
      receive("tea", 9)
    )
    expect(stock.refuses(confirm(hold))).toEqual({
      _tag: "ReservationExpired",
      reservationIds: [hold.id]
    })
    const third = stock.accepts(confirm(hold, again))
    expect(third).toMatchObject({ status: "CONFIRMED" })
    expect(stock.level("tea").reservedQuantity).toBe(third.quantity)
    expect(stock.happens(confirm(hold, again))).toEqual([])
    expect(stock.accepts(confirm(hold, again)).id).toBe(third.id)
    expect(stock.accepts(release(hold, { confirmed: true }))).toMatchObject({
      id: third.id,
      status: "RELEASED"
    })
    expect(stock.level("tea").reservedQuantity).toBe(0)
    expect(stock.refuses(confirm(hold, again))).toMatchObject({ reservationId: third.id })
  })
})
