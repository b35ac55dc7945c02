/**
 * What committed batches say about the business: holds by how they end, units by what moved them, what
 * callers were refused for shortage, and how long SKUs were sold out. It is counted once a batch, from
 * its events and refusals, in the process that decided it.
 */
import * as Effect from "effect/Effect"
import type { Witness } from "../../../engine/commitBatch.ts"
import type { SkuId } from "../../../kernel/Identifier.ts"
import { counter, histogram } from "../../../metrics/Meter.ts"
import type { InventoryTypes } from "../../batch/inventoryDomain.ts"
import type { StockChanges } from "../../decide/StockChanges.ts"
import type { InventoryEvent, InventoryPayloads } from "../../messages/InventoryEvent.ts"
import type { StockFigures } from "../../ports/StockFigures.ts"
import * as Reservation from "../../state/Reservation.ts"
import type { ShortLine } from "../../state/ShortLine.ts"
import type { MovementType } from "../../state/StockMovement.ts"

const reservations = counter(
  "holdfast_reservations_total",
  "Reservations that were made, and that were confirmed, released, expired or fulfilled",
  { labels: ["outcome"], seriesMax: 5 }
)

const holdAges = histogram(
  "holdfast_hold_age_seconds",
  "How old reservations were when they ended",
  {
    unit: "seconds",
    buckets: [60, 300, 900, 1_800, 3_600, 21_600, 86_400, 604_800, 2_592_000]
  }
)

const units = counter(
  "holdfast_units_total",
  "Units that were reserved, shipped, returned, received, or adjusted in either direction",
  { labels: ["kind"], seriesMax: 5 }
)

const shortages = counter(
  "holdfast_shortages_total",
  "Lines of requests and of orders that were refused because stock was short"
)

const shortageUnits = counter(
  "holdfast_shortage_units_total",
  "Units by which these lines were short"
)

const soldOutTimes = histogram(
  "holdfast_sold_out_seconds",
  "How long SKUs that are back were sold out, as far as this process saw both",
  { unit: "seconds", buckets: [60, 600, 3_600, 21_600, 86_400, 259_200, 604_800, 2_592_000] }
)

/** SKUs of which it is remembered since when they are sold out; the oldest are forgotten first. */
export const soldOutMax = 10_000

/** How a movement counts. A transfer and what an old month left are no trade. */
const kindOf: { readonly [Type in MovementType]?: string } = {
  RECEIPT: "received",
  SHIPMENT: "shipped",
  RETURN: "returned",
  ADJUSTMENT: "adjusted"
}

type Payload<Type extends keyof InventoryPayloads> = InventoryPayloads[Type]

/** Since when SKUs are sold out. */
class SoldOut {
  private readonly since = new Map<SkuId, number>()

  begin(skuId: SkuId, millis: number): void {
    if (this.since.size >= soldOutMax) {
      const [oldest] = this.since.keys()
      if (oldest !== undefined) this.since.delete(oldest)
    }
    this.since.set(skuId, millis)
  }

  /** For how many milliseconds it was; undefined when nobody saw it begin. */
  end(skuId: SkuId, millis: number): number | undefined {
    const since = this.since.get(skuId)
    this.since.delete(skuId)
    return since === undefined ? undefined : Math.max(0, millis - since)
  }
}

/** The holds of a batch by id, looked up when one has ended. */
const holdsOf = (changes: StockChanges) => {
  let holds: Map<string, Reservation.Reservation> | undefined
  return (id: string): Reservation.Reservation | undefined => {
    if (holds === undefined) {
      holds = new Map()
      for (const hold of changes.createdReservations) holds.set(hold.id, hold)
      for (const hold of changes.updatedReservations) holds.set(hold.id, hold)
    }
    return holds.get(id)
  }
}

/** Counts what batches of an inventory do, in the registry of metrics of the fiber. */
export const witnessStock = (figures: StockFigures): Effect.Effect<Witness<InventoryTypes>> =>
  Effect.map(Effect.context<never>(), (context) => witnessIn(context, figures))

const witnessIn = (
  context: Parameters<(typeof reservations)["in"]>[0],
  figures: StockFigures
): Witness<InventoryTypes> => {
  const outcomes = reservations.in(context)
  const made = outcomes.with("made")
  const ended = {
    confirmed: outcomes.with("confirmed"),
    released: outcomes.with("released"),
    expired: outcomes.with("expired"),
    fulfilled: outcomes.with("fulfilled")
  }
  const ages = holdAges.in(context).with()
  const moved = units.in(context)
  const reserved = moved.with("reserved")
  const lines = shortages.in(context).with()
  const missing = shortageUnits.in(context).with()
  const times = soldOutTimes.in(context).with()
  const soldOut = new SoldOut()

  const short = (shortLines: ReadonlyArray<ShortLine>) => {
    for (const { available, requested, skuId } of shortLines) {
      const short = Math.max(0, requested - Math.max(0, available))
      lines.add()
      missing.add(short)
      figures.missed(skuId, short)
    }
  }

  const end = (
    outcome: "released" | "expired" | "fulfilled",
    id: string,
    holdOf: ReturnType<typeof holdsOf>,
    { timestamp }: InventoryEvent
  ) => {
    const hold = holdOf(id)
    // A correction may take a part of a hold, which goes on with the rest.
    if (hold !== undefined && Reservation.isOpen(hold)) return
    ended[outcome].add()
    if (hold === undefined) return
    const millis = timestamp.epochMilliseconds - hold.createdAt.epochMilliseconds
    ages.observe(Math.max(0, millis) / 1_000)
  }

  const count = (event: InventoryEvent, holdOf: ReturnType<typeof holdsOf>) => {
    switch (event.eventType) {
      case "inventory.stock.reserved":
        made.add()
        reserved.add(event.payload.quantity)
        break
      case "inventory.reservation.resized":
        reserved.add(grown(event.payload))
        break
      case "inventory.stock.confirmed":
        ended.confirmed.add()
        break
      case "inventory.stock.released": {
        const { reason, reservationId } = event.payload
        end(reason === "EXPIRED" ? "expired" : "released", reservationId, holdOf, event)
        break
      }
      case "inventory.stock.fulfilled":
        if (event.payload.remainingQuantity === 0) {
          end("fulfilled", event.payload.reservationId, holdOf, event)
        }
        break
      case "inventory.stock.updated": {
        const kind = kindOf[event.payload.movementType]
        if (kind !== undefined) moved.with(kind).add(Math.abs(event.payload.quantity))
        break
      }
      case "inventory.stock.depleted":
        soldOut.begin(event.payload.skuId, event.timestamp.epochMilliseconds)
        break
      case "inventory.stock.replenished": {
        const millis = soldOut.end(event.payload.skuId, event.timestamp.epochMilliseconds)
        if (millis !== undefined) times.observe(millis / 1_000)
        break
      }
      case "ordering.order.rejected":
      case "ordering.order.payment.late":
        short(event.payload.short)
        break
      default:
    }
  }

  return (changes, results) => {
    const holdOf = holdsOf(changes)
    for (const event of changes.events) count(event, holdOf)
    for (const result of results) {
      if (result._tag === "Refused" && result.refusal._tag === "InsufficientStock") {
        short(result.refusal.lines)
      }
    }
  }
}

/** The units that a hold keeps more than before. */
const grown = ({ previousQuantity, quantity }: Payload<"inventory.reservation.resized">): number =>
  Math.max(0, quantity - previousQuantity)
