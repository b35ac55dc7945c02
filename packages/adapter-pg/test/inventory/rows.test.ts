import { expect, it } from "@effect/vitest"
import { toReservation } from "../../src/inventory/rows.ts"

const row = (columns: object) => ({
  id: "01890000-0000-7000-8000-000000000000",
  order_id: "order",
  line_id: null,
  sku_id: "tea",
  location_id: "default",
  quantity: 2,
  fulfilled_quantity: 0,
  expires_at: null,
  created_at: 1_000,
  resolved_at: null,
  release_reason: null,
  replaces: null,
  ...columns
})

const stateOf = (columns: object) => {
  const { expiresAt, releaseReason, resolvedAt, status } = toReservation(row(columns))
  const [lapse, end] = [expiresAt, resolvedAt].map((it) => it?.epochMilliseconds ?? null)
  return [status, lapse, end, releaseReason]
}

it("reads each state of a reservation with the fields that it has", () => {
  expect(stateOf({ status: "PENDING", expires_at: 2_000 })).toEqual(["PENDING", 2_000, null, null])
  expect(stateOf({ status: "CONFIRMED" })).toEqual(["CONFIRMED", null, null, null])
  const resolved = { resolved_at: 3_000 }
  expect(stateOf({ status: "FULFILLED", ...resolved })).toEqual(["FULFILLED", null, 3_000, null])
  const lapsed = { status: "EXPIRED", expires_at: 2_000, ...resolved }
  expect(stateOf(lapsed)).toEqual(["EXPIRED", 2_000, 3_000, null])
  const again = { ...lapsed, release_reason: "REACQUIRED" }
  expect(stateOf(again)).toEqual(["EXPIRED", 2_000, 3_000, "REACQUIRED"])
  const taken = { status: "RELEASED", ...resolved, release_reason: "SHORTFALL" }
  expect(stateOf(taken)).toEqual(["RELEASED", null, 3_000, "SHORTFALL"])
})

it("reads a row that was released before reasons were written as given back", () => {
  const earlier = { status: "RELEASED", expires_at: 2_000, resolved_at: 3_000 }
  expect(stateOf(earlier)).toEqual(["RELEASED", 2_000, 3_000, "RELEASED"])
})
