/** What must hold in a shop after every step, and what its steps have met. */
import { isOrderEvent, type OrderEvent } from "../../src/inventory/messages/InventoryEvent.ts"
import type { OrderStatus } from "../../src/inventory/state/PlacedOrder.ts"
import * as Reservation from "../../src/inventory/state/Reservation.ts"
import type { HandledOrderEvent } from "../../src/ordering/OrderFlow.ts"
import { checkRows, must } from "../../src/testing/invariants/invariants.ts"
import type { ReplayedStock } from "../../src/testing/invariants/ReplayedStock.ts"

/** An event of an order in one word, a late payment in two. */
export const wordOf = (event: OrderEvent): string => {
  const word = event.eventType.replace("ordering.order.", "")
  if (event.eventType !== "ordering.order.payment.late") return word
  return event.payload.reacquired ? "late, reacquired" : "late, short"
}

/** Which event of an order may follow which. */
const next: { readonly [word: string]: ReadonlyArray<string> } = {
  "": ["reserved", "rejected"],
  reserved: ["confirmed", "late, reacquired", "late, short", "cancelled"],
  "late, reacquired": ["confirmed"],
  "late, short": ["cancelled"],
  confirmed: ["fulfilled", "cancelled"],
  rejected: [],
  fulfilled: [],
  cancelled: []
}

/** The states that the holds of an order may have; another hold may stand for a lost one. */
const holds: { readonly [Status in OrderStatus]: ReadonlyArray<Reservation.ReservationStatus> } = {
  RESERVED: ["PENDING", "EXPIRED"],
  REJECTED: [],
  CONFIRMED: ["CONFIRMED"],
  PAID_LATE: ["RELEASED"],
  CANCELLED: ["RELEASED"],
  FULFILLED: ["FULFILLED"]
}

/** Checks the whole log, the rows that follow from it, and that no unit was lost or made. */
export const checkFlow = (log: ReplayedStock, received: Readonly<Record<string, number>>): void => {
  checkRows(log)
  const last = new Map<string, string>()
  for (const event of log.events) {
    if (!isOrderEvent(event)) continue
    const [before, word] = [last.get(event.aggregateId) ?? "", wordOf(event)]
    const may = next[before] ?? []
    must(may.includes(word), () => `${event.aggregateId}: "${word}" follows "${before}"`)
    last.set(event.aggregateId, word)
  }
  for (const hold of log.reservations.values()) {
    const order = log.placedOrders.get(hold.orderId)
    must(order !== undefined, () => `a hold of ${hold.orderId}, which was never placed`)
    if (order === undefined || hold.releaseReason === "REACQUIRED") continue
    must(
      holds[order.status].includes(hold.status),
      () => `${order.orderId} is ${order.status} with a hold that is ${hold.status}`
    )
    const settled = order.status !== "RESERVED" && order.status !== "CONFIRMED"
    must(!settled || !Reservation.isLine(hold), () => `${order.orderId} kept ${hold.id}`)
  }
  for (const { levels, sku } of log.stocks.values()) {
    const onHand = levels.reduce((units, level) => units + level.totalQuantity, 0)
    let left = 0
    for (const hold of log.reservations.values()) {
      if (hold.skuId === sku.id) left += hold.fulfilledQuantity
    }
    const came = received[sku.id] ?? 0
    must(onHand + left === came, () => `${sku.id}: ${onHand} and ${left} of ${came} units`)
  }
}

const expected = [
  ...["Decided", "Replayed", "Refused", "Parked", "DeadLettered"].map((tag) => `answer ${tag}`),
  ...["Reserved", "Rejected", "Confirmed", "PaidLate", "Cancelled", "Fulfilled"].map(
    (state) => `state ${state}`
  ),
  ...["Confirmed", "Cancelled", "Fulfilled"].map((state) => `parked, then ${state}`),
  ...Object.keys(next)
    .filter((word) => word !== "")
    .map((word) => `event ${word}`),
  ...["CANCELLED", "FULFILLED", "REJECTED"].map((status) => `end ${status}`),
  "refusal OrderConflict of REJECTED",
  "refusal OrderConflict of CANCELLED",
  "refusal OrderConflict of FULFILLED",
  "refusal OrderConflict of PAID_LATE"
]

/** How often each thing was met. */
export class FlowTally {
  private readonly met = new Map<string, number>()

  /** Counts what became of an event. */
  count(handled: HandledOrderEvent): void {
    if (handled._tag === "Decided") {
      this.add(`answer ${handled.isReplayed ? "Replayed" : "Decided"}`)
      this.add(`state ${handled.state._tag}`)
      for (const { state } of handled.applied) this.add(`parked, then ${state._tag}`)
      return
    }
    this.add(`answer ${handled._tag}`)
    if (handled._tag !== "Refused") return
    const { refusal } = handled
    const of = refusal._tag === "OrderConflict" ? ` of ${refusal.status}` : ""
    this.add(`refusal ${refusal._tag}${of}`)
  }

  /** Counts one thing. */
  add(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1)
  }

  /** The cases that were met fewer than `least` times. */
  rarer(least: number): ReadonlyArray<string> {
    return expected
      .filter((what) => (this.met.get(what) ?? 0) < least)
      .map((what) => `${what}: ${this.met.get(what) ?? 0}`)
  }

  /** The counts in one text. */
  table(): string {
    return [...this.met].map(([what, times]) => `${what} ${times}`).join(", ")
  }
}
