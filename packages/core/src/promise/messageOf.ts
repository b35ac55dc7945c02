/**
 * What each error says to a person: what happened to what, and what to do next. One sentence of
 * each where it fits; lists are cut after five, since `details` has them all.
 */
import type {
  HoldfastErrorCode,
  HoldfastErrorDetails,
  StoreFailure
} from "./HoldfastErrorDetails.ts"

const listed = (items: ReadonlyArray<string>): string =>
  items.length <= 5
    ? items.join(", ")
    : `${items.slice(0, 5).join(", ")} and ${items.length - 5} more`

const named = (one: string, many: string, ids: ReadonlyArray<string>): string =>
  `${ids.length === 1 ? one : many} ${listed(ids.map((id) => `"${id}"`))}`

/** A failure of the store says by itself what to do next. */
const told = ({ reason }: StoreFailure) => reason

/** The message of each code. */
export const messageOf: {
  readonly [Code in HoldfastErrorCode]: (details: HoldfastErrorDetails[Code]) => string
} = {
  InvalidInput: ({ issues }) =>
    `the request cannot be read: ${listed(
      issues.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`))
    )}`,
  IdempotencyMismatch: ({ key }) =>
    `the idempotency key "${key}" was used with another request; use a new key for a new request`,
  SkuNotFound: ({ skuIds }) =>
    `no such SKU: ${listed(skuIds.map((id) => `"${id}"`))}; register it first, or correct the id`,
  LocationNotFound: ({ locationIds }) =>
    `no such location: ${listed(locationIds.map((id) => `"${id}"`))}; ` +
    "make it first, or correct the id",
  ReservationNotFound: ({ reservationId }) => `no such reservation: "${reservationId}"`,
  OrderNotFound: ({ orderId }) => `the order "${orderId}" has no reservations`,
  IdTaken: ({ id, kind }) => `the ${kind} id "${id}" is in use; choose another one`,
  SkuCodeTaken: ({ code }) => `another SKU has the code "${code}"; choose another one`,
  SkuArchived: ({ skuIds }) =>
    `${named("the SKU", "the SKUs", skuIds)} ${skuIds.length === 1 ? "is" : "are"} archived`,
  SkuNotEmpty: ({ reservedQuantity, skuId, totalQuantity }) =>
    `the SKU "${skuId}" cannot be archived while ${totalQuantity} units are on hand ` +
    `and ${reservedQuantity} are reserved`,
  LocationUnavailable: ({ locationId, reason }) =>
    `the location "${locationId}" is not ${reason === "INACTIVE" ? "active" : "sellable"}`,
  DefaultLocationRequired: ({ locationId }) =>
    `one location that is active and sellable must be the default, so "${locationId}" cannot ` +
    "change like this; make another one the default first",
  StaleExpectation: ({ actual, expected, field }) =>
    `${field} is ${expected}, but it has become ${actual}; read it and decide again`,
  OrderTooLarge: ({ lines, orderLinesMax, orderId }) =>
    `the order "${orderId}" would have at least ${lines} lines that are open or lost, and may ` +
    `have ${orderLinesMax}; fulfil or release some, or begin another order`,
  OrderAlreadyConfirmed: ({ orderId }) =>
    `the order "${orderId}" is confirmed already, so its lines cannot be replaced`,
  OrderNotConfirmed: ({ orderId }) =>
    `the order "${orderId}" is not confirmed; confirm it before it is fulfilled`,
  ReservationExpired: ({ reservationIds }) =>
    `${named("the reservation", "the reservations", reservationIds)} expired, or a correction took ` +
    `${reservationIds.length === 1 ? "it" : "them"}; confirm with \`reacquire\`, or hold the order ` +
    "anew with `replace` while none of it is confirmed",
  ReservationConflict: ({ action, reservationId, status }) =>
    action === "release" && status === "CONFIRMED"
      ? `the reservation "${reservationId}" is CONFIRMED; to release it, say \`confirmed: true\``
      : `the reservation "${reservationId}" is ${status}: ` +
        `${action} is not possible any more or not yet`,
  QuantityOutOfHold: ({ fulfilledQuantity, quantity, requested, reservationId }) =>
    `the quantity ${requested} does not fit the reservation "${reservationId}" ` +
    `of ${quantity} units, of which ${fulfilledQuantity} have left`,
  InsufficientStock: ({ lines }) =>
    `not enough stock, nothing was reserved: ${listed(
      lines.map(
        ({ available, locationId, requested, skuId }) =>
          `SKU "${skuId}"${locationId === null ? "" : ` at "${locationId}"`} ` +
          `has ${available} available of ${requested} requested`
      )
    )}`,
  InsufficientOnHand: ({ locationId, removable, requested, skuId }) =>
    `${requested} units of SKU "${skuId}" should leave "${locationId}", ` +
    `but only ${removable} can leave`,
  PromisesInTheWay: ({ holds, locationId, shortfallQuantity, skuId, unlistedQuantity }) => {
    const orders = [...new Set(holds.map((hold) => hold.orderId))]
    const others = `holds that are not listed, which keep ${unlistedQuantity} units`
    const promised = [
      ...(orders.length === 0 ? [] : [named("order", "orders", orders)]),
      ...(unlistedQuantity === 0 ? [] : [others])
    ]
    return (
      `SKU "${skuId}" at "${locationId}" would be ${shortfallQuantity} units short of its promises ` +
      `to ${promised.join(" and to ")}; release them, or choose with \`onShortfall\``
    )
  },
  BalanceOutOfRange: ({ locationId, skuId }) =>
    `the balance of SKU "${skuId}" at "${locationId}" would be too large`,
  BeforeLedger: ({ at, horizon, skuId }) =>
    `the ledger of SKU "${skuId}" reaches back to ${horizon.toISOString()}, ` +
    `not to ${at.toISOString()}`,
  Unavailable: told,
  Busy: told,
  TimedOut: told,
  Overloaded: told,
  OutcomeUnknown: told,
  AnswerUnreadable: told,
  Closed: told,
  Rejected: told,
  TransactionUnusable: told,
  StartFailed: ({ explanation }) => `the inventory could not be opened: ${explanation}`,
  CloseTimedOut: ({ calls, timeout }) =>
    calls.length === 0
      ? `closing took longer than ${timeout} ms, because work of the engine itself did not end`
      : `closing took longer than ${timeout} ms, and these calls were not answered: ${listed(
          calls.map(({ count, method }) => (count === 1 ? method : `${count} × ${method}`))
        )}; whether they took effect is not known, so repeat them with the same key`,
  Interrupted: ({ reason }) =>
    `${reason}; whether it took effect is not known, so repeat it with the same key`,
  Defect: ({ reason }) => `${reason}; this is a bug, and \`cause\` is what was thrown`
}
