/** Refusals. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */
import type {
  MovementType,
  OrderStatus,
  RefusedLine
} from "./otherModels.ts"

/** The code of the attribute is taken. */
export interface AttributeCodeTakenProblem {
  readonly problem: "attribute-code-taken"
  readonly type: "urn:holdfast:problem:attribute-code-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly code: string
}

/** Products have values of the attribute. */
export interface AttributeInUseProblem {
  readonly problem: "attribute-in-use"
  readonly type: "urn:holdfast:problem:attribute-in-use"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly attributeId: string
  readonly choices: ReadonlyArray<string>
  readonly values: number
}

/** The attribute takes no new values. */
export interface AttributeInactiveProblem {
  readonly problem: "attribute-inactive"
  readonly type: "urn:holdfast:problem:attribute-inactive"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly code: string
}

/** The value does not fit its attribute. */
export interface AttributeMismatchProblem {
  readonly problem: "attribute-mismatch"
  readonly type: "urn:holdfast:problem:attribute-mismatch"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly code: string
  readonly kind: "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"
  readonly unknownChoices: ReadonlyArray<string>
}

/** The attribute is not for products of this type. */
export interface AttributeNotForTypeProblem {
  readonly problem: "attribute-not-for-type"
  readonly type: "urn:holdfast:problem:attribute-not-for-type"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly code: string
  readonly productType: "NORMAL" | "BUNDLE"
}

/** No such attribute. */
export interface AttributeNotFoundProblem {
  readonly problem: "attribute-not-found"
  readonly type: "urn:holdfast:problem:attribute-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly attributes: ReadonlyArray<string>
  readonly fields: ReadonlyArray<string>
}

/** The audit log cannot be read from here. */
export interface AuditNotHereProblem {
  readonly problem: "audit-not-here"
  readonly type: "urn:holdfast:problem:audit-not-here"
  readonly title: string
  readonly status: 403
  readonly detail: string
  readonly instance?: string
}

/** The balance would be too large. */
export interface BalanceOutOfRangeProblem {
  readonly problem: "balance-out-of-range"
  readonly type: "urn:holdfast:problem:balance-out-of-range"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly locationId: string
}

/** The ledger begins later. */
export interface BeforeLedgerProblem {
  readonly problem: "before-ledger"
  readonly type: "urn:holdfast:problem:before-ledger"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly at: string
  readonly horizon: string
}

/** The hold is a part of a bundle. */
export interface BundleLineProblem {
  readonly problem: "bundle-line"
  readonly type: "urn:holdfast:problem:bundle-line"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly reservationId: string
  readonly orderId: string
  readonly bundleId: string
  readonly optionId: string
  readonly action: string
}

/** The order has no such bundle. */
export interface BundleNotFoundProblem {
  readonly problem: "bundle-not-found"
  readonly type: "urn:holdfast:problem:bundle-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
  readonly bundleId: string
}

/** The id is taken. */
export interface CatalogIdTakenProblem {
  readonly problem: "id-taken"
  readonly type: "urn:holdfast:problem:id-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly kind: "product" | "option" | "category" | "attribute"
  readonly id: string
}

/** A category cannot be below itself. */
export interface CategoryCycleProblem {
  readonly problem: "category-cycle"
  readonly type: "urn:holdfast:problem:category-cycle"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly categoryId: string
  readonly parentId: string
}

/** A sibling has this name. */
export interface CategoryNameTakenProblem {
  readonly problem: "category-name-taken"
  readonly type: "urn:holdfast:problem:category-name-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly parentId: string | null
  readonly name: string
}

/** The category has children or products. */
export interface CategoryNotEmptyProblem {
  readonly problem: "category-not-empty"
  readonly type: "urn:holdfast:problem:category-not-empty"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly categoryId: string
  readonly children: number
  readonly products: number
}

/** No such category. */
export interface CategoryNotFoundProblem {
  readonly problem: "category-not-found"
  readonly type: "urn:holdfast:problem:category-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly categoryIds: ReadonlyArray<string>
  readonly fields: ReadonlyArray<string>
}

/** The tree would be too deep. */
export interface CategoryTooDeepProblem {
  readonly problem: "category-too-deep"
  readonly type: "urn:holdfast:problem:category-too-deep"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly categoryId: string
  readonly depth: number
  readonly depthMax: number
}

/** The options are not in one currency. */
export interface CurrencyMismatchProblem {
  readonly problem: "currency-mismatch"
  readonly type: "urn:holdfast:problem:currency-mismatch"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly optionId: string
  readonly currency: string
  readonly expected: string
}

/** Nothing is kept about the customer of the order. */
export interface CustomerNotFoundProblem {
  readonly problem: "customer-not-found"
  readonly type: "urn:holdfast:problem:customer-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
}

/** What is kept about the customer cannot be decrypted. */
export interface CustomerUnreadableProblem {
  readonly problem: "customer-unreadable"
  readonly type: "urn:holdfast:problem:customer-unreadable"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
  readonly reason: "KEY_MISSING" | "ALTERED" | "MALFORMED"
  readonly keyId: string
}

/** What is kept about customers cannot be reached from here. */
export interface CustomersNotHereProblem {
  readonly problem: "customers-not-here"
  readonly type: "urn:holdfast:problem:customers-not-here"
  readonly title: string
  readonly status: 403
  readonly detail: string
  readonly instance?: string
}

/** One active, sellable location must be the default. */
export interface DefaultLocationRequiredProblem {
  readonly problem: "default-location-required"
  readonly type: "urn:holdfast:problem:default-location-required"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly locationId: string
}

/** The external id is taken. */
export interface ExternalIdTakenProblem {
  readonly problem: "external-id-taken"
  readonly type: "urn:holdfast:problem:external-id-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly kind: "product" | "option" | "category"
  readonly externalId: string
}

/** The body is too large. */
export interface FileTooLargeProblem {
  readonly problem: "content-too-large"
  readonly type: "urn:holdfast:problem:content-too-large"
  readonly title: string
  readonly status: 413
  readonly detail: string
  readonly instance?: string
}

/** Who asks may not do this. */
export interface ForbiddenProblem {
  readonly problem: "forbidden"
  readonly type: "urn:holdfast:problem:forbidden"
  readonly title: string
  readonly status: 403
  readonly detail?: string
  readonly instance?: string
  readonly operation: string
  readonly needs: ReadonlyArray<string>
  readonly locationIds: ReadonlyArray<string>
  readonly field: string | null
}

/** The id is taken. */
export interface IdTakenProblem {
  readonly problem: "id-taken"
  readonly type: "urn:holdfast:problem:id-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly kind: "sku" | "location" | "reservation"
  readonly id: string
}

/** The idempotency key was used with another request. */
export interface IdempotencyMismatchProblem {
  readonly problem: "idempotency-mismatch"
  readonly type: "urn:holdfast:problem:idempotency-mismatch"
  readonly title: string
  readonly status: 422
  readonly detail?: string
  readonly instance?: string
  readonly key: string
}

/** There is no such import. */
export interface ImportNotFoundProblem {
  readonly problem: "import-not-found"
  readonly type: "urn:holdfast:problem:import-not-found"
  readonly title: string
  readonly status: 404
  readonly detail: string
  readonly instance?: string
  readonly importId: string
}

/** Not enough stock on hand. */
export interface InsufficientOnHandProblem {
  readonly problem: "insufficient-on-hand"
  readonly type: "urn:holdfast:problem:insufficient-on-hand"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly locationId: string
  readonly requested: number
  readonly removable: number
}

/** Not enough stock. */
export interface InsufficientStockProblem {
  readonly problem: "insufficient-stock"
  readonly type: "urn:holdfast:problem:insufficient-stock"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly lines: ReadonlyArray<{ readonly line: number; readonly lineId: string | null; readonly skuId: string; readonly locationId: string | null; readonly requested: number; readonly available: number; readonly optionId?: string }>
}

/** The request cannot be read. */
export interface InvalidInputProblem {
  readonly problem: "invalid-input"
  readonly type: "urn:holdfast:problem:invalid-input"
  readonly title: string
  readonly status: 400
  readonly detail?: string
  readonly instance?: string
  readonly issues: ReadonlyArray<{ readonly path: string; readonly message: string }>
}

/** There is no key ring. */
export interface KeyRingMissingProblem {
  readonly problem: "key-ring-missing"
  readonly type: "urn:holdfast:problem:key-ring-missing"
  readonly title: string
  readonly status: 422
  readonly detail?: string
  readonly instance?: string
  readonly field: string
}

/** Lines were refused. */
export interface LinesRefusedProblem {
  readonly problem: "lines-refused"
  readonly type: "urn:holdfast:problem:lines-refused"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly lines: ReadonlyArray<RefusedLine>
}

/** No such location. */
export interface LocationNotFoundProblem {
  readonly problem: "location-not-found"
  readonly type: "urn:holdfast:problem:location-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly locationIds: ReadonlyArray<string>
}

/** The location does not take part. */
export interface LocationUnavailableProblem {
  readonly problem: "location-unavailable"
  readonly type: "urn:holdfast:problem:location-unavailable"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly locationId: string
  readonly reason: "INACTIVE" | "NOT_SELLABLE"
}

/** The log was restored to an earlier state. */
export interface LogRestoredProblem {
  readonly problem: "log-restored"
  readonly type: "urn:holdfast:problem:log-restored"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly after: number
  readonly afterEventId: string
}

/** No such SKU. */
export interface MappedSkuNotFoundProblem {
  readonly problem: "sku-not-found"
  readonly type: "urn:holdfast:problem:sku-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly skuIds: ReadonlyArray<string>
}

/** The mappings do not fit the type of the product. */
export interface MappingsMismatchProblem {
  readonly problem: "mappings-mismatch"
  readonly type: "urn:holdfast:problem:mappings-mismatch"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly optionId: string
  readonly productType: "NORMAL" | "BUNDLE"
  readonly skus: number
}

/** Guests are not let in. */
export interface NoGuestsProblem {
  readonly problem: "no-guests"
  readonly type: "urn:holdfast:problem:no-guests"
  readonly title: string
  readonly status: 403
  readonly detail: string
  readonly instance?: string
}

/** The product has no option to sell. */
export interface NothingOnOfferProblem {
  readonly problem: "nothing-on-offer"
  readonly type: "urn:holdfast:problem:nothing-on-offer"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
}

/** The catalog does not sell the option now. */
export interface OptionNotForSaleProblem {
  readonly problem: "option-not-for-sale"
  readonly type: "urn:holdfast:problem:option-not-for-sale"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly options: ReadonlyArray<{ readonly optionId: string; readonly productId: string; readonly reason: "INACTIVE" | "SOLD_OUT" | "PRODUCT_NOT_SHOWN" | "INCOMPLETE" }>
}

/** The order is confirmed already. */
export interface OrderAlreadyConfirmedProblem {
  readonly problem: "order-already-confirmed"
  readonly type: "urn:holdfast:problem:order-already-confirmed"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
}

/** The state of the order does not allow this. */
export interface OrderConflictProblem {
  readonly problem: "order-conflict"
  readonly type: "urn:holdfast:problem:order-conflict"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
  readonly reservationStatus: OrderStatus
  readonly action: string
}

/** The order is not confirmed. */
export interface OrderNotConfirmedProblem {
  readonly problem: "order-not-confirmed"
  readonly type: "urn:holdfast:problem:order-not-confirmed"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
}

/** The order has no reservations. */
export interface OrderNotFoundProblem {
  readonly problem: "order-not-found"
  readonly type: "urn:holdfast:problem:order-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
}

/** The order was never placed. */
export interface OrderNotPlacedProblem {
  readonly problem: "order-not-placed"
  readonly type: "urn:holdfast:problem:order-not-placed"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
}

/** The order has too many lines. */
export interface OrderTooLargeProblem {
  readonly problem: "order-too-large"
  readonly type: "urn:holdfast:problem:order-too-large"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
  readonly lines: number
  readonly orderLinesMax: number
}

/** The log has not reached this position. */
export interface PositionBeyondLogProblem {
  readonly problem: "position-beyond-log"
  readonly type: "urn:holdfast:problem:position-beyond-log"
  readonly title: string
  readonly status: 409
  readonly detail: string
  readonly instance?: string
  readonly after: number
  readonly head: number
}

/** The next events were dropped. */
export interface PositionGoneProblem {
  readonly problem: "position-gone"
  readonly type: "urn:holdfast:problem:position-gone"
  readonly title: string
  readonly status: 410
  readonly detail?: string
  readonly instance?: string
  readonly after: number
  readonly horizon: number
}

/** The status of the product does not allow this. */
export interface ProductConflictProblem {
  readonly problem: "product-conflict"
  readonly type: "urn:holdfast:problem:product-conflict"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly productStatus: "DRAFT" | "ACTIVE" | "INACTIVE" | "DISCONTINUED"
  readonly action: string
}

/** No such product. */
export interface ProductNotFoundProblem {
  readonly problem: "product-not-found"
  readonly type: "urn:holdfast:problem:product-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
}

/** The product has open reservations. */
export interface ProductReservedProblem {
  readonly problem: "product-reserved"
  readonly type: "urn:holdfast:problem:product-reserved"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly optionIds: ReadonlyArray<string>
}

/** The product is too large. */
export interface ProductTooLargeProblem {
  readonly problem: "product-too-large"
  readonly type: "urn:holdfast:problem:product-too-large"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly productId: string
  readonly what: "options" | "mappings" | "attributes"
  readonly count: number
  readonly max: number
}

/** The change would break promises. */
export interface PromisesInTheWayProblem {
  readonly problem: "promises-in-the-way"
  readonly type: "urn:holdfast:problem:promises-in-the-way"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly locationId: string
  readonly shortfallQuantity: number
  readonly holds: ReadonlyArray<{ readonly reservationId: string; readonly orderId: string; readonly status: string; readonly quantity: number }>
  readonly unlistedQuantity: number
}

/** The quantity does not fit the hold. */
export interface QuantityOutOfHoldProblem {
  readonly problem: "quantity-out-of-hold"
  readonly type: "urn:holdfast:problem:quantity-out-of-hold"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly reservationId: string
  readonly requested: number
  readonly quantity: number
  readonly fulfilledQuantity: number
}

/** The reference was booked already. */
export interface ReferenceTakenProblem {
  readonly problem: "reference-taken"
  readonly type: "urn:holdfast:problem:reference-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly reference: string
  readonly movementType: MovementType
  readonly movementId: string
  readonly locationId: string
  readonly quantity: number
  readonly bookedAt: string
}

/** The hold's status does not allow this. */
export interface ReservationConflictProblem {
  readonly problem: "reservation-conflict"
  readonly type: "urn:holdfast:problem:reservation-conflict"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly reservationId: string
  readonly reservationStatus: string
  readonly action: string
}

/** The hold expired, or a correction took it. */
export interface ReservationExpiredProblem {
  readonly problem: "reservation-expired"
  readonly type: "urn:holdfast:problem:reservation-expired"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly reservationIds: ReadonlyArray<string>
}

/** No such reservation. */
export interface ReservationNotFoundProblem {
  readonly problem: "reservation-not-found"
  readonly type: "urn:holdfast:problem:reservation-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly reservationId: string
}

/** More would come back than the order got. */
export interface ReturnExceedsOrderProblem {
  readonly problem: "return-exceeds-order"
  readonly type: "urn:holdfast:problem:return-exceeds-order"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly orderId: string
  readonly skuId: string
  readonly requested: number
  readonly fulfilledQuantity: number
  readonly returnedQuantity: number
}

/** The SKU is archived. */
export interface SkuArchivedProblem {
  readonly problem: "sku-archived"
  readonly type: "urn:holdfast:problem:sku-archived"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuIds: ReadonlyArray<string>
}

/** The SKU code is taken. */
export interface SkuCodeTakenProblem {
  readonly problem: "sku-code-taken"
  readonly type: "urn:holdfast:problem:sku-code-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly code: string
}

/** The SKU has stock or open holds. */
export interface SkuNotEmptyProblem {
  readonly problem: "sku-not-empty"
  readonly type: "urn:holdfast:problem:sku-not-empty"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly skuId: string
  readonly totalQuantity: number
  readonly reservedQuantity: number
}

/** No such SKU. */
export interface SkuNotFoundProblem {
  readonly problem: "sku-not-found"
  readonly type: "urn:holdfast:problem:sku-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly skuIds: ReadonlyArray<string>
}

/** No product has this slug. */
export interface SlugNotFoundProblem {
  readonly problem: "slug-not-found"
  readonly type: "urn:holdfast:problem:slug-not-found"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly slug: string
}

/** The slug is taken. */
export interface SlugTakenProblem {
  readonly problem: "slug-taken"
  readonly type: "urn:holdfast:problem:slug-taken"
  readonly title: string
  readonly status: 409
  readonly detail?: string
  readonly instance?: string
  readonly slug: string
}

/** The state is no longer the expected one. */
export interface StaleExpectationProblem {
  readonly problem: "stale-expectation"
  readonly type: "urn:holdfast:problem:stale-expectation"
  readonly title: string
  readonly status: 412
  readonly detail?: string
  readonly instance?: string
  readonly field: string
  readonly expected: number
  readonly actual: number
}

/** There are as many webhooks as there may be. */
export interface TooManyWebhooksProblem {
  readonly problem: "too-many-webhooks"
  readonly type: "urn:holdfast:problem:too-many-webhooks"
  readonly title: string
  readonly status: 409
  readonly detail: string
  readonly instance?: string
  readonly webhooksMax: number
}

/** Nobody vouches for who asks. */
export interface UnauthenticatedProblem {
  readonly problem: "unauthenticated"
  readonly type: "urn:holdfast:problem:unauthenticated"
  readonly title: string
  readonly status: 401
  readonly detail?: string
  readonly instance?: string
  readonly operation: string
}

/** No such option. */
export interface UnknownOptionProblem {
  readonly problem: "unknown-option"
  readonly type: "urn:holdfast:problem:unknown-option"
  readonly title: string
  readonly status: 404
  readonly detail?: string
  readonly instance?: string
  readonly optionIds: ReadonlyArray<string>
  readonly hasCatalog: boolean
}

/** There is no such webhook. */
export interface WebhookNotFoundProblem {
  readonly problem: "webhook-not-found"
  readonly type: "urn:holdfast:problem:webhook-not-found"
  readonly title: string
  readonly status: 404
  readonly detail: string
  readonly instance?: string
  readonly webhookId: string
}

/** Webhooks cannot be managed from here. */
export interface WebhooksNotHereProblem {
  readonly problem: "webhooks-not-here"
  readonly type: "urn:holdfast:problem:webhooks-not-here"
  readonly title: string
  readonly status: 403
  readonly detail: string
  readonly instance?: string
}
