/** How the refusals of the inventory are reported, over HTTP and in the tables of the documents. */
import { type Reported, sharedRefusals } from "../../kernel/refusals.ts"
import type { RefusalTag } from "./InventoryError.ts"

/** Each refusal's HTTP status, a stable slug, and a title for people. */
export const refusals: { readonly [Tag in RefusalTag]: Reported } = {
  Unauthenticated: sharedRefusals.Unauthenticated,
  Forbidden: sharedRefusals.Forbidden,
  InvalidInput: sharedRefusals.InvalidInput,
  KeyRingMissing: { status: 422, slug: "key-ring-missing", title: "There is no key ring" },
  IdempotencyMismatch: sharedRefusals.IdempotencyMismatch,
  ReferenceTaken: {
    status: 409,
    slug: "reference-taken",
    title: "The reference was booked already"
  },
  UnknownOption: { status: 404, slug: "unknown-option", title: "No such option" },
  OptionNotForSale: {
    status: 409,
    slug: "option-not-for-sale",
    title: "The catalog does not sell the option now"
  },
  SkuNotFound: { status: 404, slug: "sku-not-found", title: "No such SKU" },
  SkuCodeNotFound: {
    status: 404,
    slug: "sku-code-not-found",
    title: "No SKU in use has the code"
  },
  LocationNotFound: { status: 404, slug: "location-not-found", title: "No such location" },
  ReservationNotFound: {
    status: 404,
    slug: "reservation-not-found",
    title: "No such reservation"
  },
  OrderNotFound: { status: 404, slug: "order-not-found", title: "The order has no reservations" },
  OrderNotPlaced: { status: 404, slug: "order-not-placed", title: "The order was never placed" },
  CustomerNotFound: {
    status: 404,
    slug: "customer-not-found",
    title: "Nothing is kept about the customer of the order"
  },
  CustomerUnreadable: {
    status: 409,
    slug: "customer-unreadable",
    title: "What is kept about the customer cannot be decrypted"
  },
  BundleNotFound: {
    status: 404,
    slug: "bundle-not-found",
    title: "The order has no such bundle"
  },
  IdTaken: { status: 409, slug: "id-taken", title: "The id is taken" },
  SkuCodeTaken: { status: 409, slug: "sku-code-taken", title: "The SKU code is taken" },
  SkuArchived: { status: 409, slug: "sku-archived", title: "The SKU is archived" },
  SkuNotEmpty: { status: 409, slug: "sku-not-empty", title: "The SKU has stock or open holds" },
  LocationUnavailable: {
    status: 409,
    slug: "location-unavailable",
    title: "The location does not take part"
  },
  DefaultLocationRequired: {
    status: 409,
    slug: "default-location-required",
    title: "One active, sellable location must be the default"
  },
  StaleExpectation: sharedRefusals.StaleExpectation,
  OrderTooLarge: { status: 409, slug: "order-too-large", title: "The order has too many lines" },
  OrderAlreadyConfirmed: {
    status: 409,
    slug: "order-already-confirmed",
    title: "The order is confirmed already"
  },
  OrderConflict: {
    status: 409,
    slug: "order-conflict",
    title: "The state of the order does not allow this"
  },
  OrderNotConfirmed: {
    status: 409,
    slug: "order-not-confirmed",
    title: "The order is not confirmed"
  },
  BundleLine: {
    status: 409,
    slug: "bundle-line",
    title: "The hold is a part of a bundle"
  },
  ReservationExpired: {
    status: 409,
    slug: "reservation-expired",
    title: "The hold expired, or a correction took it"
  },
  ReservationConflict: {
    status: 409,
    slug: "reservation-conflict",
    title: "The hold's status does not allow this"
  },
  QuantityOutOfHold: {
    status: 409,
    slug: "quantity-out-of-hold",
    title: "The quantity does not fit the hold"
  },
  InsufficientStock: { status: 409, slug: "insufficient-stock", title: "Not enough stock" },
  InsufficientOnHand: {
    status: 409,
    slug: "insufficient-on-hand",
    title: "Not enough stock on hand"
  },
  ReturnExceedsOrder: {
    status: 409,
    slug: "return-exceeds-order",
    title: "More would come back than the order got"
  },
  PromisesInTheWay: {
    status: 409,
    slug: "promises-in-the-way",
    title: "The change would break promises"
  },
  BalanceOutOfRange: {
    status: 409,
    slug: "balance-out-of-range",
    title: "The balance would be too large"
  },
  LinesRefused: { status: 409, slug: "lines-refused", title: "Lines were refused" },
  BeforeLedger: { status: 409, slug: "before-ledger", title: "The ledger begins later" },
  PositionGone: sharedRefusals.PositionGone,
  LogRestored: sharedRefusals.LogRestored
}
