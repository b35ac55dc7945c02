/** Methods of events, webhooks, imports, the audit log, and what several parts share. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */
import type { CallOptions, Result } from "../calling/options.ts"
import type {
  AccuracyReport,
  AnyEventType,
  AuditPage,
  Event,
  Import,
  MostMissed,
  MostViewed,
  Reconciliation,
  SkuHistory,
  Webhook,
  WebhookDelivery,
  WebhookTest,
  WebhookWithSecret
} from "./otherModels.ts"
import type {
  AuditNotHereProblem,
  FileTooLargeProblem,
  ForbiddenProblem,
  IdempotencyMismatchProblem,
  ImportNotFoundProblem,
  InvalidInputProblem,
  LogRestoredProblem,
  PositionBeyondLogProblem,
  PositionGoneProblem,
  SkuNotFoundProblem,
  TooManyWebhooksProblem,
  UnauthenticatedProblem,
  WebhookNotFoundProblem,
  WebhooksNotHereProblem
} from "./problems.ts"

/** What `events.list` takes. */
export interface EventsListInput {
  readonly context?: undefined | "inventory" | "catalog"
  readonly types?: undefined | ReadonlyArray<"inventory.sku.created" | "inventory.sku.updated" | "inventory.sku.archived" | "inventory.sku.unarchived" | "inventory.location.created" | "inventory.location.updated" | "inventory.stock.updated" | "inventory.stock.reserved" | "inventory.stock.released" | "inventory.stock.confirmed" | "inventory.stock.fulfilled" | "inventory.reservation.extended" | "inventory.reservation.resized" | "inventory.stock.depleted" | "inventory.stock.replenished" | "inventory.stock.low" | "ordering.order.reserved" | "ordering.order.rejected" | "ordering.order.confirmed" | "ordering.order.payment.late" | "ordering.order.cancelled" | "ordering.order.fulfilled" | "ordering.claim.made">
  readonly aggregateIds?: undefined | ReadonlyArray<string>
  readonly orderId?: undefined | string
  readonly after?: undefined | number
  readonly afterEventId?: undefined | string
  readonly size?: undefined | number
}

/** Why `events.list` is refused. */
export type EventsListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LogRestoredProblem
  | PositionBeyondLogProblem
  | PositionGoneProblem

/** What `events.stream` takes. */
export interface EventsStreamInput {
  readonly context?: undefined | "inventory" | "catalog"
  readonly after?: undefined | number
  readonly afterEventId?: undefined | string
  readonly types?: undefined | ReadonlyArray<"inventory.sku.created" | "inventory.sku.updated" | "inventory.sku.archived" | "inventory.sku.unarchived" | "inventory.location.created" | "inventory.location.updated" | "inventory.stock.updated" | "inventory.stock.reserved" | "inventory.stock.released" | "inventory.stock.confirmed" | "inventory.stock.fulfilled" | "inventory.reservation.extended" | "inventory.reservation.resized" | "inventory.stock.depleted" | "inventory.stock.replenished" | "inventory.stock.low" | "ordering.order.reserved" | "ordering.order.rejected" | "ordering.order.confirmed" | "ordering.order.payment.late" | "ordering.order.cancelled" | "ordering.order.fulfilled" | "ordering.claim.made">
  readonly aggregateIds?: undefined | ReadonlyArray<string>
}

/** What `webhooks.create` takes. */
export interface WebhooksCreateInput {
  readonly url: string
  readonly description?: undefined | string | null
  readonly eventTypes?: undefined | ReadonlyArray<AnyEventType> | null
  readonly secret?: undefined | string
  readonly from?: undefined | "FIRST" | "LAST"
  readonly context?: undefined | "inventory" | "catalog"
}

/** Why `webhooks.create` is refused. */
export type WebhooksCreateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | TooManyWebhooksProblem
  | IdempotencyMismatchProblem

/** Why `webhooks.list` is refused. */
export type WebhooksListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem

/** What `webhooks.get` takes. */
export interface WebhooksGetInput {
  readonly webhookId: string
}

/** Why `webhooks.get` is refused. */
export type WebhooksGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem

/** What `webhooks.update` takes. */
export interface WebhooksUpdateInput {
  readonly webhookId: string
  readonly url?: undefined | string
  readonly description?: undefined | string | null
  readonly eventTypes?: undefined | ReadonlyArray<AnyEventType> | null
  readonly status?: undefined | "ACTIVE" | "PAUSED"
}

/** Why `webhooks.update` is refused. */
export type WebhooksUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem

/** What `webhooks.delete` takes. */
export interface WebhooksDeleteInput {
  readonly webhookId: string
}

/** Why `webhooks.delete` is refused. */
export type WebhooksDeleteRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem

/** What `webhooks.rotateSecret` takes. */
export interface WebhooksRotateSecretInput {
  readonly webhookId: string
  readonly secret?: undefined | string
  readonly oldSecretSeconds?: undefined | number
}

/** Why `webhooks.rotateSecret` is refused. */
export type WebhooksRotateSecretRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem
  | IdempotencyMismatchProblem

/** What `webhooks.test` takes. */
export interface WebhooksTestInput {
  readonly webhookId: string
}

/** Why `webhooks.test` is refused. */
export type WebhooksTestRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem

/** What `webhooks.deliveries` takes. */
export interface WebhooksDeliveriesInput {
  readonly webhookId: string
  readonly status?: undefined | "DELIVERED" | "WAITING" | "FAILED"
  readonly before?: undefined | number
  readonly size?: undefined | number
}

/** Why `webhooks.deliveries` is refused. */
export type WebhooksDeliveriesRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem

/** What `webhooks.redeliver` takes. */
export interface WebhooksRedeliverInput {
  readonly webhookId: string
  readonly positions: ReadonlyArray<number>
}

/** Why `webhooks.redeliver` is refused. */
export type WebhooksRedeliverRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem

/** What `webhooks.replay` takes. */
export interface WebhooksReplayInput {
  readonly webhookId: string
  readonly after: number
}

/** Why `webhooks.replay` is refused. */
export type WebhooksReplayRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | WebhooksNotHereProblem
  | WebhookNotFoundProblem
  | PositionBeyondLogProblem
  | PositionGoneProblem

/** What `audit.list` takes. */
export interface AuditListInput {
  readonly context?: undefined | "inventory" | "catalog" | "access"
  readonly principal?: undefined | string
  readonly operation?: undefined | string
  readonly target?: undefined | string
  readonly from?: undefined | string
  readonly until?: undefined | string
  readonly before?: undefined | number
  readonly size?: undefined | number
}

/** Why `audit.list` is refused. */
export type AuditListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | AuditNotHereProblem

/** Why `health.live` is refused. */
export type HealthLiveRefusal = InvalidInputProblem

/** Why `health.startup` is refused. */
export type HealthStartupRefusal = InvalidInputProblem

/** Why `health.ready` is refused. */
export type HealthReadyRefusal = InvalidInputProblem

/** What `history.sku` takes. */
export interface HistorySkuInput {
  readonly skuId: string
  readonly after?: undefined | number
  readonly size?: undefined | number
}

/** Why `history.sku` is refused. */
export type HistorySkuRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem
  | LogRestoredProblem
  | PositionGoneProblem

/** What `operations.reconciliation` takes. */
export interface OperationsReconciliationInput {
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `operations.reconciliation` is refused. */
export type OperationsReconciliationRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `operations.events` takes. */
export interface OperationsEventsInput {
  readonly types?: undefined | ReadonlyArray<"inventory.sku.created" | "inventory.sku.updated" | "inventory.sku.archived" | "inventory.sku.unarchived" | "inventory.location.created" | "inventory.location.updated" | "inventory.stock.updated" | "inventory.stock.reserved" | "inventory.stock.released" | "inventory.stock.confirmed" | "inventory.stock.fulfilled" | "inventory.reservation.extended" | "inventory.reservation.resized" | "inventory.stock.depleted" | "inventory.stock.replenished" | "inventory.stock.low" | "ordering.order.reserved" | "ordering.order.rejected" | "ordering.order.confirmed" | "ordering.order.payment.late" | "ordering.order.cancelled" | "ordering.order.fulfilled" | "ordering.claim.made">
  readonly aggregateIds?: undefined | ReadonlyArray<string>
  readonly orderId?: undefined | string
  readonly after?: undefined | number
  readonly afterEventId?: undefined | string
  readonly size?: undefined | number
}

/** Why `operations.events` is refused. */
export type OperationsEventsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LogRestoredProblem
  | PositionGoneProblem

/** What `stockReports.mostMissed` takes. */
export interface StockReportsMostMissedInput {
  readonly days?: undefined | number
  readonly size?: undefined | number
}

/** Why `stockReports.mostMissed` is refused. */
export type StockReportsMostMissedRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** Why `stockReports.accuracy` is refused. */
export type StockReportsAccuracyRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `productReports.mostViewed` takes. */
export interface ProductReportsMostViewedInput {
  readonly days?: undefined | number
  readonly size?: undefined | number
}

/** Why `productReports.mostViewed` is refused. */
export type ProductReportsMostViewedRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `imports.bring` takes. */
export interface ImportsBringInput {
  readonly kind: "skus" | "stock" | "categories" | "products"
  readonly source?: undefined | string
  readonly map?: undefined | ReadonlyArray<string>
  readonly preset?: undefined | "shopify"
  readonly currency?: undefined | string
  readonly dryRun?: undefined | boolean
  readonly allOrNothing?: undefined | boolean
  readonly allowUnknownSkus?: undefined | boolean
  readonly again?: undefined | boolean
  /** The text of the file. */
  readonly file: string | Blob
  /** `text/csv` unless given. */
  readonly mediaType?: undefined | string
}

/** Why `imports.bring` is refused. */
export type ImportsBringRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | FileTooLargeProblem

/** What `imports.get` takes. */
export interface ImportsGetInput {
  readonly importId: string
}

/** Why `imports.get` is refused. */
export type ImportsGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ImportNotFoundProblem

/** What `imports.errors` takes. */
export interface ImportsErrorsInput {
  readonly importId: string
}

/** Why `imports.errors` is refused. */
export type ImportsErrorsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ImportNotFoundProblem

/** The methods. */
export interface OtherMethods {
  readonly events: {
    /** The event log after a position, in order, without gaps; of types, SKUs, locations, an order. */
    list(input?: EventsListInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Event>; readonly next: number }, EventsListRefusal>>
    /** The event log as it grows: Server-Sent Events. */
    stream(input?: EventsStreamInput, options?: CallOptions): AsyncGenerator<Event>
  }
  readonly webhooks: {
    /** Send the events of the log to an address, from now on or from the first one. */
    create(input: WebhooksCreateInput, options?: CallOptions): Promise<Result<WebhookWithSecret, WebhooksCreateRefusal>>
    /** List webhooks. */
    list(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Webhook> }, WebhooksListRefusal>>
    /** Read a webhook. */
    get(input: WebhooksGetInput, options?: CallOptions): Promise<Result<Webhook, WebhooksGetRefusal>>
    /** Change a webhook, pause it, or make it active; what is left out stays. */
    update(input: WebhooksUpdateInput, options?: CallOptions): Promise<Result<Webhook, WebhooksUpdateRefusal>>
    /** Delete a webhook. */
    delete(input: WebhooksDeleteInput, options?: CallOptions): Promise<Result<undefined, WebhooksDeleteRefusal>>
    /** Give a webhook a new secret; the old one signs as well for a while. */
    rotateSecret(input: WebhooksRotateSecretInput, options?: CallOptions): Promise<Result<WebhookWithSecret, WebhooksRotateSecretRefusal>>
    /** Send an event of the type webhook.test now, once, and answer with what came of it. */
    test(input: WebhooksTestInput, options?: CallOptions): Promise<Result<WebhookTest, WebhooksTestRefusal>>
    /** What became of events, the last first. */
    deliveries(input: WebhooksDeliveriesInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<WebhookDelivery>; readonly next: number | null }, WebhooksDeliveriesRefusal>>
    /** Send events again, now and once: those of one aggregate in their order, up to the first that is not taken. */
    redeliver(input: WebhooksRedeliverInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<WebhookDelivery> }, WebhooksRedeliverRefusal>>
    /** Set a webhook to another position: it gets every event after it, also those that it had. */
    replay(input: WebhooksReplayInput, options?: CallOptions): Promise<Result<Webhook, WebhooksReplayRefusal>>
  }
  readonly audit: {
    /** Who changed what, and what was denied, the newest first. */
    list(input?: AuditListInput, options?: CallOptions): Promise<Result<AuditPage, AuditListRefusal>>
  }
  readonly health: {
    /** The process answers. */
    live(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<{ readonly status: "live" | "started" | "ready" }, HealthLiveRefusal>>
    /** The server has been ready once; 503 until then. */
    startup(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<{ readonly status: "live" | "started" | "ready" }, HealthStartupRefusal>>
    /** The stores answer and what they need is there; 503 when it is not. An ADMIN sees the reasons. */
    ready(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<{ readonly status: "live" | "started" | "ready"; readonly checks?: ReadonlyArray<{ readonly name: string; readonly status: "ok" | "warn"; readonly found: string }>; readonly notes?: ReadonlyArray<string> }, HealthReadyRefusal>>
  }
  readonly history: {
    /** What happened to a SKU, and who did it. */
    sku(input: HistorySkuInput, options?: CallOptions): Promise<Result<SkuHistory, HistorySkuRefusal>>
  }
  readonly operations: {
    /** Levels beside the ledger and the open holds, with proposed repairs; changes nothing. */
    reconciliation(input?: OperationsReconciliationInput, options?: CallOptions): Promise<Result<Reconciliation, OperationsReconciliationRefusal>>
    /** The event log after a position, in order, without gaps; of types, SKUs, locations, an order. */
    events(input?: OperationsEventsInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Event>; readonly next: number }, OperationsEventsRefusal>>
  }
  readonly stockReports: {
    /** The SKUs that callers were refused most in up to 92 days, most units first. */
    mostMissed(input?: StockReportsMostMissedInput, options?: CallOptions): Promise<Result<MostMissed, StockReportsMostMissedRefusal>>
    /** How much of the stock agreed with its ledger when it was last checked. */
    accuracy(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<AccuracyReport, StockReportsAccuracyRefusal>>
  }
  readonly productReports: {
    /** The products that were read most in up to 92 days, most first. */
    mostViewed(input?: ProductReportsMostViewedInput, options?: CallOptions): Promise<Result<MostViewed, ProductReportsMostViewedRefusal>>
  }
  readonly imports: {
    /** Bring a file of products, categories, SKUs or stock; the import goes on after the answer. */
    bring(input: ImportsBringInput, options?: CallOptions): Promise<Result<Import, ImportsBringRefusal>>
    /** How far an import is, and what became of its records. */
    get(input: ImportsGetInput, options?: CallOptions): Promise<Result<Import, ImportsGetRefusal>>
    /** The bad rows of an import as a CSV file, with line and column. */
    errors(input: ImportsErrorsInput, options?: CallOptions): Promise<Result<string, ImportsErrorsRefusal>>
  }
}
