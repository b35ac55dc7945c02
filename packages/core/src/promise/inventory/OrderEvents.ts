/** Events about orders that come in from elsewhere, as the Promise door takes them. */
import type { ReadOptions } from "../engine/RequestOptions.ts"
import type { AnyHoldfastError } from "./HoldfastError.ts"
import type { OrderState } from "./InventoryAnswers.ts"

/** The type of an event about an order. */
export type OrderEventType = "order.created" | "order.paid" | "order.cancelled" | "order.fulfilled"

/** An event about an order. Other fields are left aside. */
export interface OrderEventInput {
  /** Its id, and the key by which a repeat is known: 1 to 255 characters. */
  readonly eventId: string
  readonly eventType: OrderEventType | (string & {})
  /** The order. */
  readonly aggregateId: string
  readonly timestamp: Date | string
  /** `order.created` has `orderId`, `lines`, and if you like `ttl` in seconds and `ownerId`. */
  readonly payload: object
}

/** Where an event came from, for the events that it causes. */
export interface OrderEventOptions extends ReadOptions {
  /** The event's id unless given. */
  readonly correlationId?: string | undefined
  readonly traceparent?: string | undefined
}

/** An event that had waited, and that the order's next step made possible. */
export interface AppliedOrderEvent {
  readonly eventId: string
  readonly eventType: OrderEventType
  readonly state: OrderState
}

/** What became of an event about an order. */
export type HandledOrderEvent =
  | {
      readonly _tag: "Decided"
      /** The state of the order after this event. Those in `applied` may have changed it since. */
      readonly state: OrderState
      /** Whether the event had been handled before. */
      readonly isReplayed: boolean
      /** The events that had waited, and were applied after it. */
      readonly applied: ReadonlyArray<AppliedOrderEvent>
    }
  /** The inventory refused it: no such SKU, say, or paid after it was cancelled. Nothing changed. */
  | { readonly _tag: "Refused"; readonly refusal: AnyHoldfastError }
  /** It came before the event that it needs, and waits for it. */
  | { readonly _tag: "Parked" }
  /** It will not be applied by itself: too many events of its order wait, or it waited too long. */
  | { readonly _tag: "DeadLettered"; readonly cause: string }

/** The flow of orders. */
export interface InventoryOrderFlow {
  /**
   * Handles an event about an order: an object, or its JSON as text or as bytes. Duplicates, repeats
   * and reorderings are harmless. Answers what became of it; a refusal is such an answer. Rejects
   * with `InvalidInput` when the event cannot be read, and then never can; with a reason of the
   * store when it cannot be reached, and then the same event may be handled again.
   */
  readonly handleOrderEvent: (
    event: OrderEventInput | string | Uint8Array,
    options?: OrderEventOptions
  ) => Promise<HandledOrderEvent>
}
