/** Events about orders for tests: each with an id of its own, sent as JSON. */
import type { Vitest } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { StockStore } from "../../inventory/ports/StockStore.ts"
import type { Inventory } from "../../inventory/services/Inventory.ts"
import { type HandledOrderEvent, OrderFlow } from "../../ordering/OrderFlow.ts"
import type { ParkedOrderEvents } from "../../ordering/ParkedOrderEvents.ts"
import { Stage } from "../contract/Stage.ts"

/** What a test of the flow may use. */
export type OnFlow = OrderFlow | Inventory | StockStore | StockReads | ParkedOrderEvents | Stage

/** The `it` of the suite. */
export type FlowIt = Pick<Vitest.MethodsNonLive<OnFlow>, "effect">

/** An event as it is sent. */
export interface SentEvent {
  readonly eventId: string
  readonly eventType: string
  readonly aggregateId: string
  readonly timestamp: string
  readonly payload: object
}

/** An event of an order that happened now. */
export const eventNow = (
  eventType: string,
  orderId: string,
  payload: object = {}
): Effect.Effect<SentEvent, never, Stage> =>
  Effect.gen(function* () {
    const { fresh, now } = yield* Stage
    return {
      eventId: fresh("event"),
      eventType,
      aggregateId: orderId,
      timestamp: DateTime.formatIso(yield* now),
      payload: { orderId, ...payload }
    }
  })

/** Handles an event that can be read. */
export const send = (event: SentEvent): Effect.Effect<HandledOrderEvent, never, OrderFlow> =>
  Effect.orDie(Effect.flatMap(OrderFlow, (flow) => flow.handleOrderEvent(JSON.stringify(event))))

/** What became of an event in one word, and of those that waited for it. */
export const wordsOf = (handled: HandledOrderEvent): ReadonlyArray<string> =>
  handled._tag === "Decided"
    ? [handled.state._tag, ...handled.applied.map(({ state }) => state._tag)]
    : [handled._tag]
