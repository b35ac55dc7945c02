/**
 * SERVICE. The order flow: each event about an order becomes one command of the inventory, under the
 * id of the event as its idempotency key. So duplicates are harmless. An event that comes before the
 * one it needs is parked, and applied as soon as that one has come; nothing waits for it meanwhile.
 *
 * Parking takes no lock of the order. Who parks an event looks once more after that, and who decides
 * about an order looks for parked events after that. So one of the two sees the other's work, and
 * when both do, the event's id makes the second harmless.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { readOptions } from "../engine/RequestOptions.ts"
import type { OrderState } from "../inventory/messages/InventoryAnswer.ts"
import type { InventoryCommand } from "../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../inventory/messages/InventoryError.ts"
import { sentenceOf } from "../inventory/messages/refusalSentences.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { checkCommand } from "../inventory/services/readCommand.ts"
import type { OrderId } from "../kernel/Identifier.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import {
  type OrderEvent,
  type OrderEventType,
  type OrderEventUnreadable,
  orderEventJson,
  readOrderEvent
} from "./OrderEvent.ts"
import { type DeadOrderEvent, ParkedOrderEvents, parkedMax } from "./ParkedOrderEvents.ts"

/** A parked event that an order's next step made possible. */
export interface AppliedOrderEvent {
  readonly eventId: string
  readonly eventType: OrderEventType
  readonly state: OrderState
}

/** What became of an event. */
export type HandledOrderEvent =
  | {
      readonly _tag: "Decided"
      /** The state of the order after this event. Parked events may have changed it since. */
      readonly state: OrderState
      /** Whether the event had been handled before. */
      readonly isReplayed: boolean
      /** The parked events that were applied after it. */
      readonly applied: ReadonlyArray<AppliedOrderEvent>
    }
  /** The inventory refused the command: no such SKU, say, or paid after it was cancelled. */
  | { readonly _tag: "Refused"; readonly refusal: InventoryRefusal }
  /** It came before the event that it needs, and waits for it. */
  | { readonly _tag: "Parked" }
  /** It will not be applied by itself: too many events of its order wait, or it waited too long. */
  | { readonly _tag: "DeadLettered"; readonly cause: string }

/** Where an event came from, for the events that it causes: each 1–255 code points, else ignored. */
export interface AboutOrderEvent {
  readonly correlationId?: string | undefined
  readonly traceparent?: string | undefined
}

/** What of it an event can carry. The rest is left aside, since a good event may come with it. */
const carriedOf = ({ correlationId, traceparent }: AboutOrderEvent): AboutOrderEvent => ({
  correlationId: Result.isSuccess(readOptions({ correlationId })) ? correlationId : undefined,
  traceparent: Result.isSuccess(readOptions({ traceparent })) ? traceparent : undefined
})

/** How the flow is bounded. */
export interface OrderFlowOptions {
  /** How long an event may wait for its predecessor, in milliseconds: 24 hours. */
  readonly parkedMillisMax?: number | undefined
}

/** Whose keys the ids of order events are. */
const caller = "order events"

/** Overdue events that are looked at together. */
const overdueMax = 100

const commandOf = ({ aggregateId, eventType, payload }: OrderEvent): InventoryCommand => {
  const orderId = aggregateId
  switch (eventType) {
    case "order.created":
      return { _tag: "PlaceOrder", ...payload, orderId }
    case "order.paid":
      return { _tag: "PayOrder", orderId }
    case "order.cancelled":
      return { _tag: "CancelOrder", orderId }
    case "order.fulfilled":
      return { _tag: "CompleteOrder", reference: null, ...payload, orderId }
  }
}

/** Whether a refusal says that an earlier event of the order has not come yet. */
const isEarly = ({ _tag }: InventoryRefusal): boolean =>
  _tag === "OrderNotPlaced" || _tag === "OrderNotConfirmed"

/** Whether this release cannot read the answer that an earlier one kept for the event. */
const isUnreadable = (error: InventoryRefusal | StoreError): error is StoreError =>
  error._tag === "StoreError" && error.reason === "AnswerUnreadable"

type Ended =
  | { readonly _tag: "Decided"; readonly state: OrderState; readonly isReplayed: boolean }
  | { readonly _tag: "Refused"; readonly refusal: InventoryRefusal }

/** Runs the command of an event, under the event's id. */
const running =
  (inventory: Inventory["Service"]) =>
  (event: OrderEvent, about: AboutOrderEvent): Effect.Effect<Ended, StoreError> => {
    const checked = checkCommand(commandOf(event))
    if (Result.isFailure(checked)) {
      return Effect.succeed({ _tag: "Refused", refusal: checked.failure })
    }
    const { correlationId = event.eventId, traceparent } = about
    const command = checked.success
    const origin = { caller, correlationId, traceparent }
    return inventory.execute(command, { ...origin, idempotencyKey: event.eventId }).pipe(
      // The event has had its effect, and the order knows its own state.
      Effect.catchIf(isUnreadable, () =>
        Effect.map(inventory.execute(command, origin), ({ answer }) => ({
          answer,
          isReplayed: true
        }))
      ),
      Effect.map(
        ({ answer, isReplayed }): Ended => ({
          _tag: "Decided",
          state: answer as OrderState,
          isReplayed
        })
      ),
      Effect.catch((error): Effect.Effect<Ended, StoreError> => {
        if (error._tag === "StoreError") return Effect.fail(error)
        return Effect.succeed({ _tag: "Refused", refusal: error })
      })
    )
  }

const make = Effect.fnUntraced(function* ({ parkedMillisMax = 86_400_000 }: OrderFlowOptions) {
  const inventory = yield* Inventory
  const parked = yield* ParkedOrderEvents

  const run = running(inventory)

  /** Runs a parked event; undefined while its predecessor is still missing. */
  const runParked = (json: string, about: AboutOrderEvent) => {
    const read = readOrderEvent(json)
    if (Result.isFailure(read)) {
      return Effect.succeed({ cause: read.failure.message, isEarly: false })
    }
    return Effect.map(run(read.success, about), (ended) => {
      if (ended._tag === "Refused") {
        const { refusal } = ended
        return { cause: sentenceOf(refusal), isEarly: isEarly(refusal) }
      }
      const { eventId, eventType } = read.success
      return { applied: { eventId, eventType, state: ended.state } }
    })
  }

  /** Applies what waits for an order, until no step makes another one possible. */
  const applyWaiting = Effect.fnUntraced(function* (orderId: OrderId, about: AboutOrderEvent) {
    const applied: Array<AppliedOrderEvent> = []
    while (true) {
      const before = applied.length
      for (const waiting of yield* parked.waiting(orderId)) {
        const ended = yield* runParked(waiting.json, about)
        if ("applied" in ended) {
          yield* parked.remove(waiting)
          applied.push(ended.applied)
        } else if (!ended.isEarly) {
          yield* parked.condemn(waiting, ended.cause)
        }
      }
      if (applied.length === before) return applied
    }
  })

  const parkEvent = Effect.fnUntraced(function* (
    event: OrderEvent,
    refusal: InventoryRefusal,
    about: AboutOrderEvent
  ): Effect.fn.Return<HandledOrderEvent, StoreError> {
    const { aggregateId: orderId, eventId, timestamp: happenedAt } = event
    const entry = { eventId, orderId, json: orderEventJson(event), happenedAt }
    const full = `${sentenceOf(refusal)}; ${parkedMax} events of the order wait already`
    const cause = yield* parked.park(entry, full)
    if (cause !== null) return { _tag: "DeadLettered", cause }
    const applied = yield* applyWaiting(orderId, about)
    const at = applied.findIndex((one) => one.eventId === eventId)
    const own = applied[at]
    if (own === undefined) return { _tag: "Parked" }
    const others = applied.toSpliced(at, 1)
    return { _tag: "Decided", state: own.state, isReplayed: false, applied: others }
  })

  const handleOrderEvent = Effect.fnUntraced(function* (
    input: unknown,
    from: AboutOrderEvent = {}
  ): Effect.fn.Return<HandledOrderEvent, OrderEventUnreadable | StoreError> {
    const event = yield* Effect.fromResult(readOrderEvent(input))
    const about = carriedOf(from)
    const ended = yield* run(event, about)
    if (ended._tag === "Refused") {
      return isEarly(ended.refusal) ? yield* parkEvent(event, ended.refusal, about) : ended
    }
    // It may have been parked, or a dead letter, before.
    yield* parked.remove({ eventId: event.eventId, orderId: event.aggregateId })
    return { ...ended, applied: yield* applyWaiting(event.aggregateId, about) }
  })

  const deadLetterOverdue = Effect.gen(function* () {
    let condemned = 0
    while (true) {
      const overdue = yield* parked.overdue(parkedMillisMax, overdueMax)
      for (const waiting of overdue) {
        const ended = yield* runParked(waiting.json, {})
        if ("applied" in ended) {
          yield* parked.remove(waiting)
          continue
        }
        const seconds = Math.round(parkedMillisMax / 1_000)
        yield* parked.condemn(waiting, `${ended.cause}; the event waited for ${seconds} seconds`)
        condemned += 1
      }
      if (overdue.length < overdueMax) return condemned
    }
  })

  return OrderFlow.of({
    handleOrderEvent,
    deadLetterOverdue,
    deadLetters: parked.dead,
    forgetDeadLetters: parked.forgetDead
  })
})

/** The order flow. */
export class OrderFlow extends Context.Service<
  OrderFlow,
  {
    /**
     * Handles an event about an order: an object, or JSON as text or in UTF-8. Answers what became
     * of it. Fails when the event cannot be read, and then never can; or when the store cannot be
     * reached, and then the same event may be handled again.
     */
    readonly handleOrderEvent: (
      event: unknown,
      about?: AboutOrderEvent
    ) => Effect.Effect<HandledOrderEvent, OrderEventUnreadable | StoreError>
    /** Makes dead letters of the events that have waited for too long; answers how many. */
    readonly deadLetterOverdue: Effect.Effect<number, StoreError>
    /**
     * Dead letters by event id, from after one. To try one again, handle its JSON: when it is
     * decided, it is no dead letter any more.
     */
    readonly deadLetters: (
      after: string | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<DeadOrderEvent>, StoreError>
    /** Forgets dead letters by event id. */
    readonly forgetDeadLetters: (eventIds: ReadonlyArray<string>) => Effect.Effect<void, StoreError>
  }
>()("@holdfast/core/ordering/OrderFlow") {
  /** The flow over an inventory and a place for parked events. */
  static readonly layer = (
    options: OrderFlowOptions = {}
  ): Layer.Layer<OrderFlow, never, Inventory | ParkedOrderEvents> =>
    Layer.effect(
      OrderFlow,
      Effect.suspend(() => make(options))
    )

  /** Looks for overdue events every `interval` (1 minute), for as long as the layer lives. */
  static readonly layerOverdue = (
    options: { readonly interval?: Duration.Input | undefined } = {}
  ): Layer.Layer<never, never, OrderFlow> =>
    Layer.effectDiscard(
      Effect.flatMap(OrderFlow, (flow) =>
        Effect.matchCauseEffect(flow.deadLetterOverdue, {
          onFailure: (cause) => Effect.logWarning("parked events were not looked at", cause),
          onSuccess: (count) =>
            count === 0
              ? Effect.void
              : Effect.logWarning(`${count} events about orders waited in vain; see dead letters`)
        }).pipe(
          Effect.andThen(Effect.sleep(options.interval ?? "1 minute")),
          Effect.forever,
          Effect.forkScoped
        )
      )
    )
}
