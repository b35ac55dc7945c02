/**
 * Decisions that change what is physically there: receive, ship, return, adjust, count, transfer.
 * Promised units are not for others: shipping takes what is unpromised, and a lower total that
 * would break promises is refused, takes the newest holds back, or is accepted, as the caller says.
 */
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import {
  isDerivedFrom,
  type LocationId,
  type OrderId,
  type SkuId,
  transferIdOf
} from "../../kernel/Identifier.ts"
import type { StockChanged } from "../messages/InventoryAnswer.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { Once } from "../messages/MovementCommands.ts"
import type { Location } from "../state/Location.ts"
import * as Reservation from "../state/Reservation.ts"
import { totalMax } from "../state/Sku.ts"
import * as SkuStock from "../state/SkuStock.ts"
import { openHoldsMax } from "../state/StockBook.ts"
import * as StockLevel from "../state/StockLevel.ts"
import { levelStatuses } from "../state/StockStatus.ts"
import { freeLapsed, freeLapsedUntil, lapsedQuantity, roomOf, withoutLapsed } from "./capacity.ts"
import type { Draft, Movement } from "./Draft.ts"
import { movementOf } from "./evolve.ts"
import { type Decided, findPlace, findSku, inUse, takesStock } from "./lookups.ts"

/**
 * Refuses a reference that is for one booking only, when the SKU was booked under it by a movement
 * of the same kind. What the same command has booked, in other lines of it, is the same booking.
 */
export const takenReference = (
  draft: Draft,
  { onceOnly, reference, skuId, type }: Once
): InventoryRefusal | undefined => {
  if (onceOnly !== true || reference === undefined || reference === null) return undefined
  const first = draft.bookedUnder(reference, skuId, type)
  if (first === undefined || isDerivedFrom(draft.origin.commandId, first.id)) return undefined
  return {
    _tag: "ReferenceTaken",
    skuId,
    reference,
    movementType: type,
    movementId: first.id,
    locationId: first.locationId,
    quantity: first.quantity,
    bookedAt: first.createdAt
  }
}

/** How far a caller's clock may be ahead of the store's, in milliseconds: 5 minutes. */
const skewMillisMax = 300_000

/** Refuses an `occurredAt` that is later than now, apart from the skew of clocks. */
export const fromFuture = (command: object, now: DateTime.Utc): InventoryRefusal | undefined => {
  const { occurredAt: at }: Pick<Notes, "occurredAt"> = command
  if (at === undefined || at === null) return undefined
  if (at.epochMilliseconds <= now.epochMilliseconds + skewMillisMax) return undefined
  const message = `must not be in the future: it is ${DateTime.formatIso(now)}`
  return { _tag: "InvalidInput", issues: [{ path: "occurredAt", message }] }
}

type Notes = Pick<Movement, "reference" | "reason" | "actor" | "occurredAt">
type Holds = ReadonlyArray<Reservation.Reservation>

/** The movements, levels and released holds of a draft so far. */
const outcome = (
  draft: Draft,
  skuId: SkuId,
  locationIds: ReadonlyArray<LocationId>,
  released: Holds = []
): StockChanged => {
  const stock = draft.stock(skuId)
  const levels = (stock?.levels ?? []).map((level) => ({
    level,
    lapsedQuantity: lapsedQuantity(draft, level),
    isPromising: draft.isPromising(level)
  }))
  const statuses = stock === undefined ? [] : levelStatuses(stock.sku, levels)
  return {
    movements: draft.events.flatMap((event) => movementOf(event) ?? []),
    levels: locationIds.flatMap((id) => statuses.find(({ locationId }) => locationId === id) ?? []),
    released: released.map((hold) => draft.reservation(hold.id) ?? hold)
  }
}

const totalAt = (stock: SkuStock.SkuStock, locationId: LocationId): number =>
  SkuStock.levelAt(stock, locationId)?.totalQuantity ?? 0

const addStock = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  locationId: LocationId,
  movement: Movement
): Decided<StockChanged> => {
  const skuId = stock.sku.id
  if (SkuStock.totalQuantity(stock) + movement.quantity > totalMax(stock.sku)) {
    return Result.fail({ _tag: "BalanceOutOfRange", skuId, locationId })
  }
  draft.moveStock(skuId, locationId, movement)
  return Result.succeed(outcome(draft, skuId, [locationId]))
}

/** Goods came in. */
export const receiveStock = (
  draft: Draft,
  command: CommandOf<"ReceiveStock">
): Decided<StockChanged> =>
  Result.flatMap(findPlace(draft, command.skuId, command.locationId), ({ location, stock }) =>
    Result.flatMap(takesStock(location), () =>
      addStock(draft, stock, location.id, {
        ...notesOf(command),
        type: "RECEIPT",
        quantity: command.quantity
      })
    )
  )

/** Goods came back, and no more of an order than it got. */
export const returnStock = (
  draft: Draft,
  command: CommandOf<"ReturnStock">
): Decided<StockChanged> =>
  Result.gen(function* () {
    const { locationId, orderId, quantity, skuId } = command
    const { location, stock } = yield* findPlace(draft, skuId, locationId)
    yield* takesStock(location)
    if (orderId !== undefined) yield* fitsOrder(draft, orderId, skuId, quantity)
    const movement = { ...notesOf(command), type: "RETURN" as const, quantity, orderId }
    return yield* addStock(draft, stock, location.id, movement)
  })

const fitsOrder = (
  draft: Draft,
  orderId: OrderId,
  skuId: SkuId,
  requested: number
): Decided<void> => {
  const { fulfilledQuantity, returnedQuantity } = draft.returnsOf(orderId, skuId)
  return requested <= fulfilledQuantity - returnedQuantity
    ? Result.succeed(undefined)
    : Result.fail({
        _tag: "ReturnExceedsOrder",
        orderId,
        skuId,
        requested,
        fulfilledQuantity,
        returnedQuantity
      })
}

const notesOf = (command: Notes): Notes => ({
  reference: command.reference,
  reason: command.reason,
  actor: command.actor,
  occurredAt: command.occurredAt
})

/** Whether a command carries something that only a movement keeps. */
const hasNotes = (command: Notes): boolean =>
  Object.values(notesOf(command)).some((note) => note !== undefined && note !== null)

/** Takes unpromised units out of a level; lapsed holds give way as far as they must. */
const takeOut = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  locationId: LocationId,
  movement: Movement
): Decided<void> => {
  const skuId = stock.sku.id
  const requested = -movement.quantity
  const level = SkuStock.levelAt(stock, locationId)
  const unpromised = level === undefined ? 0 : level.totalQuantity - level.reservedQuantity
  const lapsed = level === undefined ? 0 : lapsedQuantity(draft, level)
  const removable = Math.max(0, Math.min(unpromised + lapsed, level?.totalQuantity ?? 0))
  if (level === undefined || requested > removable) {
    return Result.fail({ _tag: "InsufficientOnHand", skuId, locationId, requested, removable })
  }
  if (requested > unpromised) freeLapsed(draft, level, requested - unpromised)
  draft.moveStock(skuId, locationId, movement)
  return Result.succeed(undefined)
}

/** Goods left without a reservation: at most what is on hand and promised to nobody. */
export const shipStock = (draft: Draft, command: CommandOf<"ShipStock">): Decided<StockChanged> =>
  Result.flatMap(findPlace(draft, command.skuId, command.locationId), ({ location, stock }) =>
    Result.map(
      takeOut(draft, stock, location.id, {
        ...notesOf(command),
        type: "SHIPMENT",
        quantity: -command.quantity
      }),
      () => outcome(draft, command.skuId, [location.id])
    )
  )

/**
 * The location of a correction. Any location takes a lower total; only an active one takes a
 * higher.
 */
const takesCorrection = (location: Location, quantity: number): Decided<Location> =>
  quantity > 0 ? takesStock(location) : Result.succeed(location)

/** Corrects the total by a signed quantity. */
export const adjustStock = (
  draft: Draft,
  command: CommandOf<"AdjustStock">
): Decided<StockChanged> =>
  Result.flatMap(findPlace(draft, command.skuId, command.locationId), ({ location, stock }) => {
    const open = takesCorrection(location, command.quantity)
    if (Result.isFailure(open)) return Result.fail(open.failure)
    const requested = -command.quantity
    const removable = totalAt(stock, location.id)
    if (requested > removable) {
      const { skuId } = command
      const locationId = location.id
      return Result.fail({ _tag: "InsufficientOnHand", skuId, locationId, requested, removable })
    }
    return correctTotal(draft, stock, location.id, command.quantity, command)
  })

/** Sets the total to what was counted; with an expectation, only from that total. */
export const countStock = (draft: Draft, command: CommandOf<"CountStock">): Decided<StockChanged> =>
  Result.flatMap(findPlace(draft, command.skuId, command.locationId), ({ location, stock }) => {
    const actual = totalAt(stock, location.id)
    const change = command.countedQuantity - actual
    const open = takesCorrection(location, change)
    if (Result.isFailure(open)) return Result.fail(open.failure)
    const expected = command.expectedQuantity
    if (expected !== undefined && expected !== actual) {
      const field = "expectedQuantity"
      return Result.fail({ _tag: "StaleExpectation", field, expected, actual })
    }
    const how = { ...command, reason: command.reason ?? "stock count" }
    if (change === 0 && hasNotes(command) && SkuStock.levelAt(stock, location.id) !== undefined) {
      draft.moveStock(command.skuId, location.id, {
        ...notesOf(how),
        type: "ADJUSTMENT",
        quantity: 0
      })
    }
    return correctTotal(draft, stock, location.id, change, how)
  })

type OnShortfall = Notes & Pick<CommandOf<"CountStock">, "onShortfall" | "includeConfirmed">

/** Changes a total by a correction, treating broken promises as the caller says. */
const correctTotal = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  locationId: LocationId,
  quantity: number,
  how: OnShortfall
): Decided<StockChanged> => {
  const movement: Movement = { ...notesOf(how), type: "ADJUSTMENT", quantity }
  if (quantity === 0) return Result.succeed(outcome(draft, stock.sku.id, [locationId]))
  const level = SkuStock.levelAt(stock, locationId)
  if (quantity > 0 || level === undefined) return addStock(draft, stock, locationId, movement)
  return lowerTotal(draft, stock, level, movement, how)
}

/**
 * Lowers a total. Units that are then promised beyond stock and policy, and were not before, are
 * missing. The command chooses: refuse, take back the newest holds, or accept the shortfall. Lapsed
 * holds expire as far as they must and cause no shortfall.
 */
const lowerTotal = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  level: StockLevel.StockLevel,
  movement: Movement,
  how: OnShortfall
): Decided<StockChanged> => {
  const { locationId, skuId } = level
  const { shortfall } = roomOf(draft, stock)
  const promisedMax = Math.max(stock.sku.backorderLimit, shortfall)
  const missing =
    shortfall + shortfallGrowth(withoutLapsed(draft, level), movement.quantity) - promisedMax
  const promisedByRows = () => {
    const now = draft.stock(skuId) ?? stock
    const { shortfall } = SkuStock.room(now, draft.isPromising)
    return (
      shortfall + shortfallGrowth(SkuStock.levelAt(now, locationId) ?? level, movement.quantity)
    )
  }
  if (shortfallGrowth(level, movement.quantity) > 0) {
    freeLapsedUntil(draft, level, () => promisedByRows() <= promisedMax + Math.max(0, missing))
  }
  if (missing <= 0 || how.onShortfall === "ACCEPT") {
    draft.moveStock(skuId, locationId, { ...movement, shortfallAccepted: missing > 0 })
    return Result.succeed(outcome(draft, skuId, [locationId]))
  }
  const holds = draft
    .openHoldsAt(skuId, locationId)
    .slice(0, openHoldsMax)
    .filter((hold) => !Reservation.isLapsed(hold, draft.now))
  const released = how.onShortfall === "RELEASE_NEWEST" ? newestOf(holds, missing, how) : undefined
  if (released === undefined) return Result.fail(refuseForPromises(draft, level, missing, holds))
  // The total moves first: freeing a hold while its goods still count would free nothing.
  draft.moveStock(skuId, locationId, movement)
  for (const hold of released) draft.free(hold, "SHORTFALL")
  return Result.succeed(outcome(draft, skuId, [locationId], released))
}

/** How many units the shortfall of a level grows by when its total changes. */
const shortfallGrowth = (level: StockLevel.StockLevel, quantity: number): number =>
  StockLevel.shortfall({ ...level, totalQuantity: level.totalQuantity + quantity }) -
  StockLevel.shortfall(level)

/**
 * The newest holds that together keep the missing units, or undefined when there are too few. What
 * is paid comes last; among what is, and what is not, holds of bundles do, since the rest of a bundle
 * is lost with a part of it.
 */
const newestOf = (holds: Holds, missing: number, how: OnShortfall): Holds | undefined => {
  const released: Array<Reservation.Reservation> = []
  let freed = 0
  const worth = ({ bundle, status }: Reservation.Reservation) =>
    (status === "CONFIRMED" ? 2 : 0) + (bundle ? 1 : 0)
  for (const hold of holds.toSorted((one, other) => worth(one) - worth(other))) {
    if (freed >= missing) break
    if (hold.status === "CONFIRMED" && how.includeConfirmed !== true) continue
    freed += Reservation.heldQuantity(hold)
    released.push(hold)
  }
  return freed < missing ? undefined : released
}

/** Holds that a refusal lists. */
const listedMax = 100

const refuseForPromises = (
  draft: Draft,
  level: StockLevel.StockLevel,
  missing: number,
  holds: Holds
): InventoryRefusal => {
  const listed = holds.slice(0, listedMax).map((hold) => ({
    reservationId: hold.id,
    orderId: hold.orderId,
    status: hold.status,
    quantity: Reservation.heldQuantity(hold)
  }))
  const stock = draft.stock(level.skuId)
  const now = (stock && SkuStock.levelAt(stock, level.locationId)) ?? level
  const held = withoutLapsed(draft, now).reservedQuantity
  return {
    _tag: "PromisesInTheWay",
    skuId: level.skuId,
    locationId: level.locationId,
    shortfallQuantity: missing,
    holds: listed,
    unlistedQuantity: held - listed.reduce((sum, { quantity }) => sum + quantity, 0)
  }
}

/** Where a transfer goes from and to, or every location of it that is unknown. */
const findRoute = (
  draft: Draft,
  { fromLocationId, toLocationId }: CommandOf<"TransferStock">
): Decided<{ readonly from: Location; readonly to: Location }> => {
  const from = draft.location(fromLocationId)
  const to = draft.location(toLocationId)
  if (from !== undefined && to !== undefined) return Result.succeed({ from, to })
  const locationIds = [fromLocationId, toLocationId].filter(
    (id) => draft.location(id) === undefined
  )
  return Result.fail({ _tag: "LocationNotFound", locationIds })
}

/** Moves unpromised units from one location to another: two movements that share an id. */
export const transferStock = (
  draft: Draft,
  command: CommandOf<"TransferStock">
): Decided<StockChanged> =>
  Result.gen(function* () {
    const { quantity, skuId } = command
    const stock = yield* findSku(draft, skuId)
    const { from, to } = yield* findRoute(draft, command)
    yield* inUse(stock)
    yield* takesStock(to)
    const transferId = command.transferId ?? transferIdOf(draft.origin.commandId)
    const leg = { ...notesOf(command), transferId }
    yield* takeOut(draft, stock, from.id, { ...leg, type: "TRANSFER_OUT", quantity: -quantity })
    draft.moveStock(skuId, to.id, { ...leg, type: "TRANSFER_IN", quantity })
    return outcome(draft, skuId, [from.id, to.id])
  })
