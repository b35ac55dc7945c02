/**
 * How the reference model moves goods: receive, ship, return, adjust, count, transfer. Each changes
 * the given stock, and answers the holds that were taken back, or a refusal. The stock of a refused
 * command is thrown away.
 */
import type { CommandOf } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import type { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { byAge, isOpen, kept, type ModelHold, type ModelStock } from "./ModelStock.ts"

/** The holds that a command is about, as they are after it; or its refusal. */
export type Predicted =
  | { readonly refusal: InventoryRefusal }
  | {
      readonly holds: ReadonlyArray<ModelHold>
      /** The lines of a bulk request that are refused while the others are taken. */
      readonly refused?: ReadonlyArray<{
        readonly line: number
        readonly refusal: InventoryRefusal
      }>
    }

type MovementTag =
  | "ReceiveStock"
  | "ReturnStock"
  | "ShipStock"
  | "AdjustStock"
  | "CountStock"
  | "TransferStock"

/** The refusal of an unknown SKU or place. */
const unknown = (
  stock: ModelStock,
  skuId: SkuId,
  locationIds: ReadonlyArray<LocationId>
): InventoryRefusal | undefined => {
  const sku = stock.skus.get(skuId)
  if (sku === undefined) return { _tag: "SkuNotFound", skuIds: [skuId] }
  const missing = locationIds.filter((id) => !stock.places.has(id))
  if (missing.length > 0) return { _tag: "LocationNotFound", locationIds: missing }
  return sku.isArchived ? { _tag: "SkuArchived", skuIds: [skuId] } : undefined
}

/** The refusal of a place that takes no new stock. */
export const closed = (stock: ModelStock, locationId: LocationId): InventoryRefusal | undefined =>
  stock.places.get(locationId)?.active === false
    ? { _tag: "LocationUnavailable", locationId, reason: "INACTIVE" }
    : undefined

/** The kind of movement of each command, which a reference may be for once. */
const kinds = {
  ReceiveStock: "RECEIPT",
  ReturnStock: "RETURN",
  ShipStock: "SHIPMENT",
  AdjustStock: "ADJUSTMENT",
  CountStock: "ADJUSTMENT",
  TransferStock: "TRANSFER_OUT"
} as const

/**
 * Goods move, and are booked under their reference. A reference that is for one booking is refused
 * when another command than `by` has booked the SKU under it.
 */
export const moveGoods = (
  stock: ModelStock,
  command: CommandOf<MovementTag>,
  by: object = command
): Predicted => {
  const { onceOnly, reference, skuId } = command
  const movementType = kinds[command._tag]
  const name = `${movementType} ${skuId} ${reference}`
  const first = stock.booked.get(name)
  if (
    onceOnly === true &&
    typeof reference === "string" &&
    first !== undefined &&
    first.by !== by
  ) {
    const { locationId, quantity } = first
    const named = { skuId, reference, movementType, locationId, quantity }
    return { refusal: { _tag: "ReferenceTaken", ...named } as InventoryRefusal }
  }
  const locationId =
    command._tag === "TransferStock"
      ? command.fromLocationId
      : (command.locationId ?? stock.defaultPlace.id)
  const before = stock.total(skuId, locationId)
  const hadPlace = stock.totals.get(skuId)?.has(locationId) === true
  const moved = move(stock, command)
  if ("refusal" in moved || typeof reference !== "string" || first !== undefined) return moved
  const quantity = stock.total(skuId, locationId) - before
  if (quantity !== 0 || hadPlace) stock.booked.set(name, { locationId, quantity, by })
  return moved
}

/** Units of an order that may come back: what left for it, less what came back already. */
const returnable = (
  stock: ModelStock,
  { orderId, quantity: requested, skuId }: CommandOf<"ReturnStock">
): InventoryRefusal | undefined => {
  if (orderId === undefined) return undefined
  const fulfilledQuantity = stock.holds
    .filter((hold) => hold.orderId === orderId && hold.skuId === skuId)
    .reduce((units, hold) => units + hold.shipped, 0)
  const returnedQuantity = stock.returned.get(`${orderId} ${skuId}`) ?? 0
  if (returnedQuantity + requested <= fulfilledQuantity) return undefined
  const named = { orderId, skuId, requested, fulfilledQuantity, returnedQuantity }
  return { _tag: "ReturnExceedsOrder", ...named }
}

const move = (stock: ModelStock, command: CommandOf<MovementTag>): Predicted => {
  if (command._tag === "TransferStock") return transfer(stock, command)
  const { skuId } = command
  const locationId = command.locationId ?? stock.defaultPlace.id
  const refusal = unknown(stock, skuId, [locationId])
  if (refusal !== undefined) return { refusal }
  switch (command._tag) {
    case "ReceiveStock": {
      const shut = closed(stock, locationId)
      return shut === undefined
        ? add(stock, skuId, locationId, command.quantity)
        : { refusal: shut }
    }
    case "ReturnStock": {
      const refused = closed(stock, locationId) ?? returnable(stock, command)
      if (refused !== undefined) return { refusal: refused }
      const added = add(stock, skuId, locationId, command.quantity)
      if (command.orderId !== undefined && !("refusal" in added)) {
        const name = `${command.orderId} ${skuId}`
        stock.returned.set(name, (stock.returned.get(name) ?? 0) + command.quantity)
      }
      return added
    }
    case "ShipStock":
      return take(stock, skuId, locationId, command.quantity)
    case "AdjustStock": {
      const removable = stock.total(skuId, locationId)
      const requested = -command.quantity
      const shut = command.quantity > 0 ? closed(stock, locationId) : undefined
      if (shut !== undefined) return { refusal: shut }
      return requested > removable
        ? { refusal: { _tag: "InsufficientOnHand", skuId, locationId, requested, removable } }
        : correct(stock, locationId, command.quantity, command)
    }
    case "CountStock": {
      const actual = stock.total(skuId, locationId)
      const units = command.countedQuantity - actual
      const shut = units > 0 ? closed(stock, locationId) : undefined
      if (shut !== undefined) return { refusal: shut }
      const expected = command.expectedQuantity ?? actual
      return expected === actual
        ? correct(stock, locationId, units, command)
        : { refusal: { _tag: "StaleExpectation", field: "expectedQuantity", expected, actual } }
    }
  }
}

const add = (stock: ModelStock, skuId: SkuId, locationId: LocationId, units: number): Predicted =>
  stock.add(skuId, locationId, units)
    ? { holds: [] }
    : { refusal: { _tag: "BalanceOutOfRange", skuId, locationId } }

/** Units leave without a hold: promised ones never do. */
const take = (
  stock: ModelStock,
  skuId: SkuId,
  locationId: LocationId,
  requested: number
): Predicted => {
  const removable = stock.unpromised(skuId, locationId)
  return requested > removable
    ? { refusal: { _tag: "InsufficientOnHand", skuId, locationId, requested, removable } }
    : add(stock, skuId, locationId, -requested)
}

const transfer = (stock: ModelStock, command: CommandOf<"TransferStock">): Predicted => {
  const { fromLocationId, quantity, skuId, toLocationId } = command
  const refusal =
    unknown(stock, skuId, [fromLocationId, toLocationId]) ?? closed(stock, toLocationId)
  if (refusal !== undefined) return { refusal }
  const left = take(stock, skuId, fromLocationId, quantity)
  return "refusal" in left ? left : add(stock, skuId, toLocationId, quantity)
}

/**
 * Corrects the total of a place. Promises beyond stock, over all places, may not grow past the
 * policy or past what there were. The missing units are refused, taken back, or accepted.
 */
const correct = (
  stock: ModelStock,
  locationId: LocationId,
  units: number,
  { includeConfirmed, onShortfall, skuId }: CommandOf<"AdjustStock" | "CountStock">
): Predicted => {
  if (units === 0) return { holds: [] }
  const before = stock.deficits(skuId)
  const moved = add(stock, skuId, locationId, units)
  if ("refusal" in moved) return moved
  const limit = stock.skus.get(skuId)?.backorderLimit ?? 0
  const missing = Math.max(0, stock.deficits(skuId) - Math.max(before, limit))
  if (missing === 0 || onShortfall === "ACCEPT") return { holds: [] }
  const newestFirst = stock.holds
    .filter((hold) => hold.skuId === skuId && hold.locationId === locationId && isOpen(hold))
    .sort((a, b) => byAge(b, a))
  const isPaid = (hold: ModelHold) => hold.status === "CONFIRMED"
  const worthLast = [false, true].flatMap((paid) =>
    [false, true].flatMap((bundled) =>
      newestFirst.filter((hold) => isPaid(hold) === paid && (hold.bundle !== undefined) === bundled)
    )
  )
  const back: Array<ModelHold> = []
  let freed = 0
  for (const hold of onShortfall === "RELEASE_NEWEST" ? worthLast : []) {
    if (freed >= missing) break
    if (hold.status === "CONFIRMED" && includeConfirmed !== true) continue
    freed += kept(hold)
    back.push(hold)
  }
  if (freed < missing) {
    const holds = newestFirst.slice(0, 100).map((hold) => ({
      reservationId: hold.id,
      orderId: hold.orderId,
      status: hold.status,
      quantity: kept(hold)
    }))
    const unlistedQuantity = newestFirst.slice(100).reduce((sum, hold) => sum + kept(hold), 0)
    const named = { skuId, locationId, shortfallQuantity: missing, holds, unlistedQuantity }
    return { refusal: { _tag: "PromisesInTheWay", ...named } }
  }
  return {
    holds: back.map((hold) => stock.put(hold, { status: "RELEASED", reason: "SHORTFALL" }))
  }
}
