/**
 * Runs a story: each step becomes a request, which is decided as a batch of its own over all rows,
 * with keys and kept answers. An accepted request takes effect; nothing is checked here.
 */

import type * as DateTime from "effect/DateTime"
import { type StockRequest, scopeOf } from "../../inventory/batch/batchScope.ts"
import { foldBatch, type StockOutcome } from "../../inventory/batch/foldBatch.ts"
import type { InventoryEvent } from "../../inventory/messages/InventoryEvent.ts"
import type { SkuCommand } from "../../inventory/messages/SkuCommand.ts"
import { defaultLocationId } from "../../inventory/state/Location.ts"
import type { Reservation } from "../../inventory/state/Reservation.ts"
import type { StockLevel } from "../../inventory/state/StockLevel.ts"
import { bundleIdOf, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import { given } from "../given.ts"
import { holdState } from "../invariants/holdState.ts"
import { deficit } from "../invariants/invariants.ts"
import { opening } from "./arbitraries.ts"
import type { CommandStep, HoldPick, OrderPick, Step } from "./Step.ts"

/** A request of a story, and its outcome. */
export interface StoryRequest {
  readonly request: StockRequest
  readonly now: DateTime.Utc
  readonly outcome: StockOutcome
  readonly events: ReadonlyArray<InventoryEvent>
}

type Picked = Pick<Reservation, "id" | "orderId" | "skuId" | "locationId" | "bundle">
type Under = Extract<CommandStep, { readonly under: unknown }>

/** A hold that nobody ever made. */
const nobodys: Picked = {
  id: ReservationId.make("00000000-0000-7000-8000-000000000000"),
  orderId: OrderId.make("order-0"),
  skuId: SkuId.make("a"),
  locationId: defaultLocationId
}

/** The place with the largest deficit, among those that have units. */
const deepest = (levels: ReadonlyArray<StockLevel>): Pick<Reservation, "skuId" | "locationId"> =>
  [...levels]
    .filter((level) => deficit(level) > 0 && level.totalQuantity > 0)
    .sort((a, b) => deficit(b) - deficit(a))[0] ?? nobodys

/** A story in progress: its state, and every request so far. */
export class Telling {
  readonly stock = given()
  readonly requests: Array<StoryRequest> = []
  readonly receipts: Array<Receipt> = []

  /** The request of a step, or null when time passes. */
  requestOf(step: Step): StockRequest | null {
    switch (step._tag) {
      case "Wait":
        this.stock.later(step.seconds)
        return null
      case "Repeat": {
        const keyed = this.requests.filter(({ request }) => request.key !== null)
        const repeated = keyed[step.n % Math.max(1, keyed.length)]?.request
        return repeated === undefined ? null : { ...repeated, origin: this.stock.nextOrigin() }
      }
      case "Command":
        return this.request(this.commandOf(step.command), step.key)
    }
  }

  /** A request for a command, under a key or none. */
  request(command: SkuCommand, key?: string): StockRequest {
    return {
      command,
      origin: this.stock.nextOrigin(),
      key: key === undefined ? null : { caller: "", key, fingerprint: JSON.stringify(command) }
    }
  }

  /** Decides a request and applies its events. */
  take(request: StockRequest): StoryRequest {
    const { now, rows } = this.stock
    const { ownersOf } = scopeOf(request.origin.commandId, [request])
    const owners = ownersOf.map((orderId) => rows.ownerOf(orderId))
    const loaded = { ...this.stock.loaded(), receipts: this.receipts, owners }
    const { answer, changes } = foldBatch(loaded, [request])
    const [outcome] = answer
    if (outcome === undefined) throw new Error("a batch of one request has no outcome")
    rows.apply(changes.events)
    this.receipts.push(...changes.receipts)
    const taken = { request, now, outcome, events: changes.events }
    this.requests.push(taken)
    return taken
  }

  private commandOf(step: CommandStep): SkuCommand {
    switch (step._tag) {
      case "ConfirmReservation":
      case "ReleaseReservation":
      case "FulfilReservation":
      case "ResizeReservation":
      case "ExtendReservation": {
        const { hold, ...rest } = step
        return { ...rest, reservationId: this.picked(hold).id }
      }
      case "ReleaseBundle":
      case "ResizeBundle":
      case "ExtendBundle":
      case "BreakBundle": {
        const { bundle, ...rest } = step
        const { bundle: part, orderId } = this.picked(bundle, (hold) => hold.bundle !== undefined)
        return { ...rest, orderId, bundleId: part?.bundleId ?? bundleIdOf(nobodys.id) }
      }
      case "ConfirmOrder":
      case "ReleaseOrder":
      case "FulfilOrder": {
        const { order, ...rest } = step
        return { ...rest, orderId: this.picked(order).orderId }
      }
      case "ReserveStock": {
        const { order, taken, ...rest } = step
        const [first, ...others] = rest.lines
        const lines =
          taken === undefined || first === undefined
            ? rest.lines
            : [{ ...first, reservationId: this.picked(taken).id }, ...others]
        const orderId = typeof order === "string" ? order : this.picked(order).orderId
        return { ...rest, lines, orderId }
      }
      case "PlaceOrder": {
        const { order, ...rest } = step
        return { ...rest, orderId: typeof order === "string" ? order : this.pickedOrder(order) }
      }
      case "PayOrder":
      case "CancelOrder":
      case "CompleteOrder": {
        const { order, ...rest } = step
        return { ...rest, orderId: this.pickedOrder(order) }
      }
      case "ClaimOrder": {
        const { order, ...rest } = step
        const isHold = "state" in order
        return { ...rest, orderId: isHold ? this.picked(order).orderId : this.pickedOrder(order) }
      }
      case "ExpireReservations": {
        const reservationIds = step.holds.map((pick) => this.picked(pick).id)
        return { _tag: "ExpireReservations", reservationIds }
      }
      case "ReturnStock": {
        if (!("of" in step)) return step
        const { of, ...rest } = step
        const { orderId, skuId } = this.picked(of)
        return { ...rest, orderId, skuId }
      }
      case "CountStock":
      case "AdjustStock":
        return "under" in step ? this.correctionOf(step) : step
      default:
        return step
    }
  }

  /** A correction of the place that a step picks, by at most the units that it has. */
  private correctionOf(step: Under): SkuCommand {
    const { under, ...rest } = step
    const levels = [...this.stock.rows.stocks.values()].flatMap((stock) => stock.levels)
    const { locationId, skuId } = under === "shortfall" ? deepest(levels) : this.picked(under)
    const level = levels.find((it) => it.skuId === skuId && it.locationId === locationId)
    if (rest._tag === "AdjustStock") {
      const quantity = Math.max(rest.quantity, -(level?.totalQuantity ?? 0)) || -1
      return { ...rest, skuId, locationId, quantity }
    }
    const { missing, ...count } = rest
    const countedQuantity = Math.max(0, (level?.reservedQuantity ?? 0) - missing)
    return { ...count, skuId, locationId, countedQuantity }
  }

  private pickedOrder({ n, status }: OrderPick): OrderId {
    const orders = [...this.stock.rows.placedOrders.values()]
    const wanted = orders.filter((order) => order.status === status)
    const among = wanted.length > 0 ? wanted : orders
    return (n === 20 ? undefined : among[n % Math.max(1, among.length)]?.orderId) ?? nobodys.orderId
  }

  private picked({ n, state }: HoldPick, isMeant = (_: Reservation): boolean => true): Picked {
    const holds = [...this.stock.rows.reservations.values()].filter(isMeant)
    const wanted = holds.filter((hold) => holdState(hold, this.stock.now) === state)
    const among = wanted.length > 0 ? wanted : holds
    return (n === 20 ? undefined : among[n % Math.max(1, among.length)]) ?? nobodys
  }
}

/** The opening and then the steps, one request at a time. */
export const oneByOne = (steps: ReadonlyArray<Step>): Telling => {
  const telling = new Telling()
  for (const command of opening) telling.take(telling.request(command))
  for (const step of steps) {
    const request = telling.requestOf(step)
    if (request !== null) telling.take(request)
  }
  return telling
}
