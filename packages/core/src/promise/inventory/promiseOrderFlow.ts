/** The order flow as a method of the Promise door. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { asHost } from "../../engine/RequestCaller.ts"
import * as EngineOptions from "../../engine/RequestOptions.ts"
import type * as InvalidInput from "../../kernel/InvalidInput.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import type { OrderEventUnreadable } from "../../ordering/OrderEvent.ts"
import type { OrderFlow } from "../../ordering/OrderFlow.ts"
import type { ContextCalls } from "../engine/PromiseCalls.ts"
import { instantText, plainInput } from "../engine/plainValues.ts"
import { fieldsOf, inOptions, takeSignal } from "../engine/readOptions.ts"
import type { AnyHoldfastError } from "./HoldfastError.ts"
import type { InventoryOrderFlow } from "./OrderEvents.ts"

const { correlationId, traceparent } = EngineOptions.RequestOptions.fields
const readAbout = fieldsOf(
  Schema.Struct({ correlationId, traceparent, signal: Schema.optionalKey(Schema.Never) })
)

/** The event as the flow reads it: text and bytes as they are, `timestamp` may be a `Date`. */
const plainEvent = (event: unknown): unknown => {
  const isObject = typeof event === "object" && event !== null
  if (!isObject || event instanceof Uint8Array || Array.isArray(event)) return event
  const plain = plainInput(event) as Readonly<Record<string, unknown>>
  return {
    ...plain,
    timestamp: instantText(plain["timestamp"]),
    payload: plainInput(plain["payload"])
  }
}

/** Every bad field of an event, by its path in the event. */
const ofEvent = ({ issues }: OrderEventUnreadable): InvalidInput.InvalidInput => ({
  _tag: "InvalidInput",
  issues: issues.map(({ message, path }) => ({
    path: path === "" ? "event" : `event.${path}`,
    message
  }))
})

const noFlow = new StoreError({
  reason: "Rejected",
  message: "this inventory has no order flow: give its layer `OrderFlow`"
})

/** The method that handles events about orders, over the flow of the layer if it has one. */
export const promiseOrderFlow = (
  flow: Option.Option<OrderFlow["Service"]>,
  refused: (code: string, details: object) => AnyHoldfastError,
  calls: ContextCalls
): InventoryOrderFlow["handleOrderEvent"] => {
  return async (event, options) => {
    const given = Result.flatMap(takeSignal(options ?? {}), ({ about, signal }) =>
      Result.map(inOptions(readAbout(about)), (read) => ({ about: read, signal }))
    )
    const handled = await calls.call("handleOrderEvent", given, (about) =>
      flow._tag === "None"
        ? Effect.fail(noFlow)
        : Effect.catchTag(
            asHost(flow.value.handleOrderEvent(plainEvent(event), about)),
            "OrderEventUnreadable",
            (error) => Effect.fail(ofEvent(error))
          )
    )
    if (handled._tag !== "Refused") return handled
    const { _tag: code, ...details } = handled.refusal
    return { _tag: "Refused", refusal: refused(code, details) }
  }
}
