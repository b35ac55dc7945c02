import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { evolveReservation } from "../../../src/inventory/decide/evolve.ts"
import * as Reservation from "../../../src/inventory/state/Reservation.ts"
import { LocationId, OrderId, ReservationId, SkuId } from "../../../src/kernel/Identifier.ts"
import { line, release, reserve, tea } from "../decide/words.ts"

const at = (iso: string) => DateTime.makeUnsafe(iso)
const [made, lapse, later] = [
  at("2026-03-01T09:00:00.000Z"),
  at("2026-03-01T09:15:00.000Z"),
  at("2026-03-01T10:00:00.000Z")
]

const pending: Reservation.Pending = {
  id: ReservationId.make("01890000-0000-7000-8000-000000000000"),
  orderId: OrderId.make("order"),
  lineId: null,
  skuId: SkuId.make("tea"),
  locationId: LocationId.make("default"),
  quantity: 2,
  fulfilledQuantity: 0,
  status: "PENDING",
  expiresAt: lapse,
  createdAt: made,
  resolvedAt: null,
  releaseReason: null,
  replaces: null
}
const confirmed: Reservation.Confirmed = { ...pending, status: "CONFIRMED", expiresAt: null }
const fulfilled: Reservation.Fulfilled = {
  ...confirmed,
  status: "FULFILLED",
  fulfilledQuantity: 2,
  resolvedAt: later
}
const released: Reservation.Released = {
  ...pending,
  status: "RELEASED",
  resolvedAt: later,
  releaseReason: "SHORTFALL"
}
const expired: Reservation.Expired = { ...pending, status: "EXPIRED", resolvedAt: lapse }
const states = [pending, confirmed, fulfilled, released, expired]

const encode = Schema.encodeSync(Reservation.Reservation)
const decode = Schema.decodeUnknownOption(Reservation.Reservation)

describe("a reservation is one of its states", () => {
  it("reads and writes each of them, its fields in one order", () => {
    const fields = [
      ...["id", "orderId", "lineId", "skuId", "locationId", "quantity", "fulfilledQuantity"],
      ...["status", "expiresAt", "createdAt", "resolvedAt", "releaseReason", "replaces"]
    ]
    for (const state of states) {
      const written = encode(state)
      expect([state.status, Object.keys(written)]).toEqual([state.status, fields])
      expect(decode(written)).toMatchObject({ value: state })
    }
  })

  it("reads no combination of fields that no state has", () => {
    const [open, paid, gone] = [encode(pending), encode(confirmed), encode(fulfilled)]
    const [given, lapsed] = [encode(released), encode(expired)]
    for (const impossible of [
      { ...open, expiresAt: null },
      { ...open, resolvedAt: given.resolvedAt },
      { ...paid, expiresAt: open.expiresAt },
      { ...paid, releaseReason: "RELEASED" },
      { ...gone, resolvedAt: null },
      { ...given, releaseReason: null },
      { ...lapsed, expiresAt: null },
      { ...lapsed, releaseReason: "RELEASED" }
    ]) {
      expect([impossible, decode(impossible)._tag]).toEqual([impossible, "None"])
    }
  })

  it("compiles in no combination of fields that no state has", () => {
    // @ts-expect-error a pending hold has an instant at which it lapses
    const endless: Reservation.Reservation = { ...pending, expiresAt: null }
    // @ts-expect-error a confirmed hold does not lapse
    const lapsing: Reservation.Reservation = { ...confirmed, expiresAt: lapse }
    // @ts-expect-error a released hold says why
    const silent: Reservation.Reservation = { ...released, releaseReason: null }
    expect([endless, lapsing, silent].map((hold) => hold.status)).toHaveLength(3)
  })

  it("knows the instant of a state once the status is compared", () => {
    const resolved = states.map((hold): DateTime.Utc | null =>
      hold.status === "PENDING" ? hold.expiresAt : hold.resolvedAt
    )
    expect(resolved).toEqual([lapse, null, later, later, lapse])
  })

  it("keeps its state when an event comes that the state does not allow", () => {
    const stock = tea(5)
    const [hold] = stock.accepts(reserve("o", line("tea", 2)))
    const freed = stock.happens(release(hold ?? pending))
    const lapsing = freed.flatMap((event) =>
      event.eventType === "inventory.stock.released"
        ? [{ ...event, payload: { ...event.payload, reason: "EXPIRED" as const } }]
        : []
    )
    expect(lapsing).toHaveLength(1)
    for (const event of lapsing) {
      expect(evolveReservation(confirmed, event)).toBe(confirmed)
      expect(evolveReservation(pending, event)).toMatchObject({ status: "EXPIRED" })
    }
  })
})
