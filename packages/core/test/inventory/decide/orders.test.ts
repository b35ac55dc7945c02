import { describe, expect, it } from "@effect/vitest"
import { eventsOf, given } from "../../../src/testing/given.ts"
import {
  confirm,
  confirmOrder,
  count,
  expire,
  extend,
  fulfil,
  fulfilOrder,
  held,
  insufficient,
  line,
  nobody,
  receive,
  register,
  release,
  releaseOrder,
  replace,
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

  it("B5 is not confirmed in part when lines were added after others lapsed", () => {
    const { holds, stock } = cart()
    const added = held(stock.later(60), reserve("o", line("tea", 1)))
    const refusal = { _tag: "ReservationExpired", reservationIds: holds.map((hold) => hold.id) }
    expect(stock.refuses(confirmOrder("o"))).toEqual(refusal)
    stock.and(expire(...holds))
    expect(stock.refuses(confirmOrder("o"))).toEqual(refusal)
    expect(stock.hold(added.id).status).toBe("PENDING")
    const all = stock.accepts(confirmOrder("o", { reacquire: true }))
    expect(all.map(({ quantity, status }) => [quantity, status])).toEqual([
      [2, "CONFIRMED"],
      [3, "CONFIRMED"],
      [1, "CONFIRMED"]
    ])
  })

  it("B5 is confirmed once its cart was replaced as a whole, whatever lapsed before", () => {
    const { holds, stock } = cart()
    stock.later(60).and(expire(holds[0] ?? nobody), replace("o", line("tea", 1)))
    expect(stock.accepts(confirmOrder("o")).map((hold) => hold.quantity)).toEqual([1])
  })

  it("B5 counts what a correction took as a line that lapsed", () => {
    const { holds, stock } = cart()
    stock.and(confirmOrder("o"))
    stock.and(count("cup", 1, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true }))
    expect(stock.refuses(confirmOrder("o"))).toEqual({
      _tag: "ReservationExpired",
      reservationIds: [holds[1]?.id]
    })
    expect(stock.refuses(confirmOrder("o", { reacquire: true }))).toEqual(
      insufficient(short("cup", 3, 1, { line: 1 }))
    )
    stock.and(receive("cup", 2))
    const again = stock.accepts(confirmOrder("o", { reacquire: true }))
    expect(again.map((hold) => [hold.status, hold.replaces])).toEqual([
      ["CONFIRMED", null],
      ["CONFIRMED", holds[1]?.id]
    ])
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

  it("S7 is not released when a part of it is confirmed, without confirmed: true", () => {
    const { holds, stock } = cart()
    stock.and(confirm(holds[0] ?? nobody))
    const refusal = {
      _tag: "ReservationConflict",
      reservationId: holds[0]?.id,
      status: "CONFIRMED",
      action: "release"
    }
    expect(stock.refuses(releaseOrder("o"))).toEqual(refusal)
    expect(stock.refuses(releaseOrder("o", { confirmed: false }))).toEqual(refusal)
    expect(stock.hold(holds[1]?.id ?? "").status).toBe("PENDING")
    const released = stock.accepts(releaseOrder("o", { confirmed: true }))
    expect(released.map((hold) => [hold.id, hold.status])).toEqual(
      holds.map(({ id }) => [id, "RELEASED"])
    )
    expect(stock.accepts(releaseOrder("o"))).toEqual([])
  })

  it("frees what has not left when it is cancelled half way", () => {
    const { holds, stock } = cart()
    stock.and(confirmOrder("o"), fulfil(holds[1] ?? nobody, 1))
    stock.and(releaseOrder("o", { confirmed: true }))
    expect(stock.level("cup")).toMatchObject({ totalQuantity: 9, reservedQuantity: 0 })
    expect(stock.hold(holds[1]?.id ?? "")).toMatchObject({
      status: "RELEASED",
      quantity: 3,
      fulfilledQuantity: 1
    })
  })

  it.each([
    ["before it lapses", 0, false],
    ["after it lapsed", 60, false],
    ["after its lapse was written down", 60, true]
  ])("B17 is not revived by a late payment when it is released %s", (_, seconds, isSwept) => {
    const { holds, stock } = cart()
    stock.later(seconds)
    if (isSwept) stock.and(expire(...holds))
    expect(stock.accepts(releaseOrder("o")).map((hold) => hold.status)).toEqual([
      "RELEASED",
      "RELEASED"
    ])
    stock.later(60)
    for (const reacquire of [false, true]) {
      expect(stock.refuses(confirmOrder("o", { reacquire }))).toEqual({
        _tag: "ReservationConflict",
        reservationId: holds[1]?.id,
        status: "RELEASED",
        action: "confirm"
      })
    }
    const next = held(stock, reserve("o", line("tea", 1)))
    expect(stock.accepts(confirmOrder("o")).map(({ id }) => id)).toEqual([next.id])
  })

  it("B17 is not revived when a correction took a paid part and it was then cancelled", () => {
    const { stock } = cart()
    stock.and(confirmOrder("o"))
    stock.and(count("cup", 1, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true }))
    stock.and(releaseOrder("o", { confirmed: true }), receive("cup", 9))
    expect(stock.refuses(confirmOrder("o", { reacquire: true }))).toMatchObject({
      _tag: "ReservationConflict",
      status: "RELEASED"
    })
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

describe("an order that has grown", () => {
  const lines = (count: number) => Array.from({ length: count }, () => line("tea", 1))
  const tooLarge = (count: number) => ({
    _tag: "OrderTooLarge",
    orderId: "o",
    lines: count,
    orderLinesMax: 2_000
  })

  it("B12 takes no more lines once 2,000 are open, until some are released or have left", () => {
    const stock = tea(9_000).and(reserve("o", ...lines(1_999)))
    expect(stock.refuses(reserve("o", ...lines(2)))).toEqual(tooLarge(2_001))
    const last = held(stock, reserve("o", line("tea", 1)))
    expect(stock.refuses(reserve("o", line("tea", 1)))).toEqual(tooLarge(2_001))
    expect(stock.accepts(reserve("p", line("tea", 1)))).toHaveLength(1)
    expect(stock.accepts(replace("o", ...lines(2_000)))).toHaveLength(2_000)
    stock.and(release(last), reserve("o", line("tea", 1)), confirmOrder("o"), fulfilOrder("o"))
    expect(stock.accepts(reserve("o", ...lines(2_000)))).toHaveLength(2_000)
  })

  it("B12 counts lines that were lost, until something answers for them", () => {
    const stock = tea(9_000)
      .and({ ...reserve("o", ...lines(2_000)), ttl: 5 })
      .later(5)
    expect(stock.refuses(reserve("o", line("tea", 1)))).toEqual(tooLarge(2_001))
    stock.and(releaseOrder("o"))
    expect(stock.accepts(reserve("o", line("tea", 1)))).toHaveLength(1)
  })

  it("B12 is decided on as a whole even when callers who add at once have passed the bound", () => {
    const stock = tea(9_000).and(reserve("o", ...lines(2_000)))
    const uncounted = given(stock.rows.events)
    uncounted.loaded = () => ({ ...uncounted.rows.loaded(uncounted.now), orderLines: [] })
    uncounted.and(reserve("o", ...lines(2_000)))
    expect(uncounted.accepts(confirmOrder("o"))).toHaveLength(4_000)
    uncounted.and(reserve("o", line("tea", 1)))
    for (const command of [
      confirmOrder("o"),
      releaseOrder("o", { confirmed: true }),
      fulfilOrder("o"),
      replace("o", line("tea", 1))
    ]) {
      expect(uncounted.refuses(command)).toEqual(tooLarge(4_001))
    }
  })

  it("B12 makes no more events in one command than the command has ids for", () => {
    const stock = given().and(
      ...Array.from({ length: 200 }, (_, n) => register(`sku-${n}`, 10, { lowStockThreshold: 0 }))
    )
    const each = Array.from({ length: 2_000 }, (_, n) => line(`sku-${n % 200}`, 1))
    stock.and({ ...reserve("o", ...each), ttl: 5 }).later(5)
    const events = stock.happens(confirmOrder("o", { reacquire: true }))
    expect(events.length).toBeGreaterThanOrEqual(6_000)
    expect(events.length).toBeLessThan(0x8000)
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length)
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
