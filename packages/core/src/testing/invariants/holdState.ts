/** The states in which a command may meet a hold, finer than the status in its row. */
import type * as DateTime from "effect/DateTime"
import * as Reservation from "../../inventory/state/Reservation.ts"

/**
 * Every state. A `LAPSED` hold has the status PENDING, a `PARTLY` hold is confirmed and shipped in
 * part.
 */
export const holdStates = [
  "PENDING",
  "LAPSED",
  "CONFIRMED",
  "PARTLY",
  "FULFILLED",
  "RELEASED",
  "EXPIRED"
] as const

/** The state of a hold that a command meets. */
export type HoldState = (typeof holdStates)[number]

/** The state of a hold for a command that comes now. */
export const holdState = (hold: Reservation.Reservation, now: DateTime.Utc): HoldState => {
  if (Reservation.isLapsed(hold, now)) return "LAPSED"
  if (hold.status === "CONFIRMED" && hold.fulfilledQuantity > 0) return "PARTLY"
  return hold.status
}
