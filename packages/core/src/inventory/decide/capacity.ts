/**
 * Room for a promise. Lapsed holds no longer count, so a decision sees the room without them. It
 * expires as many as it must for the rows to agree: oldest first, and not one more.
 */
import * as Reservation from "../state/Reservation.ts"
import * as Room from "../state/Room.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type * as StockBook from "../state/StockBook.ts"
import * as StockLevel from "../state/StockLevel.ts"
import type { Draft } from "./Draft.ts"

type Level = StockLevel.StockLevel
type Place = Pick<Level, "skuId" | "locationId">
type Lapsed = Reservation.Pending

/** Units of a level that its row still counts for lapsed holds. */
export const lapsedQuantity = (book: StockBook.StockBook, place: Place): number => {
  let quantity = 0
  for (const hold of book.lapsedAt(place.skuId, place.locationId)) {
    quantity += Reservation.heldQuantity(hold)
  }
  return quantity
}

/** A level without the units of its lapsed holds. */
export const withoutLapsed = (book: StockBook.StockBook, level: Level): Level => {
  const lapsed = lapsedQuantity(book, level)
  return lapsed === 0 ? level : { ...level, reservedQuantity: level.reservedQuantity - lapsed }
}

/** The room of a SKU without the units of its lapsed holds. */
export const roomOf = (draft: Draft, stock: SkuStock.SkuStock): Room.Room =>
  Room.roomOf(
    stock.sku,
    stock.levels.map((level) => withoutLapsed(draft, level)),
    draft.isPromising
  )

/** Units that one line could take at a level, never below zero. */
const capacity = (draft: Draft, stock: SkuStock.SkuStock, level: Level): number =>
  draft.isPromising(level)
    ? Room.availableAt(roomOf(draft, stock), stock.sku, withoutLapsed(draft, level))
    : 0

/** Expires lapsed holds of a level until `quantity` units came free, or none is left. */
export const freeLapsed = (draft: Draft, place: Place, quantity: number): void => {
  let freed = 0
  for (const hold of draft.lapsedAt(place.skuId, place.locationId)) {
    if (freed >= quantity) return
    freed += Reservation.heldQuantity(hold)
    draft.free(hold, "EXPIRED")
  }
}

/**
 * Expires lapsed holds of a SKU until `isEnough`, or until none is left: first those of the place,
 * then those of places in deficit, then those of the other places that promise.
 */
export const freeLapsedUntil = (draft: Draft, place: Place, isEnough: () => boolean): void => {
  if (isEnough()) return
  for (const hold of lapsedInOrder(draft, place)) {
    draft.free(hold, "EXPIRED")
    if (isEnough()) return
  }
}

const lapsedInOrder = (draft: Draft, place: Place): ReadonlyArray<Lapsed> => {
  const [here, inDeficit, elsewhere]: [Array<Lapsed>, Array<Lapsed>, Array<Lapsed>] = [[], [], []]
  for (const level of draft.stock(place.skuId)?.levels ?? []) {
    const lapsed = draft.lapsedAt(level.skuId, level.locationId)
    if (level.locationId === place.locationId) here.push(...lapsed)
    else if (StockLevel.shortfall(level) > 0) inDeficit.push(...lapsed)
    else if (draft.isPromising(level)) elsewhere.push(...lapsed)
  }
  return [here, inDeficit, elsewhere].flatMap((holds) => holds.sort(Reservation.byExpiry))
}

/** Makes room for `quantity` more units at a level that promises; false when there is too little. */
export const makeRoom = (draft: Draft, place: Place, quantity: number): boolean => {
  const stock = draft.stock(place.skuId)
  const level = stock === undefined ? undefined : SkuStock.levelAt(stock, place.locationId)
  if (stock === undefined || level === undefined) return false
  if (capacity(draft, stock, level) < quantity) return false
  clearRoom(draft, place, quantity)
  return true
}

/** Expires lapsed holds until the rows, too, have room for `quantity` more units. */
export const clearRoom = (draft: Draft, place: Place, quantity: number): void =>
  freeLapsedUntil(draft, place, () => roomByRows(draft, place) >= quantity)

/** The room for one line at a level by the rows, which still count lapsed holds. */
const roomByRows = (draft: Draft, place: Place): number => {
  const stock = draft.stock(place.skuId)
  const level = stock === undefined ? undefined : SkuStock.levelAt(stock, place.locationId)
  if (stock === undefined || level === undefined) return 0
  return Room.availableAt(SkuStock.room(stock, draft.isPromising), stock.sku, level)
}
