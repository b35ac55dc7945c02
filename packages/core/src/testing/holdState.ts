/** The states of a hold that a command may meet, finer than its status on paper. */
import type * as DateTime from "effect/DateTime"
import * as Reservation from "../inventory/Reservation.ts"

/** Every state: `LAPSED` is pending on paper, `PARTLY` is confirmed and shipped in part. */
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

/** The state in which a command that comes now meets a hold. */
export const holdState = (hold: Reservation.Reservation, now: DateTime.Utc): HoldState => {
  if (Reservation.isLapsed(hold, now)) return "LAPSED"
  if (hold.status === "CONFIRMED" && hold.fulfilledQuantity > 0) return "PARTLY"
  return hold.status
}
