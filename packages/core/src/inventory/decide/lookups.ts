/**
 * The look-ups that begin a decision: the thing that a command names, or the refusal that says why
 * it cannot be used: it is unknown, archived or inactive. They stand in the order of precedence.
 */
import * as Result from "effect/Result"
import type { LocationId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { orderLinesMax, wholeOrderMax } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { Location } from "../state/Location.ts"
import * as Reservation from "../state/Reservation.ts"
import type { SkuStock } from "../state/SkuStock.ts"
import type { StockBook } from "../state/StockBook.ts"

/** What a decision step gives: a value, or a refusal. */
export type Decided<A> = Result.Result<A, InventoryRefusal>

/** A SKU that exists, archived or not. */
export const findSku = (book: StockBook, skuId: SkuId): Decided<SkuStock> => {
  const stock = book.stock(skuId)
  return stock === undefined
    ? Result.fail({ _tag: "SkuNotFound", skuIds: [skuId] })
    : Result.succeed(stock)
}

/** A SKU that is in use. */
export const inUse = (stock: SkuStock): Decided<SkuStock> =>
  stock.sku.archivedAt === null
    ? Result.succeed(stock)
    : Result.fail({ _tag: "SkuArchived", skuIds: [stock.sku.id] })

/** The location that is named, or the default one. */
export const findLocation = (
  book: StockBook,
  locationId: LocationId | undefined
): Decided<Location> => {
  if (locationId === undefined) return Result.succeed(book.defaultLocation)
  const location = book.location(locationId)
  return location === undefined
    ? Result.fail({ _tag: "LocationNotFound", locationIds: [locationId] })
    : Result.succeed(location)
}

/** A location that takes new stock. */
export const takesStock = (location: Location): Decided<Location> =>
  location.active
    ? Result.succeed(location)
    : Result.fail({
        _tag: "LocationUnavailable",
        locationId: location.id,
        reason: "INACTIVE"
      })

/** Where a movement takes place: a SKU in use, at a location that exists. */
export const findPlace = (
  book: StockBook,
  skuId: SkuId,
  locationId: LocationId | undefined
): Decided<{ readonly stock: SkuStock; readonly location: Location }> =>
  Result.flatMap(findSku(book, skuId), (stock) =>
    Result.flatMap(findLocation(book, locationId), (location) =>
      Result.map(inUse(stock), () => ({ stock, location }))
    )
  )

/** A reservation that exists. */
export const findReservation = (
  book: StockBook,
  reservationId: ReservationId
): Decided<Reservation.Reservation> => {
  const reservation = book.reservation(reservationId)
  return reservation === undefined
    ? Result.fail({ _tag: "ReservationNotFound", reservationId })
    : Result.succeed(reservation)
}

/** What a decision about a whole order loads, unless the order is too large. */
export const wholeOrder = (
  book: StockBook,
  orderId: OrderId
): Decided<ReadonlyArray<Reservation.Reservation>> => {
  const reservations = book.reservationsOfOrder(orderId)
  const lines = reservations.filter(Reservation.isLine).length
  return lines > wholeOrderMax
    ? Result.fail({ _tag: "OrderTooLarge", orderId, lines, orderLinesMax })
    : Result.succeed(reservations)
}

/** The lines of an order that has ever had some, and the newest of its resolved holds. */
export const findOrder = (
  book: StockBook,
  orderId: OrderId
): Decided<ReadonlyArray<Reservation.Reservation>> =>
  Result.flatMap(wholeOrder(book, orderId), (reservations) =>
    reservations.length === 0
      ? Result.fail({ _tag: "OrderNotFound", orderId })
      : Result.succeed(reservations)
  )
