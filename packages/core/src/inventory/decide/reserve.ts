/**
 * The decision to reserve: every line of an order or none. Lines are placed one after another, so
 * lines of one SKU are summed; each line is held whole at one location. The same decision, drafted
 * and dropped, answers an availability check.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { type BundleId, bundleIdOf, type ReservationId } from "../../kernel/Identifier.ts"
import { ttlSecondsDefault } from "../../kernel/Quantity.ts"
import { orderLinesMax } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { SkuCommandOf, SkuLine } from "../messages/SkuCommand.ts"
import type { Bundle } from "../state/Bundle.ts"
import * as Location from "../state/Location.ts"
import * as Reservation from "../state/Reservation.ts"
import * as Room from "../state/Room.ts"
import { type ShortLine, shortOption } from "../state/ShortLine.ts"
import * as SkuStock from "../state/SkuStock.ts"
import * as StockLevel from "../state/StockLevel.ts"
import { clearRoom, makeRoom, roomOf, withoutLapsed } from "./capacity.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, wholeOrder } from "./lookups.ts"

type Hold = Reservation.Reservation

/** The instant at which a hold of `ttl` seconds, made now, lapses. */
export const expiryOf = (draft: Draft, ttlSeconds: number | undefined): DateTime.Utc =>
  draft.instantAfter(ttlSeconds ?? ttlSecondsDefault)

/** Holds every line of an order, or none; with `replace`, in place of its pending holds. */
export const reserveStock = (
  draft: Draft,
  command: SkuCommandOf<"ReserveStock">
): Decided<ReadonlyArray<Hold>> => {
  const refusal = namesSkusOnly(draft, command.lines)
    ? undefined
    : findRefusal(draft, command.lines)
  if (refusal !== undefined) return Result.fail(refusal)
  const lines = (draft.lineCountOf(command.orderId) ?? 0) + command.lines.length
  if (lines > orderLinesMax && command.replace !== true) {
    return Result.fail({ _tag: "OrderTooLarge", orderId: command.orderId, lines, orderLinesMax })
  }
  const expiresAt = expiryOf(draft, command.ttl)
  const kept = command.replace === true ? replaceHolds(draft, command, expiresAt) : noneKept
  if (Result.isFailure(kept)) return Result.fail(kept.failure)
  const order = orderOf(draft, command)
  const holds: Array<Hold> = []
  const shortLines: Array<ShortLine> = []
  const bundleIds = new Map<number | undefined, BundleId>()
  for (const [index, line] of command.lines.entries()) {
    const stays = kept.success.get(index)
    const bundleId = line.option === undefined ? undefined : bundleIds.get(line.line)
    const hold =
      stays === undefined
        ? placeLine(draft, order, line, expiresAt, bundleOf(line, bundleId))
        : (growHold(draft, stays, line.quantity, expiresAt) ??
          moveHold(draft, stays, line, expiresAt))
    if (hold === undefined) shortLines.push(shortLine(draft, line, index))
    else holds.push(hold)
    if (hold?.bundle !== undefined) bundleIds.set(line.line, hold.bundle.bundleId)
  }
  return shortLines.length > 0
    ? Result.fail({ _tag: "InsufficientStock", lines: shortLines })
    : Result.succeed(holds)
}

/** An order, and whose its new holds are. */
type OwnedOrder = Pick<Hold, "orderId" | "ownerId">

/**
 * The order of new holds, and whose they are: nobody's, unless somebody is named; and then whose the order is, if that
 * was asked, or else who is named. What else is asked in a batch makes no difference to those that name nobody.
 */
export const orderOf = (
  draft: Draft,
  { orderId, ownerId: named }: Pick<SkuCommandOf<"ReserveStock">, "orderId" | "ownerId">
): OwnedOrder => {
  if (named === undefined) return { orderId }
  const known = draft.ownerOf(orderId)
  const ownerId = known === undefined || known === null ? named : (known.ownerId ?? undefined)
  return ownerId === undefined ? { orderId } : { orderId, ownerId }
}

/** The bundle of a line's new hold, which is a new one without the id; none for a line of a SKU. */
type NewBundle = Omit<Bundle, "bundleId"> & { readonly bundleId?: BundleId }

const bundleOf = ({ option }: SkuLine, bundleId: BundleId | undefined): NewBundle | undefined =>
  bundleId === undefined ? option : option && { ...option, bundleId }

const madeFor = ({ bundleId, optionId, perBundle }: NewBundle, firstId: ReservationId): Bundle => ({
  bundleId: bundleId ?? bundleIdOf(firstId),
  optionId,
  perBundle
})

const noneKept: Decided<ReadonlyMap<number, Hold>> = Result.succeed(new Map())

/** Whether the lines name nothing but SKUs in use. Most do, and then nothing else is looked up. */
const namesSkusOnly = (draft: Draft, lines: ReadonlyArray<SkuLine>): boolean => {
  for (const line of lines) {
    if (line.locationId !== undefined || line.reservationId !== undefined) return false
    if (draft.stock(line.skuId)?.sku.archivedAt !== null) return false
  }
  return true
}

/** The first refusal that does not depend on quantities, naming all that it applies to. */
const findRefusal = (draft: Draft, lines: ReadonlyArray<SkuLine>): InventoryRefusal | undefined => {
  const skuIds = [...new Set(lines.map((line) => line.skuId))]
  const unknown = skuIds.filter((id) => draft.stock(id) === undefined)
  if (unknown.length > 0) return { _tag: "SkuNotFound", skuIds: unknown }
  const named = [...new Set(lines.flatMap((line) => line.locationId ?? []))]
  const missing = named.filter((id) => draft.location(id) === undefined)
  if (missing.length > 0) return { _tag: "LocationNotFound", locationIds: missing }
  const given = new Set<ReservationId>()
  for (const { reservationId } of lines) {
    if (reservationId === undefined) continue
    if (given.has(reservationId) || draft.reservation(reservationId) !== undefined) {
      return { _tag: "IdTaken", kind: "reservation", id: reservationId }
    }
    given.add(reservationId)
  }
  const archived = skuIds.filter((id) => draft.stock(id)?.sku.archivedAt !== null)
  if (archived.length > 0) return { _tag: "SkuArchived", skuIds: archived }
  for (const locationId of named) {
    const location = draft.location(locationId)
    if (location !== undefined && !Location.isPromising(location)) {
      const reason = location.active ? "NOT_SELLABLE" : "INACTIVE"
      return { _tag: "LocationUnavailable", locationId, reason }
    }
  }
  return undefined
}

/**
 * Frees the order's pending holds except those that a line keeps, and ends the loss of the order's
 * lost holds, because the new lines replace the whole cart. Returns the kept holds, by line.
 */
const replaceHolds = (
  draft: Draft,
  command: SkuCommandOf<"ReserveStock">,
  expiresAt: DateTime.Utc
): Decided<ReadonlyMap<number, Hold>> =>
  Result.flatMap(wholeOrder(draft, command.orderId), (holds) => {
    if (holds.some(Reservation.isPaid)) {
      return Result.fail({ _tag: "OrderAlreadyConfirmed", orderId: command.orderId })
    }
    const pending = new Set<Hold>(holds.filter(Reservation.isPending))
    const kept = keptBundles(draft, command.lines, holds)
    for (const hold of kept.values()) pending.delete(hold)
    for (const [index, line] of command.lines.entries()) {
      if (line.option !== undefined) continue
      for (const hold of pending) {
        if (!staysAs(hold, line) || Reservation.isLapsed(hold, draft.now)) continue
        pending.delete(hold)
        kept.set(index, hold)
        break
      }
    }
    const gone = holds.filter((hold) => pending.has(hold) || Reservation.isLost(hold))
    for (const hold of gone) draft.free(hold, "REPLACED")
    for (const [index, hold] of kept) {
      const quantity = command.lines[index]?.quantity ?? hold.quantity
      if (quantity < hold.quantity) kept.set(index, draft.resize(hold, quantity, expiresAt))
    }
    return Result.succeed(kept)
  })

/**
 * The holds of the bundles that stay when other lines take the place of a cart, by the index of the
 * line that each stays for. A bundle stays as a whole, and only when a line names its option and the
 * option still maps as it did when the bundle was made.
 */
const keptBundles = (
  draft: Draft,
  lines: ReadonlyArray<SkuLine>,
  cart: ReadonlyArray<Hold>
): Map<number, Hold> => {
  const kept = new Map<number, Hold>()
  const bundles = new Map<BundleId, Array<Hold>>()
  for (const hold of cart) {
    if (hold.bundle === undefined || !Reservation.isLine(hold)) continue
    const { bundleId } = hold.bundle
    bundles.set(bundleId, [...(bundles.get(bundleId) ?? []), hold])
  }
  if (bundles.size === 0) return kept
  const asked = Map.groupBy(lines.entries(), ([, line]) => line.option && line.line)
  for (const [place, parts] of asked) {
    if (place === undefined) continue
    for (const [bundleId, holds] of bundles) {
      const pairs = pairsOf(draft, parts, holds)
      if (pairs === undefined) continue
      bundles.delete(bundleId)
      for (const [index, hold] of pairs) kept.set(index, hold)
      break
    }
  }
  return kept
}

/** The hold of each line, when the holds are all that the lines are, and no more. */
const pairsOf = (
  draft: Draft,
  parts: ReadonlyArray<[index: number, line: SkuLine]>,
  holds: ReadonlyArray<Hold>
): ReadonlyArray<readonly [number, Hold]> | undefined => {
  if (parts.length !== holds.length) return undefined
  const pairs = parts.flatMap(([index, line]) => {
    const hold = holds.find((it) => it.skuId === line.skuId)
    return hold !== undefined && isPartOf(draft, hold, line) ? [[index, hold] as const] : []
  })
  return pairs.length === parts.length ? pairs : undefined
}

const isPartOf = (draft: Draft, hold: Hold, line: SkuLine): boolean =>
  Reservation.isPending(hold) &&
  !Reservation.isLapsed(hold, draft.now) &&
  hold.bundle?.optionId === line.option?.optionId &&
  hold.bundle?.perBundle === line.option?.perBundle &&
  hold.lineId === (line.lineId ?? null) &&
  (line.locationId === undefined || line.locationId === hold.locationId)

/** Whether a pending hold is the one that a line speaks of: by line id, or SKU and location. */
const staysAs = (hold: Hold, line: SkuLine): boolean =>
  hold.skuId === line.skuId &&
  hold.bundle === undefined &&
  (line.locationId === undefined || line.locationId === hold.locationId) &&
  (line.lineId === undefined ? hold.lineId === null : hold.lineId === line.lineId)

/** A kept hold with the line's quantity, or undefined when its level has too little. */
const growHold = (
  draft: Draft,
  hold: Hold,
  quantity: number,
  expiresAt: DateTime.Utc
): Hold | undefined => {
  if (quantity > hold.quantity && !makeMoreRoom(draft, hold, quantity)) return undefined
  if (quantity !== hold.quantity) return draft.resize(hold, quantity, expiresAt)
  return hold.expiresAt?.epochMilliseconds === expiresAt.epochMilliseconds
    ? hold
    : draft.extend(hold, expiresAt)
}

/** Holds a line elsewhere when its kept hold cannot grow where it is. The old hold gives way. */
const moveHold = (
  draft: Draft,
  hold: Hold,
  line: SkuLine,
  expiresAt: DateTime.Utc
): Hold | undefined => {
  draft.free(hold, "REPLACED")
  return placeLine(draft, hold, line, expiresAt, hold.bundle)
}

/** Makes room for a hold to have `quantity` units where it is, if new promises are made there. */
export const makeMoreRoom = (draft: Draft, hold: Hold, quantity: number): boolean => {
  const location = draft.location(hold.locationId)
  return (
    location !== undefined &&
    Location.isPromising(location) &&
    makeRoom(draft, hold, quantity - hold.quantity)
  )
}

/** A new hold for a line where the whole of it fits, or undefined. */
export const placeLine = (
  draft: Draft,
  { orderId, ownerId }: OwnedOrder,
  line: SkuLine,
  expiresAt: DateTime.Utc | null,
  bundle?: NewBundle | undefined,
  replaces: ReservationId | null = null
): Hold | undefined => {
  const stock = draft.stock(line.skuId)
  if (stock === undefined) return undefined
  const level = firstByRows(draft, stock, line) ?? placeFor(draft, stock, line)
  if (level === undefined) return undefined
  const reservationId = line.reservationId ?? draft.nextReservationId(line.skuId)
  return draft.holdStock({
    reservationId,
    orderId,
    lineId: line.lineId ?? null,
    skuId: line.skuId,
    locationId: level.locationId,
    quantity: line.quantity,
    expiresAt,
    replaces,
    ...(bundle && { bundle: madeFor(bundle, reservationId) }),
    ...(ownerId === undefined ? undefined : { ownerId })
  })
}

/** The first level of a line, when its rows alone show the whole line on hand there. */
const firstByRows = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  { locationId, quantity }: SkuLine
): StockLevel.StockLevel | undefined => {
  for (const level of stock.levels) {
    if (locationId !== undefined && level.locationId !== locationId) continue
    if (!draft.isPromising(level)) continue
    const isOnHand =
      StockLevel.unpromised(level) >= quantity &&
      SkuStock.room(stock, draft.isPromising).headroom >= quantity
    return isOnHand ? level : undefined
  }
  return undefined
}

/**
 * Where a line is placed, lapsed holds aside: at the first place by priority that has the whole
 * line on hand, or else at the first place that may promise it. One pass would take a backorder at
 * an early place while the goods lie at a later one.
 */
const placeFor = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  line: SkuLine
): StockLevel.StockLevel | undefined => {
  const { quantity } = line
  const room = roomOf(draft, stock)
  if (room.headroom < quantity) return undefined
  const levels = levelsFor(draft, stock, line)
  const current = (level: StockLevel.StockLevel) => withoutLapsed(draft, level)
  const level =
    levels.find((level) => StockLevel.unpromised(current(level)) >= quantity) ??
    levels.find((level) => Room.availableAt(room, stock.sku, current(level)) >= quantity)
  if (level !== undefined) clearRoom(draft, level, quantity)
  return level
}

/** The levels that a line may be placed at, in the order in which they are tried. */
const levelsFor = (
  draft: Draft,
  stock: SkuStock.SkuStock,
  line: Pick<SkuLine, "locationId">
): ReadonlyArray<StockLevel.StockLevel> =>
  stock.levels.filter(
    (level) =>
      (line.locationId === undefined || level.locationId === line.locationId) &&
      draft.isPromising(level)
  )

/** The most units that one location could give a line now, never below zero. */
export const largestRoom = (draft: Draft, line: Pick<SkuLine, "skuId" | "locationId">): number => {
  const stock = draft.stock(line.skuId)
  if (stock === undefined) return 0
  const room = roomOf(draft, stock)
  return levelsFor(draft, stock, line).reduce(
    (largest, level) =>
      Math.max(largest, Room.availableAt(room, stock.sku, withoutLapsed(draft, level))),
    0
  )
}

/** What a short line asked for, and the most that one location could give it now. */
const shortLine = (draft: Draft, line: SkuLine, index: number): ShortLine => ({
  line: line.line ?? index,
  lineId: line.lineId ?? null,
  skuId: line.skuId,
  locationId: line.locationId ?? null,
  requested: line.quantity,
  available: largestRoom(draft, line),
  ...shortOption(line.option)
})
