/**
 * What each refusal says to a person: what happened to what, and what to do next. Every door uses
 * these sentences. Most are one sentence. Lists are cut after five items, since the refusal itself
 * has all of them.
 */
import * as DateTime from "effect/DateTime"
import {
  goneSentence,
  listed,
  named,
  restoredSentence,
  sharedSentences,
  staleSentence
} from "../../kernel/refusals.ts"
import type { NotForSale } from "../state/Bundle.ts"
import type { InventoryRefusal, RefusalOf, RefusalTag } from "./InventoryError.ts"

const isoOf = (instant: DateTime.DateTime.Input): string =>
  DateTime.formatIso(DateTime.makeUnsafe(instant))

/** A refusal as it is sent: its ids are plain texts. */
type SentRefusalOf<Tag extends RefusalTag> = Extract<
  typeof InventoryRefusal.Encoded,
  { readonly _tag: Tag }
>

/** The fields of a refusal; its ids may be plain texts, and its instants of any kind. */
export type RefusalDetails<Tag extends RefusalTag> = {
  readonly [Field in Exclude<
    keyof RefusalOf<Tag> & keyof SentRefusalOf<Tag>,
    "_tag"
  >]: RefusalOf<Tag>[Field] extends DateTime.Utc
    ? DateTime.DateTime.Input
    : SentRefusalOf<Tag>[Field]
}

const notForSale: { readonly [Reason in NotForSale]: string } = {
  INACTIVE: "which is withdrawn",
  SOLD_OUT: "which somebody has marked as sold out",
  PRODUCT_NOT_SHOWN: "whose product is not ACTIVE, or not shown at this time",
  INCOMPLETE: "which has no price or no SKU"
}

/** The sentence of each refusal, from its fields. */
export const refusalSentences: {
  readonly [Tag in RefusalTag]: (details: RefusalDetails<Tag>) => string
} = {
  ...sharedSentences,
  KeyRingMissing: ({ field }) =>
    `\`${field}\` is kept encrypted, and this process has no key ring; give it one, or leave \`${field}\` out`,
  ReferenceTaken: ({
    bookedAt,
    locationId,
    movementId,
    movementType,
    quantity,
    reference,
    skuId
  }) =>
    `the reference "${reference}" was booked already for SKU "${skuId}": the ${movementType} of ` +
    `${quantity} units at "${locationId}" of ${isoOf(bookedAt)}, movement ${movementId}`,
  SkuNotFound: ({ skuIds }) =>
    `no such SKU: ${listed(skuIds.map((id) => `"${id}"`))}; register it first, or correct the id`,
  SkuCodeNotFound: ({ codes }) =>
    `no SKU in use has the code ${listed(codes.map((code) => `"${code}"`))}; ` +
    "register one, or correct the code",
  LocationNotFound: ({ locationIds }) =>
    `no such location: ${listed(locationIds.map((id) => `"${id}"`))}; ` +
    "register it first, or correct the id",
  ReservationNotFound: ({ reservationId }) => `no such reservation: "${reservationId}"`,
  OrderNotFound: ({ orderId }) => `the order "${orderId}" has no reservations`,
  OrderNotPlaced: ({ orderId }) =>
    `the order "${orderId}" was never placed; place it with \`placeOrder\` first`,
  CustomerNotFound: ({ orderId }) =>
    `nothing is kept about the customer of the order "${orderId}", or not any more`,
  CustomerUnreadable: ({ keyId, orderId, reason }) =>
    `what is kept about the customer of the order "${orderId}" cannot be decrypted: ${
      reason === "KEY_MISSING"
        ? `the key ring has no key ${keyId}; put that key back into the ring`
        : "it was changed or moved, or somebody wrote over it; erase it, or restore it from a backup"
    }`,
  UnknownOption: ({ hasCatalog, optionIds }) =>
    hasCatalog
      ? `the catalog has no such option: ${listed(optionIds.map((id) => `"${id}"`))}; ` +
        "give the id of an option that maps SKUs, not that of its product"
      : "no catalog is asked here, so no option is known; name a SKU by `skuId`",
  OptionNotForSale: ({ options }) =>
    `the catalog does not sell ${listed(
      options.map(({ optionId, reason }) => `the option "${optionId}", ${notForSale[reason]}`)
    )}`,
  BundleNotFound: ({ bundleId, orderId }) =>
    `the order "${orderId}" has no such bundle: "${bundleId}"`,
  BundleLine: ({ action, bundleId, orderId, reservationId }) =>
    `the reservation "${reservationId}" is a part of the bundle "${bundleId}" of the order ` +
    `"${orderId}": ${
      action === "reacquire" ? "confirm the order, with reacquire," : `${action} the bundle`
    } instead`,
  IdTaken: ({ id, kind }) => `the ${kind} id "${id}" is taken; choose another one`,
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
  StaleExpectation: staleSentence,
  OrderTooLarge: ({ lines, orderId, orderLinesMax }) =>
    `the order "${orderId}" would have at least ${lines} lines that are open or lost, and may ` +
    `have ${orderLinesMax}; fulfil or release some, or begin another order`,
  OrderAlreadyConfirmed: ({ orderId }) =>
    `the order "${orderId}" is confirmed already, so its lines cannot be replaced`,
  OrderConflict: ({ action, orderId, status }) =>
    `the order "${orderId}" is ${status}: ${action} is not possible`,
  OrderNotConfirmed: ({ orderId }) =>
    `the order "${orderId}" is not confirmed; confirm it before it is fulfilled`,
  ReservationExpired: ({ reservationIds }) =>
    `${named("the reservation", "the reservations", reservationIds)} expired, or a correction took ` +
    `${reservationIds.length === 1 ? "it" : "them"}; confirm with \`reacquire\`, or reserve the ` +
    "order again with `replace` while none of it is confirmed",
  ReservationConflict: ({ action, reservationId, status }) => {
    const state = `the reservation "${reservationId}" is ${status}`
    if (action === "release" && status === "CONFIRMED") {
      return `${state}; to release it, say \`confirmed: true\``
    }
    if (action === "fulfil" && status === "PENDING") return `${state}; confirm it first`
    return `${state}: ${action} is not possible any more`
  },
  QuantityOutOfHold: ({ fulfilledQuantity, quantity, requested, reservationId }) =>
    `the quantity ${requested} does not fit the reservation "${reservationId}" ` +
    `of ${quantity} units, of which ${fulfilledQuantity} have left`,
  InsufficientStock: ({ lines }) =>
    `not enough stock, nothing was reserved: ${listed(
      lines.map(
        ({ available, locationId, optionId, requested, skuId }) =>
          `SKU "${skuId}"${optionId === undefined ? "" : ` of the option "${optionId}"`}` +
          `${locationId === null ? "" : ` at "${locationId}"`} ` +
          `has ${available} available of ${requested} requested`
      )
    )}`,
  InsufficientOnHand: ({ locationId, removable, requested, skuId }) =>
    `${requested} units of SKU "${skuId}" should leave "${locationId}", ` +
    `but only ${removable} can leave`,
  ReturnExceedsOrder: ({ fulfilledQuantity, orderId, requested, returnedQuantity, skuId }) =>
    `${requested} units of SKU "${skuId}" cannot come back of the order "${orderId}", which got ` +
    `${fulfilledQuantity} and gave ${returnedQuantity} back`,
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
  LinesRefused: ({ lines }) =>
    `nothing was changed, since ${lines.length} of the lines ${lines.length === 1 ? "was" : "were"} ` +
    `refused: ${listed(
      lines.map(({ message, path }) => `${path}: ${message}`),
      "; "
    )}`,
  BeforeLedger: ({ at, horizon, skuId }) =>
    `the ledger of SKU "${skuId}" reaches back to ${isoOf(horizon)}, not to ${isoOf(at)}`,
  PositionGone: goneSentence,
  LogRestored: restoredSentence
}

/** The sentence of a refusal. */
export const sentenceOf = <Tag extends RefusalTag>(
  refusal: Extract<InventoryRefusal, { readonly _tag: Tag }>
): string => (refusalSentences[refusal._tag] as (details: unknown) => string)(refusal)
