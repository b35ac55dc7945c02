/** Models of events, webhooks, imports, the audit log, and what several parts share. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */

/** `EventEnvelope` of the API. */
export interface EventEnvelope {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly aggregateType: string
  readonly version: number
  readonly timestamp: string
  readonly commandId: string
  readonly correlationId: string | null
  readonly traceparent: string | null
  readonly incarnation?: number | null
  readonly payload: Readonly<Record<string, unknown>>
}

/** `EventMessage` of the API. */
export interface EventMessage {
  readonly id?: string | null
  readonly event: string
  readonly data: string
}

/** `AnyEventType` of the API. */
export type AnyEventType =
  | "inventory.sku.created"
  | "inventory.sku.updated"
  | "inventory.sku.archived"
  | "inventory.sku.unarchived"
  | "inventory.location.created"
  | "inventory.location.updated"
  | "inventory.stock.updated"
  | "inventory.stock.reserved"
  | "inventory.stock.released"
  | "inventory.stock.confirmed"
  | "inventory.stock.fulfilled"
  | "inventory.reservation.extended"
  | "inventory.reservation.resized"
  | "inventory.stock.depleted"
  | "inventory.stock.replenished"
  | "inventory.stock.low"
  | "ordering.order.reserved"
  | "ordering.order.rejected"
  | "ordering.order.confirmed"
  | "ordering.order.payment.late"
  | "ordering.order.cancelled"
  | "ordering.order.fulfilled"
  | "ordering.claim.made"
  | "product.created"
  | "product.updated"
  | "product.deleted"
  | "product.option.sold-out"
  | "product.option.back"
  | "category.created"
  | "category.updated"
  | "category.moved"
  | "category.deleted"
  | "attribute.created"
  | "attribute.updated"
  | "attribute.deleted"

/** `WebhookWithSecret` of the API. */
export interface WebhookWithSecret {
  readonly webhookId: string
  readonly context: string
  readonly url: string
  readonly description: string | null
  readonly eventTypes: ReadonlyArray<string> | null
  readonly status: "ACTIVE" | "PAUSED"
  readonly pausedBecause: string | null
  readonly oldSecretUntil: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastDeliveredAt: string | null
  readonly secret: string
}

/** `WebhookTest` of the API. */
export interface WebhookTest {
  readonly isDelivered: boolean
  readonly httpStatus: number | null
  readonly problem: string | null
  readonly durationMillis: number
}

/** `WebhookDelivery` of the API. */
export interface WebhookDelivery {
  readonly position: number
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly status: "DELIVERED" | "WAITING" | "FAILED"
  readonly tries: number
  readonly firstTriedAt: string
  readonly lastTriedAt: string
  readonly nextTryAt: string | null
  readonly httpStatus: number | null
  readonly problem: string | null
  readonly durationMillis: number
}

/** `Webhook` of the API. */
export interface Webhook {
  readonly webhookId: string
  readonly context: string
  readonly url: string
  readonly description: string | null
  readonly eventTypes: ReadonlyArray<string> | null
  readonly status: "ACTIVE" | "PAUSED"
  readonly pausedBecause: string | null
  readonly oldSecretUntil: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly lastDeliveredAt: string | null
}

/** `AuditOutcome` of the API. */
export type AuditOutcome = "DONE" | "DENIED"

/** `AuditEntry` of the API. */
export interface AuditEntry {
  readonly position: number
  readonly auditId: string
  readonly outcome: AuditOutcome
  readonly principal: { readonly kind: string; readonly id: string }
  readonly actor: string | null
  readonly operation: string
  readonly targets: ReadonlyArray<string>
  readonly commandId: string | null
  readonly correlationId: string | null
  readonly keyDigest: string | null
  readonly senderDigest: string | null
  readonly eventPositions: ReadonlyArray<number>
  readonly reason: string | null
  readonly dropped: number
  readonly at: string
  readonly sender: { readonly address: string | null; readonly userAgent: string | null } | null
  readonly senderProblem: string | null
}

/** `AuditPage` of the API. */
export interface AuditPage {
  readonly items: ReadonlyArray<AuditEntry>
  readonly next: number | null
}

/** `SkuHistoryItem` of the API. */
export interface SkuHistoryItem {
  readonly position: number
  readonly at: string
  readonly version: number
  readonly eventType: string
  readonly what: string
  readonly commandId: string
  readonly operation: string | null
  readonly by: { readonly kind: string; readonly id: string } | null
  readonly actor: string | null
}

/** `SkuHistory` of the API. */
export interface SkuHistory {
  readonly items: ReadonlyArray<SkuHistoryItem>
  readonly next: number
}

/** `MovementType` of the API. */
export type MovementType =
  | "RECEIPT"
  | "SHIPMENT"
  | "ADJUSTMENT"
  | "RETURN"
  | "TRANSFER_IN"
  | "TRANSFER_OUT"
  | "OPENING"

/** `RefusedLine` of the API. */
export interface RefusedLine {
  readonly line: number
  readonly path: string
  readonly message: string
  readonly refusal: { readonly _tag: "InvalidInput"; readonly issues: ReadonlyArray<{ readonly path: string; readonly message: string }> } | { readonly _tag: "ReferenceTaken"; readonly skuId: string; readonly reference: string; readonly movementType: MovementType; readonly movementId: string; readonly locationId: string; readonly quantity: number; readonly bookedAt: string } | { readonly _tag: "SkuNotFound"; readonly skuIds: ReadonlyArray<string> } | { readonly _tag: "SkuCodeNotFound"; readonly codes: ReadonlyArray<string> } | { readonly _tag: "LocationNotFound"; readonly locationIds: ReadonlyArray<string> } | { readonly _tag: "SkuArchived"; readonly skuIds: ReadonlyArray<string> } | { readonly _tag: "LocationUnavailable"; readonly locationId: string; readonly reason: "INACTIVE" | "NOT_SELLABLE" } | { readonly _tag: "StaleExpectation"; readonly field: string; readonly expected: number; readonly actual: number } | { readonly _tag: "InsufficientOnHand"; readonly skuId: string; readonly locationId: string; readonly requested: number; readonly removable: number } | { readonly _tag: "PromisesInTheWay"; readonly skuId: string; readonly locationId: string; readonly shortfallQuantity: number; readonly holds: ReadonlyArray<{ readonly reservationId: string; readonly orderId: string; readonly status: string; readonly quantity: number }>; readonly unlistedQuantity: number } | { readonly _tag: "BalanceOutOfRange"; readonly skuId: string; readonly locationId: string }
}

/** `OrderStatus` of the API. */
export type OrderStatus =
  | "RESERVED"
  | "REJECTED"
  | "CONFIRMED"
  | "PAID_LATE"
  | "CANCELLED"
  | "FULFILLED"

/** `Reconciliation` of the API. */
export interface Reconciliation {
  readonly levels: number
  readonly agreeing: number
  readonly accuracy: number
  readonly totalDrift: number
  readonly reservedDrift: number
  readonly drifted: ReadonlyArray<DriftedLevel>
  readonly next: string | null
}

/** `Event` of the API. */
export interface Event {
  readonly position: number
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly aggregateType: string
  readonly version: number
  readonly timestamp: string
  readonly commandId: string
  readonly correlationId: string | null
  readonly traceparent: string | null
  readonly incarnation?: number | null
  readonly payload: Readonly<Record<string, unknown>>
}

/** `MissedSku` of the API. */
export interface MissedSku {
  readonly skuId: string
  readonly shortages: number
  readonly units: number
}

/** `MostMissed` of the API. */
export interface MostMissed {
  readonly from: string
  readonly to: string
  readonly items: ReadonlyArray<MissedSku>
}

/** `DriftedLevel` of the API. */
export interface DriftedLevel {
  readonly skuId: string
  readonly locationId: string
  readonly totalQuantity: number
  readonly ledgerQuantity: number
  readonly reservedQuantity: number
  readonly heldQuantity: number
  readonly totalDrift: number
  readonly reservedDrift: number
  readonly repair: { readonly totalQuantity: number; readonly reservedQuantity: number }
}

/** `StockCheck` of the API. */
export interface StockCheck {
  readonly finishedAt: string
  readonly accuracy: number
  readonly startedAt: string
  readonly levels: number
  readonly agreeing: number
  readonly totalDrift: number
  readonly reservedDrift: number
  readonly drifted: ReadonlyArray<DriftedLevel>
  readonly skus: number
  readonly soldOutSkus: number
  readonly lowStockSkus: number
  readonly cover: ReadonlyArray<{ readonly daysUpTo: number | null; readonly skus: number }>
}

/** `CheckUnderWay` of the API. */
export interface CheckUnderWay {
  readonly startedAt: string
  readonly levels: number
  readonly agreeing: number
}

/** `AccuracyReport` of the API. */
export interface AccuracyReport {
  readonly lastCheck: StockCheck | null
  readonly underWay: CheckUnderWay | null
}

/** `ViewedProduct` of the API. */
export interface ViewedProduct {
  readonly productId: string
  readonly name: string | null
  readonly views: number
}

/** `MostViewed` of the API. */
export interface MostViewed {
  readonly from: string
  readonly to: string
  readonly items: ReadonlyArray<ViewedProduct>
}

/** `Import` of the API. */
export interface Import {
  readonly importId: string
  readonly kind: "skus" | "stock" | "categories" | "products"
  readonly source: string
  readonly status: "RUNNING" | "INTERRUPTED" | "STOPPED" | "FINISHED"
  readonly records: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: number
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly problem: string | null
  readonly createdAt: string
  readonly updatedAt: string
}
