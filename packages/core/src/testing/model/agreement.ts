/**
 * Compares the engine with the reference model: the same refusal to the last number, or the same
 * holds in the answer, and then the same holds, totals and figures everywhere.
 */
import type { InventoryAnswer, StockChanged } from "../../inventory/messages/InventoryAnswer.ts"
import type { InventoryRefusal, RefusedLine } from "../../inventory/messages/InventoryError.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { LevelStatus } from "../../inventory/state/StockStatus.ts"
import type { LocationId, SkuId } from "../../kernel/Identifier.ts"
import type { GivenStock } from "../given.ts"
import { must } from "../invariants/invariants.ts"
import type { StoryRequest } from "../story/telling.ts"
import type { ModelHold, ModelStock } from "./ModelStock.ts"
import type { Prediction, ReferenceModel } from "./ReferenceModel.ts"

/** Whether a request had the predicted outcome. The model then goes on from there. */
export const checkAgreement = (
  model: ReferenceModel,
  prediction: Prediction,
  { outcome, request }: StoryRequest,
  stock: GivenStock,
  before: ReadonlyMap<string, Reservation.Reservation>
): void => {
  const { command } = request
  if (outcome._tag === "Defect") throw outcome.defect
  if (prediction._tag === "Refused") {
    const seen = outcome._tag === "Refused" ? comparable(outcome.refusal) : outcome._tag
    same("refusal", seen, prediction.refusal)
    return
  }
  must(
    outcome._tag === "Answered",
    () => `${JSON.stringify(outcome)}, but the model takes ${JSON.stringify(command)}`
  )
  if (outcome._tag !== "Answered") return
  const { answer } = outcome
  const holds = holdsOf(answer)
  model.accept(
    prediction,
    holds.map((hold) => hold.id)
  )
  const after = model.stock
  same(
    "holds of the answer",
    holds.map((hold) => hold.id),
    idsOf(after, prediction.holds, holds)
  )
  checkHolds(stock, after)
  checkOrders(stock, after)
  checkFigures(stock, after)
  if ("refused" in answer) {
    const refused = answer.lines.flatMap((line) => (line._tag === "Refused" ? [bare(line)] : []))
    same("refused lines", refused, prediction.refused)
    same("number of refused lines", answer.refused, refused.length)
  }
  if ("movements" in answer) checkLevels(answer, after)
  if (command._tag === "ExpireReservations" && "expired" in answer) {
    const lapsed = [...new Set(command.reservationIds)].filter((id) => {
      const hold = before.get(id)
      return hold !== undefined && Reservation.isLapsed(hold, stock.now)
    })
    same("number of expired holds", answer.expired, lapsed.length)
  }
}

/** A refused line without its words for people. */
const bare = ({ line, refusal }: RefusedLine): unknown => ({ line, refusal: comparable(refusal) })

/** A refusal without what the model cannot know: words, the id of a movement, and its instant. */
const comparable = (refusal: InventoryRefusal): unknown => {
  if (refusal._tag === "LinesRefused") return { ...refusal, lines: refusal.lines.map(bare) }
  if (refusal._tag !== "ReferenceTaken") return refusal
  const { bookedAt: _at, movementId: _id, ...known } = refusal
  return known
}

/** The holds in an answer. */
const holdsOf = (answer: InventoryAnswer): ReadonlyArray<Reservation.Reservation> => {
  if ("movements" in answer) return answer.released
  if ("refused" in answer) {
    return answer.lines.flatMap((line) => (line._tag === "Changed" ? line.released : []))
  }
  if ("_tag" in answer) return "reservations" in answer ? answer.reservations : []
  if ("orderId" in answer) return [answer]
  return Array.isArray(answer) ? answer : []
}

/** The ids that the holds of the answer should have. The engine chooses the ids of new holds. */
const idsOf = (
  after: ModelStock,
  predicted: ReadonlyArray<ModelHold>,
  answered: ReadonlyArray<Reservation.Reservation>
): ReadonlyArray<string | undefined> =>
  predicted.map((hold, index) => {
    if (hold.id !== "") return hold.id
    const made = after.holds.filter((it) => it.id === answered[index]?.id)
    return made.length === 1 ? made[0]?.id : undefined
  })

const same = (what: string, engine: unknown, model: unknown): void => {
  const [left, right] = [canonical(engine), canonical(model)]
  must(left === right, () => `${what}: the engine says ${left}, the model ${right}`)
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, field) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field
  ) ?? "nothing"

/** Every hold, in the order in which they were made. */
const checkHolds = ({ now, rows }: GivenStock, model: ModelStock): void => {
  const holds = [...rows.reservations.values()]
  same("number of holds", holds.length, model.holds.length)
  for (const hold of model.holds) {
    const row = rows.reservations.get(hold.id)
    if (row === undefined) throw new Error(`the engine has no hold ${JSON.stringify(hold)}`)
    const isLapsed = Reservation.isLapsed(row, now)
    same(
      `hold ${hold.id}`,
      {
        orderId: row.orderId,
        lineId: row.lineId,
        skuId: row.skuId,
        locationId: row.locationId,
        quantity: row.quantity,
        shipped: row.fulfilledQuantity,
        status: isLapsed ? "EXPIRED" : row.status,
        expiresAt: row.expiresAt?.epochMilliseconds ?? null,
        replaces: row.replaces,
        end: row.releaseReason,
        ownerId: row.ownerId ?? null,
        bundle: row.bundle ?? null
      },
      {
        orderId: hold.orderId,
        lineId: hold.lineId,
        skuId: hold.skuId,
        locationId: hold.locationId,
        quantity: hold.quantity,
        shipped: hold.shipped,
        status: hold.status,
        expiresAt: hold.expiresAt,
        replaces: hold.replaces,
        end: endOf(model, hold),
        ownerId: hold.ownerId,
        bundle: hold.bundle
          ? {
              bundleId: model.bundleIdOf(hold.bundle),
              optionId: hold.bundle.optionId,
              perBundle: hold.bundle.per
            }
          : null
      }
    )
  }
}

/** The state of every placed order. */
const checkOrders = ({ rows }: GivenStock, model: ModelStock): void => {
  const orders = [...rows.placedOrders.values()].map(
    ({ orderId, ownerId, short, status, version }) => [orderId, { status, version, ownerId, short }]
  )
  same("placed orders", orders, [...model.orders])
}

/** The reason that a hold without units should have. A lapse alone has none. */
const endOf = (model: ModelStock, hold: ModelHold): string | null => {
  if (model.inPlaceOf(hold) !== undefined) return "REACQUIRED"
  return hold.reason === "EXPIRED" ? null : hold.reason
}

/**
 * The units at each place and what may be promised: of each SKU, and at each place that ever had
 * it.
 */
const checkFigures = (stock: GivenStock, model: ModelStock): void => {
  const { rows } = stock
  same("SKUs", [...rows.stocks.keys()], [...model.skus.keys()])
  for (const sku of model.skus.values()) {
    const { archivedAt, backorderLimit, code, id, safetyStock } = stock.stock(sku.id).sku
    same("SKU", { id, code, backorderLimit, safetyStock, isArchived: archivedAt !== null }, sku)
    const status = stock.status(id)
    const places = model.placesOf(id)
    same(`places of ${id}`, Object.keys(status.at).sort(), places.map((it) => it.id).sort())
    for (const place of places) checkLevel(status.at[place.id], model, id, place.id)
    same(
      `figures of ${id}`,
      {
        available: status.availableQuantity,
        inStock: status.inStockQuantity,
        largest: status.largestSingleQuantity
      },
      { available: model.available(id), inStock: model.inStock(id), largest: model.largest(id) }
    )
  }
  for (const { id, isDefault, priority, sellable, active } of rows.locations.values()) {
    same("place", { id, priority, isDefault, sellable, active }, model.places.get(id))
  }
}

const checkLevels = ({ levels }: StockChanged, model: ModelStock): void => {
  for (const level of levels) checkLevel(level, model, level.skuId, level.locationId)
}

const checkLevel = (
  level: LevelStatus | undefined,
  model: ModelStock,
  skuId: SkuId,
  locationId: LocationId
): void => {
  const place = model.places.get(locationId)
  const capacity = place === undefined ? 0 : model.capacity(skuId, place)
  same(
    `figures of ${skuId} at ${locationId}`,
    {
      total: level?.totalQuantity,
      reserved: level?.reservedQuantity,
      available: level?.availableQuantity,
      inStock: level?.inStockQuantity,
      shortfall: level?.shortfallQuantity
    },
    {
      total: model.total(skuId, locationId),
      reserved: model.reserved(skuId, locationId),
      available: capacity,
      inStock: Math.min(capacity, model.inStock(skuId), model.unpromised(skuId, locationId)),
      shortfall: model.deficit(skuId, locationId)
    }
  )
}
