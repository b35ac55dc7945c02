/**
 * What stories have met: each refusal, event, reason to release and way through a shortfall, each
 * with its count, and each command beside each state of a hold. A property test asserts the counts,
 * since stories that miss a case prove nothing about it.
 */
import type { InventoryRefusal, RefusalTag } from "../../inventory/messages/InventoryError.ts"
import type { InventoryEventType, ReleaseReason } from "../../inventory/messages/InventoryEvent.ts"
import { refusals } from "../../inventory/messages/reported.ts"
import type { SkuCommand, SkuCommandOf } from "../../inventory/messages/SkuCommand.ts"
import { OrderStatus, type PlacedOrder } from "../../inventory/state/PlacedOrder.ts"
import type { Reservation } from "../../inventory/state/Reservation.ts"
import type { SkuStock } from "../../inventory/state/SkuStock.ts"
import { holdState, holdStates } from "../invariants/holdState.ts"
import { deficits } from "../invariants/invariants.ts"
import { cartsNamed, claimsMade } from "./claimTally.ts"
import type { StoryRequest } from "./telling.ts"

/** The refusals that no story can meet, and why. */
export const outOfReach: { readonly [Tag in RefusalTag]?: string } = {
  Unauthenticated: "a story is the host's, who is trusted",
  Forbidden: "a story is the host's, who is trusted",
  UnknownOption: "the catalog is asked before a command is decided",
  OptionNotForSale: "the catalog is asked before a command is decided",
  KeyRingMissing: "a customer is encrypted before a command is decided",
  CustomerNotFound: "what is kept about a customer is read apart, not by a command",
  CustomerUnreadable: "what is kept about a customer is read apart, not by a command",
  BeforeLedger: "a question is refused so, never a command",
  PositionGone: "a question is refused so, never a command",
  LogRestored: "a question is refused so, never a command",
  OrderTooLarge: "no order gathers 2,000 lines in 80 steps"
}

/** Every type of event. */
const eventTypes: { readonly [Type in InventoryEventType]: true } = {
  "inventory.sku.created": true,
  "inventory.sku.updated": true,
  "inventory.sku.archived": true,
  "inventory.sku.unarchived": true,
  "inventory.location.created": true,
  "inventory.location.updated": true,
  "inventory.stock.updated": true,
  "inventory.stock.reserved": true,
  "inventory.stock.released": true,
  "inventory.stock.confirmed": true,
  "inventory.stock.fulfilled": true,
  "inventory.reservation.extended": true,
  "inventory.reservation.resized": true,
  "inventory.stock.depleted": true,
  "inventory.stock.replenished": true,
  "inventory.stock.low": true,
  "ordering.order.reserved": true,
  "ordering.order.rejected": true,
  "ordering.order.confirmed": true,
  "ordering.order.payment.late": true,
  "ordering.order.cancelled": true,
  "ordering.order.fulfilled": true,
  "ordering.claim.made": true
}

const reasons: { readonly [Reason in ReleaseReason]: true } = {
  RELEASED: true,
  EXPIRED: true,
  SHORTFALL: true,
  REPLACED: true
}

/** The ways through `onShortfall`, and other cases that matter. */
const paths = [
  "REFUSE, refused",
  "RELEASE_NEWEST, took pending holds back",
  "RELEASE_NEWEST, took confirmed holds back",
  "RELEASE_NEWEST, too few to take back",
  "ACCEPT, promised beyond stock",
  "RELEASE_NEWEST, took holds back with more promised than the policy allows",
  "policy changed while backorders are open",
  "lapsed holds gave way to a promise",
  "a lost hold was taken again",
  "a payment was late, and nothing was left",
  "a line was refused alone",
  "lines were refused together",
  "two lines changed one SKU",
  "a line took holds back",
  "another cart kept a bundle",
  "another cart replaced a bundle",
  "a correction took a part of a bundle",
  "the rest of a broken bundle was freed",
  "an order of a cart was claimed",
  "a claim was repeated",
  "a claimed order was claimed by another person",
  "another cart's order was claimed",
  "a cart was named whose order is a person's"
]

/** The state before a request. */
export interface Met {
  readonly holds: ReadonlyMap<string, Reservation>
  readonly stocks: ReadonlyMap<string, SkuStock>
  readonly orders: ReadonlyMap<string, PlacedOrder>
}

/** The commands that meet holds in different states. */
const meeting = [
  "ConfirmReservation",
  "ReleaseReservation",
  "FulfilReservation",
  "ResizeReservation",
  "ExtendReservation",
  "ExpireReservations",
  "ReleaseBundle",
  "ResizeBundle",
  "ExtendBundle",
  "BreakBundle",
  "ConfirmOrder",
  "ReleaseOrder",
  "FulfilOrder",
  "ClaimOrder",
  "ReserveStock, replacing"
]

/** The commands that meet placed orders in each of their states. */
const ordering = ["PlaceOrder", "PayOrder", "CancelOrder", "CompleteOrder", "ClaimOrder"]
const orderStates = [...OrderStatus.literals, "none"]

/** How often each thing was met. */
export class StoryTally {
  requests = 0
  private readonly met = new Map<string, number>()
  private readonly accepted = new Map<string, number>()

  /** Counts a request, with the state before it. */
  count(taken: StoryRequest, before: Met): void {
    const { events, now, outcome, request } = taken
    this.requests += 1
    if (outcome._tag === "Refused") this.add(`refusal ${outcome.refusal._tag}`)
    for (const refusal of lineRefusalsOf(outcome)) this.add(`refusal ${refusal._tag}`)
    if (outcome._tag === "Replayed") this.add("key replayed")
    for (const event of events) {
      this.add(`event ${event.eventType}`)
      if (event.eventType === "inventory.stock.released") this.add(`reason ${event.payload.reason}`)
    }
    for (const path of pathsOf(taken, before)) this.add(`path ${path}`)
    if (ordering.includes(request.command._tag) && "orderId" in request.command) {
      const status = before.orders.get(request.command.orderId)?.status ?? "none"
      this.add(`order ${request.command._tag} × ${status}`)
    }
    const states = new Set(
      metHolds(request.command, before.holds).map((hold) => holdState(hold, now))
    )
    for (const state of states) {
      const pair = `${commandName(request.command)} × ${state}`
      this.add(`pair ${pair}`)
      if (outcome._tag === "Answered") this.accepted.set(pair, (this.accepted.get(pair) ?? 0) + 1)
    }
  }

  /** How often a thing was met. */
  times(what: string): number {
    return this.met.get(what) ?? 0
  }

  /** The cases that were met fewer than `least` times. */
  rarer(least: number): ReadonlyArray<string> {
    return expected
      .filter((what) => this.times(what) < least)
      .map((what) => `${what}: ${this.times(what)}`)
  }

  /** The counts as a table, one line for each kind. */
  table(): string {
    const row = (kind: string) =>
      expected
        .filter((what) => what.startsWith(`${kind} `))
        .map((what) => `${what.slice(kind.length + 1)} ${this.times(what)}`)
    const pairs = meeting.map((command) => {
      const cells = holdStates.map((state) => {
        const pair = `${command} × ${state}`
        return `${this.times(`pair ${pair}`)}/${this.accepted.get(pair) ?? 0}`.padStart(11)
      })
      return `  ${command.padEnd(23)}${cells.join("")}`
    })
    return [
      `${this.requests} requests`,
      ...["refusal", "event", "reason", "path", "order", "key"].map(
        (kind) => `${kind}: ${row(kind).join(", ")}`
      ),
      `command × state of a hold, met/accepted:`,
      `  ${"".padEnd(23)}${holdStates.map((state) => state.padStart(11)).join("")}`,
      ...pairs
    ].join("\n")
  }

  private add(what: string): void {
    this.met.set(what, this.times(what) + 1)
  }
}

const expected: ReadonlyArray<string> = [
  ...Object.keys(refusals)
    .filter((tag) => !(tag in outOfReach))
    .map((tag) => `refusal ${tag}`),
  ...Object.keys(eventTypes).map((type) => `event ${type}`),
  ...Object.keys(reasons).map((reason) => `reason ${reason}`),
  ...paths.map((path) => `path ${path}`),
  "key replayed",
  ...ordering.flatMap((command) => orderStates.map((state) => `order ${command} × ${state}`)),
  ...meeting.flatMap((command) => holdStates.map((state) => `pair ${command} × ${state}`))
]

const commandName = (command: SkuCommand): string =>
  command._tag === "ReserveStock" ? "ReserveStock, replacing" : command._tag

/** The holds that a command names, or the holds of its order. */
const metHolds = (
  command: SkuCommand,
  before: ReadonlyMap<string, Reservation>
): ReadonlyArray<Reservation> => {
  switch (command._tag) {
    case "ConfirmReservation":
    case "ReleaseReservation":
    case "FulfilReservation":
    case "ResizeReservation":
    case "ExtendReservation":
      return [command.reservationId].flatMap((id) => before.get(id) ?? [])
    case "ReleaseBundle":
    case "ResizeBundle":
    case "ExtendBundle":
    case "BreakBundle":
      return [...before.values()].filter(({ bundle }) => bundle?.bundleId === command.bundleId)
    case "ExpireReservations":
      return command.reservationIds.flatMap((id) => before.get(id) ?? [])
    case "ReserveStock":
      if (command.replace !== true) return []
      return [...before.values()].filter((hold) => hold.orderId === command.orderId)
    case "ConfirmOrder":
    case "ReleaseOrder":
    case "FulfilOrder":
    case "ClaimOrder":
      return [...before.values()].filter((hold) => hold.orderId === command.orderId)
    default:
      return []
  }
}

/** The ways that a request took. */
const pathsOf = (taken: StoryRequest, before: Met): ReadonlyArray<string> => {
  const { command } = taken.request
  switch (command._tag) {
    case "UpdateSku":
      return policyOf(taken, before)
    case "AdjustStock":
    case "CountStock":
      return correctionOf(command, taken, before)
    case "ChangeStock":
      return bulkOf(taken)
    case "ReserveStock":
      return [
        ...promiseOf(taken),
        ...(command.replace === true ? bundlesOf(taken, before) : []),
        ...cartsNamed(taken)
      ]
    case "ClaimOrder":
      return claimsMade(command, taken, before)
    case "BreakBundle":
      return taken.events.length > 0 ? ["the rest of a broken bundle was freed"] : []
    case "ResizeReservation":
    case "ConfirmReservation":
    case "ConfirmOrder":
    case "PlaceOrder":
    case "PayOrder":
      return promiseOf(taken)
    default:
      return []
  }
}

/** The refusals of the lines of a bulk request. */
const lineRefusalsOf = (outcome: StoryRequest["outcome"]): ReadonlyArray<InventoryRefusal> => {
  if (outcome._tag === "Refused" && outcome.refusal._tag === "LinesRefused") {
    return outcome.refusal.lines.map(({ refusal }) => refusal)
  }
  return outcome._tag === "Answered" && "refused" in outcome.answer
    ? outcome.answer.lines.flatMap((line) => (line._tag === "Refused" ? [line.refusal] : []))
    : []
}

const bulkOf = ({ events, outcome }: StoryRequest): ReadonlyArray<string> => {
  if (outcome._tag === "Refused") return ["lines were refused together"]
  const moved = events.flatMap(({ aggregateId, eventType }) =>
    eventType === "inventory.stock.updated" ? [aggregateId] : []
  )
  const isTaken = events.some(({ eventType, payload }) =>
    eventType === "inventory.stock.released" ? payload.reason === "SHORTFALL" : false
  )
  const isPartial = moved.length > 0 && lineRefusalsOf(outcome).length > 0
  return [
    ...(isPartial ? ["a line was refused alone"] : []),
    ...(new Set(moved).size < moved.length ? ["two lines changed one SKU"] : []),
    ...(isTaken ? ["a line took holds back"] : [])
  ]
}

/** What became of the bundles of a cart when another took its place. */
const bundlesOf = ({ events, outcome }: StoryRequest, { holds }: Met): ReadonlyArray<string> => {
  if (outcome._tag !== "Answered" || !Array.isArray(outcome.answer)) return []
  const answered: ReadonlyArray<Reservation> = outcome.answer
  const isKept = answered.some(({ bundle, id }) => bundle !== undefined && holds.has(id))
  const isReplaced = events.some(
    ({ eventType, payload }) =>
      eventType === "inventory.stock.released" &&
      payload.reason === "REPLACED" &&
      payload.bundle !== undefined
  )
  return [
    ...(isKept ? ["another cart kept a bundle"] : []),
    ...(isReplaced ? ["another cart replaced a bundle"] : [])
  ]
}

const promiseOf = ({ events }: StoryRequest): ReadonlyArray<string> => {
  const made = events.flatMap(({ eventType, payload }) =>
    eventType === "inventory.stock.reserved" ? [payload] : []
  )
  const isAgain = made.some((hold) => hold.replaces !== null)
  const isGivingWay =
    made.length > 0 &&
    !isAgain &&
    events.some(({ eventType, payload }) =>
      eventType === "inventory.stock.released" ? payload.reason === "EXPIRED" : false
    )
  const isLate = events.some((event) =>
    event.eventType === "ordering.order.payment.late" ? !event.payload.reacquired : false
  )
  return [
    ...(isLate ? ["a payment was late, and nothing was left"] : []),
    ...(isGivingWay ? ["lapsed holds gave way to a promise"] : []),
    ...(isAgain ? ["a lost hold was taken again"] : [])
  ]
}

const correctionOf = (
  command: SkuCommandOf<"AdjustStock" | "CountStock">,
  { events, outcome }: StoryRequest,
  before: Met
): ReadonlyArray<string> => {
  if (outcome._tag === "Refused") return refusedShortfall(command.onShortfall, outcome.refusal)
  const ways = new Set<string>()
  const stock = before.stocks.get(command.skuId)
  for (const { eventType, payload } of events) {
    if (eventType === "inventory.stock.updated" && payload.shortfallAccepted) {
      ways.add("ACCEPT, promised beyond stock")
    }
    if (eventType !== "inventory.stock.released" || payload.reason !== "SHORTFALL") continue
    if (payload.bundle !== undefined) ways.add("a correction took a part of a bundle")
    const isConfirmed = before.holds.get(payload.reservationId)?.status === "CONFIRMED"
    ways.add(`RELEASE_NEWEST, took ${isConfirmed ? "confirmed" : "pending"} holds back`)
    if (deficits(stock) > (stock?.sku.backorderLimit ?? 0)) {
      ways.add("RELEASE_NEWEST, took holds back with more promised than the policy allows")
    }
  }
  return [...ways]
}

const refusedShortfall = (
  onShortfall: string | undefined,
  refusal: InventoryRefusal
): ReadonlyArray<string> => {
  if (refusal._tag !== "PromisesInTheWay") return []
  return [
    onShortfall === "RELEASE_NEWEST" ? "RELEASE_NEWEST, too few to take back" : "REFUSE, refused"
  ]
}

const policyOf = ({ events }: StoryRequest, { stocks }: Met): ReadonlyArray<string> =>
  events.some((event) => {
    const stock = stocks.get(event.aggregateId)
    return (
      event.eventType === "inventory.sku.updated" &&
      deficits(stock) > 0 &&
      event.payload.sku.backorderLimit !== stock?.sku.backorderLimit
    )
  })
    ? ["policy changed while backorders are open"]
    : []
