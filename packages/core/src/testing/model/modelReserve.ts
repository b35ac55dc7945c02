/**
 * How the reference model promises: the lines of an order, all or none, each whole at one place;
 * and a cart that replaces the order's earlier one.
 */
import type { InventoryRefusal, ShortLine } from "../../inventory/messages/InventoryError.ts"
import type { SkuCommandOf, SkuLine } from "../../inventory/messages/SkuCommand.ts"
import { isSelling, type ModelBundle, type ModelHold, type ModelStock, noId } from "./ModelStock.ts"
import type { Predicted } from "./modelMovements.ts"

/** When a hold lapses that is made or extended at an instant. */
export const lapsesAt = (now: number, ttl: number | undefined): number => now + (ttl ?? 900) * 1000

/** A new hold at a place. */
export const promise = (
  stock: ModelStock,
  hold: Pick<ModelHold, "orderId" | "lineId" | "skuId" | "locationId" | "quantity" | "madeAt"> &
    Partial<ModelHold>
): ModelHold => {
  const made: ModelHold = {
    id: noId,
    shipped: 0,
    status: "PENDING",
    expiresAt: null,
    replaces: null,
    reason: null,
    ownerId: null,
    ...hold
  }
  stock.holds.push(made)
  return made
}

/**
 * Whether the hold was paid for and not given back, even when a correction took it later. When
 * another hold took its place, that one counts.
 */
const isPaid = (stock: ModelStock, hold: ModelHold): boolean => {
  const { expiresAt, reason, status } = hold
  if (status === "CONFIRMED" || status === "FULFILLED") return true
  return reason === "SHORTFALL" && expiresAt === null && stock.inPlaceOf(hold) === undefined
}

/** Whose new holds of an order are: nobody's without a name, and else whose the order is, if it has holds. */
export const whoseNew = (
  stock: ModelStock,
  { orderId, ownerId }: Pick<SkuCommandOf<"ReserveStock">, "orderId" | "ownerId">
): string | null => {
  if (ownerId === undefined) return null
  const known = stock.whoseIs(orderId)
  return known === undefined ? ownerId : known
}

/** Promises the lines of an order. */
export const reserve = (
  stock: ModelStock,
  command: SkuCommandOf<"ReserveStock">,
  now: number
): Predicted => {
  const refusal = unknown(stock, command.lines)
  if (refusal !== undefined) return { refusal }
  const expiresAt = lapsesAt(now, command.ttl)
  const ownerId = whoseNew(stock, command)
  const staying = new Map<SkuLine, ModelHold>()
  if (command.replace === true) {
    const { orderId } = command
    const cart = stock.ofOrder(orderId)
    if (cart.some((hold) => isPaid(stock, hold))) {
      return { refusal: { _tag: "OrderAlreadyConfirmed", orderId } }
    }
    giveWay(stock, command.lines, cart, staying)
  }
  const short: Array<ShortLine> = []
  const holds: Array<ModelHold> = []
  const bundles = new Map<number | undefined, ModelBundle>()
  for (const [index, line] of command.lines.entries()) {
    const stays = staying.get(line)
    if (line.option !== undefined && !bundles.has(line.line)) {
      const id = stays?.bundle?.id ?? {}
      bundles.set(line.line, { id, optionId: line.option.optionId, per: line.option.perBundle })
    }
    const bundle = bundleFor(line, bundles)
    const hold =
      (stays === undefined ? undefined : kept(stock, stays, line.quantity, expiresAt)) ??
      placed(stock, line, {
        ...{ orderId: command.orderId, expiresAt, madeAt: now },
        ownerId: stays === undefined ? ownerId : stays.ownerId,
        ...bundle
      })
    if (hold !== undefined) holds.push(hold)
    else short.push(shortLine(stock, line, index))
  }
  return short.length > 0 ? { refusal: { _tag: "InsufficientStock", lines: short } } : { holds }
}

/** The part of a bundle that a line is, if it names an option. */
const bundleFor = (
  { line, option }: SkuLine,
  bundles: ReadonlyMap<number | undefined, ModelBundle>
): { readonly bundle?: ModelBundle } => {
  const bundle = bundles.get(line)
  return option === undefined || bundle === undefined
    ? {}
    : { bundle: { ...bundle, per: option.perBundle } }
}

/** Where a line fits as a whole; undefined when it fits nowhere. */
export const placed = (
  stock: ModelStock,
  line: SkuLine,
  hold: Pick<ModelHold, "orderId" | "madeAt"> & Partial<ModelHold>
): ModelHold | undefined => {
  const place = stock.placeFor(line.skuId, line.quantity, line.locationId)
  if (place === undefined) return undefined
  return promise(stock, {
    ...hold,
    lineId: line.lineId ?? null,
    skuId: line.skuId,
    locationId: place.id,
    quantity: line.quantity
  })
}

const shortLine = (stock: ModelStock, line: SkuLine, index: number): ShortLine => ({
  line: line.line ?? index,
  lineId: line.lineId ?? null,
  skuId: line.skuId,
  locationId: line.locationId ?? null,
  requested: line.quantity,
  available: stock.largest(line.skuId, line.locationId),
  ...(line.option === undefined ? {} : { optionId: line.option.optionId })
})

/**
 * Releases the order's pending holds, except those that a line names by line id, or else by SKU and
 * place. A line that asks for less gives the rest back before any other line is placed. The new
 * cart also answers for the order's lost holds.
 */
const giveWay = (
  stock: ModelStock,
  lines: ReadonlyArray<SkuLine>,
  cart: ReadonlyArray<ModelHold>,
  staying: Map<SkuLine, ModelHold>
): void => {
  const pending = new Set(cart.filter((hold) => hold.status === "PENDING"))
  keepBundles(stock, lines, cart, pending, staying)
  for (const line of lines) {
    if (line.option !== undefined) continue
    const hold = [...pending].find(
      (it) =>
        it.bundle === undefined &&
        it.skuId === line.skuId &&
        it.lineId === (line.lineId ?? null) &&
        (line.locationId ?? it.locationId) === it.locationId
    )
    if (hold === undefined) continue
    pending.delete(hold)
    const quantity = Math.min(hold.quantity, line.quantity)
    staying.set(line, stock.put(hold, { quantity }))
  }
  const lost = cart.filter((hold) => stock.isLost(hold))
  for (const hold of [...pending, ...lost]) {
    stock.put(hold, { status: "RELEASED", reason: "REPLACED" })
  }
}

/** Keeps the bundles of the cart that a line asks for again, with the same SKUs in the same numbers. */
const keepBundles = (
  stock: ModelStock,
  lines: ReadonlyArray<SkuLine>,
  cart: ReadonlyArray<ModelHold>,
  pending: Set<ModelHold>,
  staying: Map<SkuLine, ModelHold>
): void => {
  const open = cart.filter((hold) => hold.status === "PENDING" || stock.isLost(hold))
  for (const asked of new Set(lines.flatMap((line) => (line.option ? [line.line] : [])))) {
    const parts = lines.filter((line) => line.line === asked)
    const ids = new Set([...pending].flatMap(({ bundle }) => (bundle ? [bundle.id] : [])))
    for (const id of ids) {
      const holds = open.filter(({ bundle }) => bundle?.id === id)
      const partOf = (hold: ModelHold) =>
        parts.find(
          (line) =>
            pending.has(hold) &&
            line.skuId === hold.skuId &&
            line.option?.optionId === hold.bundle?.optionId &&
            line.option?.perBundle === hold.bundle?.per &&
            hold.lineId === (line.lineId ?? null) &&
            (line.locationId ?? hold.locationId) === hold.locationId
        )
      if (holds.length !== parts.length || !holds.every(partOf)) continue
      for (const hold of holds) {
        const line = partOf(hold)
        if (line === undefined) continue
        pending.delete(hold)
        staying.set(line, stock.put(hold, { quantity: Math.min(hold.quantity, line.quantity) }))
      }
      break
    }
  }
}

/** Keeps a hold of the cart, with more units if they fit at its place; else releases it. */
const kept = (
  stock: ModelStock,
  hold: ModelHold,
  quantity: number,
  expiresAt: number
): ModelHold | undefined => {
  if (fitsMore(stock, hold, quantity - hold.quantity)) {
    return stock.put(hold, { quantity, expiresAt })
  }
  stock.put(hold, { status: "RELEASED", reason: "REPLACED" })
  return undefined
}

/** Whether a hold may grow by so many units at its place. */
export const fitsMore = (stock: ModelStock, hold: ModelHold, units: number): boolean => {
  if (units <= 0) return true
  const place = stock.places.get(hold.locationId)
  return place !== undefined && stock.capacity(hold.skuId, place) >= units
}

/** The first reason why lines cannot be promised, whatever stock there is. */
const unknown = (
  stock: ModelStock,
  lines: ReadonlyArray<SkuLine>
): InventoryRefusal | undefined => {
  const skuIds = [...new Set(lines.map((line) => line.skuId))]
  const strangers = skuIds.filter((id) => !stock.skus.has(id))
  if (strangers.length > 0) return { _tag: "SkuNotFound", skuIds: strangers }
  const named = [...new Set(lines.flatMap((line) => line.locationId ?? []))]
  const nowhere = named.filter((id) => !stock.places.has(id))
  if (nowhere.length > 0) return { _tag: "LocationNotFound", locationIds: nowhere }
  const ids = lines.flatMap((line) => line.reservationId ?? [])
  const taken = ids.find(
    (id, index) => ids.indexOf(id) < index || stock.holds.some((hold) => hold.id === id)
  )
  if (taken !== undefined) return { _tag: "IdTaken", kind: "reservation", id: taken }
  const archived = skuIds.filter((id) => stock.skus.get(id)?.isArchived === true)
  if (archived.length > 0) return { _tag: "SkuArchived", skuIds: archived }
  const shut = named.flatMap((id) => stock.places.get(id) ?? []).find((it) => !isSelling(it))
  if (shut === undefined) return undefined
  const reason = shut.active ? "NOT_SELLABLE" : "INACTIVE"
  return { _tag: "LocationUnavailable", locationId: shut.id, reason }
}
