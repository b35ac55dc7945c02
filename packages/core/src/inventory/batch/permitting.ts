/**
 * What permission to give a command depends on, beside the roles and scopes of who gives it: what the
 * command names, what a batch loads of it, and where the decision would change something. Pure.
 */
import {
  authorize,
  elsewhere,
  isPlainUser,
  notThere,
  type Resource
} from "../../access/authorize.ts"
import type { Principal } from "../../access/Principal.ts"
import type { Decision } from "../decide/decide.ts"
import type { InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { type InventoryEvent, isOrderEvent } from "../messages/InventoryEvent.ts"
import { permittedCommands } from "../messages/operations.ts"
import type { SkuCommand } from "../messages/SkuCommand.ts"
import type { PlacedOrder } from "../state/PlacedOrder.ts"
import type { StockBook } from "../state/StockBook.ts"
import type { StockRequest } from "./batchScope.ts"

type Asked = InventoryCommand | SkuCommand

/** The places that a command names. */
const namedPlaces = (command: Asked): ReadonlyArray<string> => {
  const lines: ReadonlyArray<object> = "lines" in command ? command.lines : []
  return [command, ...lines].flatMap((part) => {
    const { fromLocationId, locationId, toLocationId } = part as {
      readonly [name in "fromLocationId" | "locationId" | "toLocationId"]?: string
    }
    return [locationId, fromLocationId, toLocationId].filter((id) => id !== undefined)
  })
}

/**
 * The field of a command that a USER may not give. The ids of holds are one, since a refused id
 * would say that somebody has it.
 */
const fieldBeyond = (command: Asked, { id }: Principal): string | undefined => {
  if ("ownerId" in command && command.ownerId !== undefined && command.ownerId !== id) {
    return "ownerId"
  }
  if ("confirmed" in command && command.confirmed === true) return "confirmed"
  if (command._tag !== "ReserveStock") return undefined
  const lines: ReadonlyArray<{ readonly reservationId?: string }> = command.lines
  const line = lines.findIndex(({ reservationId }) => reservationId !== undefined)
  return line === -1 ? undefined : `lines.${line}.reservationId`
}

/** What a command itself says of the thing that it is about. */
export const resourceOf = (command: Asked, principal: Principal): Resource => ({
  locationIds: namedPlaces(command),
  field: fieldBeyond(command, principal)
})

/** Whether a placed order is paid for, in time or too late. */
const isPaidFor = (order: PlacedOrder | undefined): boolean =>
  order?.status === "CONFIRMED" || order?.status === "PAID_LATE"

/** Whether a command would change units that are paid for. */
const isPaid = (book: StockBook, command: SkuCommand): boolean => {
  switch (command._tag) {
    case "ResizeReservation":
      return book.reservation(command.reservationId)?.status === "CONFIRMED"
    case "ResizeBundle":
      return book
        .reservationsOfOrder(command.orderId)
        .some(
          ({ bundle, status }) => bundle?.bundleId === command.bundleId && status === "CONFIRMED"
        )
    case "CancelOrder":
      // Its holds may be confirmed one by one, which leaves the order as it was placed.
      return (
        isPaidFor(book.placedOrder(command.orderId)) ||
        book.reservationsOfOrder(command.orderId).some(({ status }) => status === "CONFIRMED")
      )
    default:
      return false
  }
}

/**
 * What a batch loaded of the order that a command is about; nothing of one that nobody knows. A hold that
 * the batch itself has made says whose it is, since nothing was loaded by its id.
 */
const loadedOf = (book: StockBook, command: SkuCommand): Resource => {
  const hold = "reservationId" in command ? book.reservation(command.reservationId) : undefined
  const orderId = hold?.orderId ?? ("orderId" in command ? command.orderId : undefined)
  if (orderId === undefined) return {}
  const owner = book.ownerOf(orderId) ?? hold
  return owner === undefined
    ? {}
    : { ownerId: owner.ownerId ?? null, isPaid: isPaid(book, command) }
}

/** What is answered about an order that is not there. */
const absentOf = (command: SkuCommand): InventoryRefusal => {
  if ("reservationId" in command) {
    return { _tag: "ReservationNotFound", reservationId: command.reservationId }
  }
  if (!("orderId" in command) || command.orderId === undefined) {
    throw new Error(`${command._tag} is about no order`)
  }
  const { orderId } = command
  if ("bundleId" in command) return { _tag: "BundleNotFound", orderId, bundleId: command.bundleId }
  return command._tag === "CancelOrder"
    ? { _tag: "OrderNotPlaced", orderId }
    : { _tag: "OrderNotFound", orderId }
}

/**
 * Why a USER may not give a command, by what a batch loaded; undefined when they may. It is asked
 * before a key is looked up, so that no answer to an earlier request is given to who may not ask.
 */
export const admit = (
  book: StockBook,
  { command, principal }: StockRequest
): InventoryRefusal | undefined => {
  if (principal === undefined || !isPlainUser(principal)) return undefined
  const operation = permittedCommands[command._tag]
  if (operation.permission.isOwn !== true) return undefined
  const decision = authorize(principal, operation, loadedOf(book, command))
  if (decision._tag === "Allowed") return undefined
  return decision._tag === "Absent" ? absentOf(command) : decision
}

/** The place that an event changes, or at which it changes stock or a hold; undefined for what only follows. */
const placeOf = ({ eventType, payload }: InventoryEvent): string | undefined => {
  switch (eventType) {
    case "inventory.sku.created":
    case "inventory.stock.updated":
    case "inventory.stock.reserved":
    case "inventory.stock.confirmed":
    case "inventory.stock.fulfilled":
    case "inventory.reservation.extended":
    case "inventory.reservation.resized":
      return payload.locationId
    // To make a place the default unmakes another one.
    case "inventory.location.created":
    case "inventory.location.updated":
      return payload.location.id
    case "inventory.stock.released":
      return payload.reason === "EXPIRED" ? undefined : payload.locationId
    default:
      return undefined
  }
}

/** The places of the holds of an order whose state changes. */
const placesOfOrder = (answer: InventoryAnswer): ReadonlyArray<string> =>
  "reservations" in answer ? answer.reservations.map(({ locationId }) => locationId) : []

/** The refusal of a decision that changes something at places to which a principal is not bound. */
export const outOfBounds = (
  { command, principal }: StockRequest,
  { answer, events }: Pick<Decision, "answer" | "events">
): InventoryRefusal | undefined => {
  if (principal === undefined) return undefined
  const outside = elsewhere(
    principal,
    events.flatMap((event) => (isOrderEvent(event) ? placesOfOrder(answer) : placeOf(event)) ?? [])
  )
  return outside.length === 0 ? undefined : notThere(permittedCommands[command._tag].name, outside)
}
