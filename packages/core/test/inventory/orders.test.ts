import { describe, expect, it } from "@effect/vitest"
import { eventsOf, given } from "../../src/testing/given.ts"
import {
  confirm,
  confirmOrder,
  extend,
  fulfil,
  fulfilOrder,
  held,
  insufficient,
  line,
  nobody,
  register,
  releaseOrder,
  reserve,
  ship,
  short,
  tea,
  update
} from "./words.ts"

describe("an order as a whole", () => {
  const cart = () => {
    const stock = tea(10).and(register("cup", 10))
    const holds = stock.accepts({ ...reserve("o", line("tea", 2), line("cup", 3)), ttl: 60 })
    return { stock, holds }
  }

  it("is confirmed, and confirmed again unchanged", () => {
    const { stock } = cart()
    expect(stock.accepts(confirmOrder("o")).map((hold) => hold.status)).toEqual([
      "CONFIRMED",
      "CONFIRMED"
    ])
    expect(stock.happens(confirmOrder("o"))).toEqual([])
    expect(stock.accepts(confirmOrder("o"))).toHaveLength(2)
  })

  it("is confirmed whole or not at all: a part that expired refuses it", () => {
    const { holds, stock } = cart()
    stock.and(extend(holds[0] ?? nobody, 600)).later(60)
    expect(stock.refuses(confirmOrder("o"))).toEqual({
      _tag: "ReservationExpired",
      reservationIds: [holds[1]?.id]
    })
    expect(stock.hold(holds[0]?.id ?? "").status).toBe("PENDING")
    const again = stock.accepts(confirmOrder("o", { reacquire: true }))
    expect(again.map((hold) => hold.replaces)).toEqual([null, holds[1]?.id])
    expect(stock.happens(confirmOrder("o", { reacquire: true }))).toEqual([])
  })

  it("is taken again without expiring twice what gave way to a part of it", () => {
    const stock = tea(6).and({ ...reserve("o", line("tea", 4), line("tea", 1)), ttl: 5 })
    stock.and({ ...reserve("p", line("tea", 1)), ttl: 6 }, update("tea", { safetyStock: 1 }))
    const events = stock.later(6).happens(confirmOrder("o", { reacquire: true }))
    const freed = eventsOf(events, "inventory.stock.released").map(({ payload }) => payload.orderId)
    expect(freed).toEqual(["o", "o", "p"])
    expect(stock.level("tea").reservedQuantity).toBe(5)
  })

  it("is confirmed as it was held anew, without the part that lapsed before", () => {
    const { stock } = cart()
    stock.later(60).and(reserve("o", line("tea", 1)))
    expect(stock.accepts(confirmOrder("o")).map((hold) => hold.quantity)).toEqual([1])
  })

  it("is not taken again when a part of it cannot be", () => {
    const { stock } = cart()
    stock.later(60).and(ship("cup", 8))
    const events = stock.rows.events.length
    expect(stock.refuses(confirmOrder("o", { reacquire: true }))).toMatchObject({
      _tag: "InsufficientStock"
    })
    expect(stock.rows.events.length).toBe(events)
  })

  it("cannot be confirmed once it is released or fulfilled", () => {
    const { holds, stock } = cart()
    stock.and(releaseOrder("o"))
    expect(stock.refuses(confirmOrder("o"))).toEqual({
      _tag: "ReservationConflict",
      reservationId: holds[1]?.id,
      status: "RELEASED",
      action: "confirm"
    })
  })

  it("is released but for what is confirmed, unless that is included", () => {
    const { holds, stock } = cart()
    stock.and(confirm(holds[0] ?? nobody))
    expect(stock.accepts(releaseOrder("o")).map((hold) => hold.id)).toEqual([holds[1]?.id])
    expect(stock.accepts(releaseOrder("o"))).toEqual([])
    const rest = stock.accepts(releaseOrder("o", { includeConfirmed: true }))
    expect(rest.map((hold) => [hold.id, hold.status])).toEqual([[holds[0]?.id, "RELEASED"]])
  })

  it("frees what has not left when it is cancelled half way", () => {
    const { holds, stock } = cart()
    stock.and(confirmOrder("o"), fulfil(holds[1] ?? nobody, 1))
    stock.and(releaseOrder("o", { includeConfirmed: true }))
    expect(stock.level("cup")).toMatchObject({ totalQuantity: 9, reservedQuantity: 0 })
    expect(stock.hold(holds[1]?.id ?? "")).toMatchObject({
      status: "RELEASED",
      quantity: 3,
      fulfilledQuantity: 1
    })
  })

  it("expires its lapsed holds when it is released", () => {
    const { stock } = cart()
    stock.later(60)
    expect(stock.accepts(releaseOrder("o")).map((hold) => hold.status)).toEqual([
      "EXPIRED",
      "EXPIRED"
    ])
  })

  it("is fulfilled whole, once every open hold is confirmed", () => {
    const { holds, stock } = cart()
    const refusal = { _tag: "OrderNotConfirmed", orderId: "o" }
    expect(stock.refuses(fulfilOrder("o"))).toEqual(refusal)
    stock.and(confirm(holds[0] ?? nobody))
    expect(stock.refuses(fulfilOrder("o"))).toEqual(refusal)
    stock.and(confirm(holds[1] ?? nobody), fulfil(holds[1] ?? nobody, 1))
    expect(stock.accepts(fulfilOrder("o")).map((hold) => hold.status)).toEqual([
      "FULFILLED",
      "FULFILLED"
    ])
    expect(stock.refuses(fulfilOrder("o"))).toEqual(refusal)
  })

  it("ships nothing when a part of it is not there", () => {
    const stock = tea(5).and(register("cup", 0, { backorderLimit: 5 }))
    stock.and(reserve("o", line("tea", 1), line("cup", 1)), confirmOrder("o"))
    expect(stock.refuses(fulfilOrder("o"))).toMatchObject({
      _tag: "InsufficientOnHand",
      skuId: "cup"
    })
    expect(stock.level("tea").totalQuantity).toBe(5)
  })

  it.each([
    ["confirmed", confirmOrder("none")],
    ["released", releaseOrder("none")],
    ["fulfilled", fulfilOrder("none")]
  ])("that nobody placed is not %s", (_, command) => {
    expect(given().refuses(command)).toEqual({ _tag: "OrderNotFound", orderId: "none" })
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
