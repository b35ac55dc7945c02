/**
 * PORT. Events about orders that came before the event they need. One waits here until that event
 * has come, or until it has waited for too long: then it is a dead letter, with its cause.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { OrderId } from "../kernel/Identifier.ts"
import type { StoreError } from "../kernel/StoreError.ts"

/** An event to park. */
export interface ParkedOrderEvent {
  readonly eventId: string
  readonly orderId: OrderId
  /** The event as JSON. */
  readonly json: string
  readonly happenedAt: DateTime.Utc
}

/** Which event. */
export type ParkedRef = Pick<ParkedOrderEvent, "eventId" | "orderId">

/** An event that will not be applied by itself any more. */
export interface DeadOrderEvent extends ParkedOrderEvent {
  readonly cause: string
}

/** How many events of one order may wait. */
export const parkedMax = 16

/** Events that wait, and those that have waited in vain. */
export class ParkedOrderEvents extends Context.Service<
  ParkedOrderEvents,
  {
    /**
     * Parks an event, once. Beyond `parkedMax` waiting events of its order it becomes a dead letter
     * at once, with `causeWhenFull`. Answers its cause: null while it waits.
     */
    readonly park: (
      event: ParkedOrderEvent,
      causeWhenFull: string
    ) => Effect.Effect<string | null, StoreError>
    /** The waiting events of an order, in the order in which they happened. */
    readonly waiting: (
      orderId: OrderId
    ) => Effect.Effect<ReadonlyArray<ParkedOrderEvent>, StoreError>
    /** Waiting events that were parked longer ago than this, oldest first. */
    readonly overdue: (
      millis: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<ParkedOrderEvent>, StoreError>
    /** Makes a dead letter of a waiting event. */
    readonly condemn: (event: ParkedRef, cause: string) => Effect.Effect<void, StoreError>
    /** Forgets an event that was applied, whether it waited or was a dead letter. */
    readonly remove: (event: ParkedRef) => Effect.Effect<void, StoreError>
    /** Forgets dead letters. */
    readonly forgetDead: (eventIds: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
    /** Dead letters by id, from after one, at most `limit`. */
    readonly dead: (
      after: string | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<DeadOrderEvent>, StoreError>
  }
>()("@holdfast/core/ordering/ParkedOrderEvents") {}
