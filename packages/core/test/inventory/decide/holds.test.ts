import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import type { Reservation } from "../../../src/inventory/state/Reservation.ts"
import { eventsOf, given, namesOf } from "../../../src/testing/given.ts"
import {
  after,
  archive,
  change,
  confirm,
  confirmed,
  count,
  expire,
  expired,
  extend,
  fulfil,
  held,
  lapsed,
  line,
  nobody,
  partly,
  pending,
  place,
  receive,
  release,
  reserve,
  resize,
  ship,
  taken,
  tea
} from "./words.ts"

/** Each state of a hold of 4 of 10 units, and the story that led there. */
const states = {
  PENDING: pending,
  LAPSED: lapsed,
  CONFIRMED: confirmed,
  PARTLY: partly,
  FULFILLED: after(confirmed, ({ hold, stock }) => stock.and(fulfil(hold))),
  RELEASED: after(pending, ({ hold, stock }) => stock.and(release(hold))),
  EXPIRED: expired,
  TAKEN: taken
}

const commands = {
  confirm: (hold: { readonly id: string }): SkuCommand => confirm(hold),
  release: (hold: { readonly id: string }): SkuCommand => release(hold),
  releaseConfirmed: (hold: { readonly id: string }): SkuCommand =>
    release(hold, { confirmed: true }),
  fulfil: (hold: { readonly id: string }): SkuCommand => fulfil(hold),
  extend: (hold: { readonly id: string }): SkuCommand => extend(hold, 600),
  resize: (hold: { readonly id: string }): SkuCommand => resize(hold, 6)
}

type State = keyof typeof states
type Asked = keyof typeof commands

/** What each state makes of each command: the state after it, unchanged, or the refusal. */
const table: ReadonlyArray<readonly [State, Asked, string]> = [
  ["PENDING", "confirm", "CONFIRMED"],
  ["PENDING", "release", "RELEASED"],
  ["PENDING", "fulfil", "ReservationConflict"],
  ["PENDING", "extend", "PENDING"],
  ["PENDING", "resize", "PENDING"],
  ["LAPSED", "confirm", "ReservationExpired"],
  ["LAPSED", "release", "RELEASED"],
  ["LAPSED", "fulfil", "ReservationExpired"],
  ["LAPSED", "extend", "ReservationExpired"],
  ["LAPSED", "resize", "ReservationExpired"],
  ["CONFIRMED", "confirm", "unchanged"],
  ["CONFIRMED", "release", "ReservationConflict"],
  ["CONFIRMED", "fulfil", "FULFILLED"],
  ["CONFIRMED", "extend", "ReservationConflict"],
  ["CONFIRMED", "resize", "CONFIRMED"],
  ["PARTLY", "confirm", "unchanged"],
  ["PARTLY", "release", "ReservationConflict"],
  ["PARTLY", "fulfil", "FULFILLED"],
  ["PARTLY", "extend", "ReservationConflict"],
  ["PARTLY", "resize", "CONFIRMED"],
  ["FULFILLED", "confirm", "ReservationConflict"],
  ["FULFILLED", "release", "ReservationConflict"],
  ["FULFILLED", "fulfil", "ReservationConflict"],
  ["FULFILLED", "extend", "ReservationConflict"],
  ["FULFILLED", "resize", "ReservationConflict"],
  ["RELEASED", "confirm", "ReservationConflict"],
  ["RELEASED", "release", "unchanged"],
  ["RELEASED", "fulfil", "ReservationConflict"],
  ["RELEASED", "extend", "ReservationConflict"],
  ["RELEASED", "resize", "ReservationConflict"],
  ["EXPIRED", "confirm", "ReservationExpired"],
  ["EXPIRED", "release", "RELEASED"],
  ["EXPIRED", "fulfil", "ReservationExpired"],
  ["EXPIRED", "extend", "ReservationExpired"],
  ["EXPIRED", "resize", "ReservationExpired"],
  ["TAKEN", "confirm", "ReservationExpired"],
  ["TAKEN", "release", "RELEASED"],
  ["TAKEN", "fulfil", "ReservationConflict"],
  ["TAKEN", "extend", "ReservationConflict"],
  ["TAKEN", "resize", "ReservationConflict"],
  ["PENDING", "releaseConfirmed", "RELEASED"],
  ["LAPSED", "releaseConfirmed", "RELEASED"],
  ["CONFIRMED", "releaseConfirmed", "RELEASED"],
  ["PARTLY", "releaseConfirmed", "RELEASED"],
  ["FULFILLED", "releaseConfirmed", "ReservationConflict"],
  ["RELEASED", "releaseConfirmed", "unchanged"],
  ["EXPIRED", "releaseConfirmed", "RELEASED"],
  ["TAKEN", "releaseConfirmed", "RELEASED"]
]

const isRefusal = (outcome: string) => outcome.startsWith("Reservation")

describe("the life of a hold", () => {
  it.each(table)("%s, when asked to %s, comes to %s", (state, name, outcome) => {
    const { hold, stock } = states[state]()
    const command = commands[name](hold)
    const before = stock.hold(hold.id)
    if (isRefusal(outcome)) {
      const refusal = stock.refuses(command)
      expect(refusal._tag).toBe(outcome)
      if (refusal._tag === "ReservationConflict") {
        expect(refusal).toMatchObject({
          reservationId: hold.id,
          status: before.status,
          action: name === "releaseConfirmed" ? "release" : name
        })
      }
      expect(stock.hold(hold.id)).toBe(before)
    } else if (outcome === "unchanged") {
      expect(stock.happens(command)).toEqual([])
      expect(stock.accepts(command)).toEqual(before)
    } else {
      const answer = stock.accepts(command)
      expect(answer).toEqual(stock.hold(hold.id))
      expect(stock.hold(hold.id).status).toBe(outcome)
    }
  })

  it("covers every state and every command", () => {
    expect(new Set(table.map(([state, name]) => `${state} ${name}`)).size).toBe(
      Object.keys(states).length * Object.keys(commands).length
    )
  })

  it.each(Object.keys(commands) as ReadonlyArray<Asked>)(
    "refuses to %s a hold that nobody made",
    (name) => {
      expect(given().refuses(commands[name](nobody))).toEqual({
        _tag: "ReservationNotFound",
        reservationId: nobody.id
      })
    }
  )
})

describe("confirming", () => {
  it("takes the expiry away and leaves the units as they are", () => {
    const { hold, stock } = pending()
    const events = stock.happens(confirm(hold))
    expect(namesOf(events)).toEqual(["confirmed"])
    expect(stock.hold(hold.id)).toMatchObject({ expiresAt: null, resolvedAt: null })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 10, reservedQuantity: 4 })
    stock.later(1_000_000)
    expect(stock.accepts(confirm(hold)).status).toBe("CONFIRMED")
  })

  it("takes an expired hold again as a new one, confirmed at once, when asked to", () => {
    const { hold, stock } = lapsed()
    const events = stock.happens(confirm(hold, { reacquire: true }))
    expect(namesOf(events)).toEqual(["released", "reserved", "confirmed"])
    const again = stock.accepts(confirm(hold, { reacquire: true }))
    expect(again).toMatchObject({
      status: "CONFIRMED",
      replaces: hold.id,
      orderId: "o",
      quantity: 4,
      expiresAt: null
    })
    expect(again.id).not.toBe(hold.id)
    expect(stock.happens(confirm(hold, { reacquire: true }))).toEqual([])
    expect(stock.level("tea").reservedQuantity).toBe(4)
  })

  it("takes an expired hold again where it was, or else where it fits", () => {
    const stock = tea(8).and(place("near", { priority: 1 }), receive("tea", 4, "near"))
    const there = line("tea", 4, { locationId: "default" })
    const [first, second] = stock.accepts({ ...reserve("o", there, there), ttl: 5 })
    stock.later(5)
    const again = (hold: Reservation | undefined) =>
      stock.accepts(confirm(hold ?? nobody, { reacquire: true })).locationId
    expect(again(first)).toBe("default")
    stock.and(ship("tea", 1))
    expect(again(second)).toBe("near")
  })

  it("refuses to take an expired hold again when the units are gone, saying how many are left", () => {
    const { hold, stock } = expired()
    stock.and(reserve("q", line("tea", 7)), { ...reserve("p", line("tea", 3)), ttl: 5 })
    stock.later(5)
    expect(stock.refuses(confirm(hold, { reacquire: true }))).toEqual({
      _tag: "InsufficientStock",
      lines: [{ line: 0, lineId: null, skuId: "tea", locationId: null, requested: 4, available: 3 }]
    })
  })

  it("does not take again what was taken again and has come to its end", () => {
    const { hold, stock } = expired()
    const again = stock.accepts(confirm(hold, { reacquire: true }))
    stock.and(release(again, { confirmed: true }))
    expect(stock.refuses(confirm(hold, { reacquire: true }))).toMatchObject({
      _tag: "ReservationConflict",
      reservationId: again.id,
      status: "RELEASED"
    })
  })

  it("refuses to take again a hold of a SKU that is archived since", () => {
    const stock = tea(0, { backorderLimit: 1 })
    const hold = held(stock, { ...reserve("o", line("tea", 1)), ttl: 5 })
    stock.later(5).and(archive("tea"))
    expect(stock.refuses(confirm(hold, { reacquire: true }))).toEqual({
      _tag: "SkuArchived",
      skuIds: ["tea"]
    })
  })
})

describe("fulfilling", () => {
  it("ships in parts, each a movement that names the order, until nothing is left", () => {
    const { hold, stock } = confirmed()
    const events = stock.happens(fulfil(hold, 1))
    expect(namesOf(events)).toEqual(["updated", "fulfilled"])
    expect(eventsOf(events, "inventory.stock.updated")[0]?.payload).toMatchObject({
      movementType: "SHIPMENT",
      quantity: -1,
      reference: "o",
      reservationId: hold.id,
      level: { totalQuantity: 9, reservedQuantity: 3, availableQuantity: 6 }
    })
    expect(eventsOf(events, "inventory.stock.fulfilled")[0]?.payload).toMatchObject({
      quantity: 1,
      remainingQuantity: 3
    })
    expect(stock.hold(hold.id)).toMatchObject({ status: "CONFIRMED", fulfilledQuantity: 1 })
    stock.and({ ...fulfil(hold), reference: "parcel 2" })
    expect(stock.hold(hold.id)).toMatchObject({ status: "FULFILLED", fulfilledQuantity: 4 })
    expect(stock.rows.movements.at(-1)).toMatchObject({ quantity: -3, reference: "parcel 2" })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 6, reservedQuantity: 0 })
  })

  it("refuses more than the hold keeps", () => {
    const { hold, stock } = partly()
    expect(stock.refuses(fulfil(hold, 4))).toEqual({
      _tag: "QuantityOutOfHold",
      reservationId: hold.id,
      requested: 4,
      quantity: 4,
      fulfilledQuantity: 1
    })
  })

  it("refuses more than is on hand: a backorder waits for its goods", () => {
    const stock = tea(1, { backorderLimit: 5 })
    const hold = held(stock, reserve("o", line("tea", 3)))
    stock.and(confirm(hold))
    expect(stock.refuses(fulfil(hold))).toEqual({
      _tag: "InsufficientOnHand",
      skuId: "tea",
      locationId: "default",
      requested: 3,
      removable: 1
    })
    stock.and(fulfil(hold, 1), receive("tea", 2), fulfil(hold))
    expect(stock.hold(hold.id).status).toBe("FULFILLED")
  })
})

describe("resizing", () => {
  it("gives units back or takes more, as far as there are some", () => {
    const { hold, stock } = pending()
    const expiresAt = hold.expiresAt
    expect(stock.accepts(resize(hold, 1))).toMatchObject({ quantity: 1, expiresAt })
    expect(stock.accepts(resize(hold, 10))).toMatchObject({ quantity: 10, expiresAt })
    expect(stock.happens(resize(hold, 10))).toEqual([])
    expect(stock.refuses(resize(hold, 11))).toEqual({
      _tag: "InsufficientStock",
      lines: [
        {
          line: 0,
          lineId: null,
          skuId: "tea",
          locationId: "default",
          requested: 11,
          available: 10
        }
      ]
    })
  })

  it("says of lapsed holds that they are room, and takes it", () => {
    const { hold, stock } = confirmed()
    const old = held(stock, { ...reserve("p", line("tea", 6)), ttl: 5 })
    stock.later(5)
    expect(stock.refuses(resize(hold, 11))).toMatchObject({ lines: [{ available: 10 }] })
    stock.and(resize(hold, 5))
    expect(stock.hold(old.id).status).toBe("EXPIRED")
  })

  it("goes as low as what has left, and is then fulfilled", () => {
    const { hold, stock } = partly()
    stock.and(fulfil(hold, 1))
    expect(stock.refuses(resize(hold, 1))).toEqual({
      _tag: "QuantityOutOfHold",
      reservationId: hold.id,
      requested: 1,
      quantity: 4,
      fulfilledQuantity: 2
    })
    expect(stock.accepts(resize(hold, 2))).toMatchObject({
      status: "FULFILLED",
      quantity: 2,
      resolvedAt: stock.now
    })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 8, reservedQuantity: 0 })
  })

  it("does not grow at a location that takes no promises, and shrinks there", () => {
    const stock = tea(0).and(place("east"), receive("tea", 9, "east"))
    const hold = held(stock, reserve("o", line("tea", 4)))
    stock.and(change("east", { sellable: false }))
    expect(stock.refuses(resize(hold, 5))).toMatchObject({
      _tag: "InsufficientStock",
      lines: [{ requested: 5, available: 4 }]
    })
    expect(stock.accepts(resize(hold, 3)).quantity).toBe(3)
  })

  it("does not grow while promises stand above the stock", () => {
    const { hold, stock } = pending()
    stock.and(count("tea", 1, { onShortfall: "ACCEPT" }))
    expect(stock.refuses(resize(hold, 5))).toMatchObject({ lines: [{ available: 4 }] })
    expect(stock.accepts(resize(hold, 2)).quantity).toBe(2)
    expect(stock.level("tea").promiseLimit).toBe(1)
  })
})

describe("extending", () => {
  it("counts from now, also to an earlier instant, and 900 seconds by default", () => {
    const { hold, stock } = pending()
    stock.later(30)
    const at = (seconds: number) => DateTime.add(stock.now, { seconds })
    expect(stock.accepts(extend(hold)).expiresAt).toEqual(at(900))
    expect(stock.accepts(extend(hold, 1)).expiresAt).toEqual(at(1))
    expect(stock.level("tea").version).toBe(stock.rows.events.at(-1)?.version)
  })
})

describe("expiring", () => {
  it("writes down those that have lapsed, counts them, and leaves the others alone", () => {
    const { hold, stock } = lapsed()
    const open = held(stock, reserve("p", line("tea", 1)))
    const paid = held(stock, { ...reserve("q", line("tea", 1)), ttl: 1 })
    stock.and(confirm(paid)).later(1)
    const events = stock.happens(expire(hold, open, paid, hold, nobody))
    expect(namesOf(events)).toEqual(["released"])
    expect(stock.accepts(expire(hold))).toEqual({ expired: 0 })
    expect(stock.hold(hold.id)).toMatchObject({ status: "EXPIRED", resolvedAt: stock.now })
  })
})
