/**
 * The bridge of any context: its methods as promises. A layer is built once, before the promise of
 * the API resolves, and ended by `close`. This file is on the Effect side of the door; what it
 * returns has no type of Effect.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import type { RequestOptions as EngineRequestOptions } from "../../engine/RequestOptions.ts"
import { SpanOfHost } from "../../tracing/hostTracer.ts"
import type { Closable } from "./Closable.ts"
import { type CallFailure, errorsOfCalls, type MakeError, makeDoorError } from "./errorsOfCalls.ts"
import { type ContextCalls, PromiseCalls } from "./PromiseCalls.ts"
import { type PlainAnswer, plainInput } from "./plainValues.ts"
import { layerIdleClock, whileHeld } from "./processLife.ts"
import type { RequestOptions } from "./RequestOptions.ts"
import { readRequestOptions } from "./readOptions.ts"

/** Methods of a context as an Effect application has them. */
export type EffectMethods = Readonly<
  Record<string, (input: never, options?: EngineRequestOptions) => Effect.Effect<unknown, unknown>>
>

/** The same methods as promises: the input is read by the engine, the options here. */
export const promised = (
  names: ReadonlyArray<string>,
  methodsOf: Effect.Effect<EffectMethods>,
  calls: ContextCalls,
  inputOf: (input: unknown) => unknown = plainInput
) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      (input: unknown, options?: RequestOptions) =>
        calls.call(name, readRequestOptions(options ?? {}), (about) =>
          Effect.flatMap(methodsOf, (methods) => {
            const method = methods[name] as EffectMethods[string]
            return method(inputOf(input) as never, about) as Effect.Effect<unknown, CallFailure>
          })
        )
    ])
  )

/** Opens a layer once, and closes it when the door closes. */
export const openDoor = async <R, E, Api extends object>(
  layer: Layer.Layer<R, E>,
  make: MakeError,
  apiOf: (context: Context.Context<R>, calls: PromiseCalls) => Api
): Promise<Api & Closable> => {
  const runtime = ManagedRuntime.make(Layer.provideMerge(layer, layerIdleClock))
  const built = await whileHeld(runtime.runPromiseExit(Effect.context<R>()))
  if (Exit.isFailure(built)) {
    await runtime.dispose()
    throw errorsOfCalls(make).unopened(built.cause)
  }
  const hostSpan = Context.get(built.value as Context.Context<never>, SpanOfHost)
  const calls = new PromiseCalls(runtime, make, { hostSpan })
  return {
    ...apiOf(built.value, calls),
    close: (options) => calls.close(options),
    [Symbol.asyncDispose]: () => calls.close()
  }
}

/** A method of a context as a promise. */
export type PromisedMethod<Method> = Method extends (
  input: infer Input,
  ...rest: never
) => Effect.Effect<infer Answer, unknown>
  ? (input: Input, options?: RequestOptions) => Promise<PlainAnswer<Answer>>
  : never

/**
 * Opens the methods of a context of your own as promises. A refusal rejects with a `HoldfastError`
 * whose `code` is its tag, whose `details` are its fields, and whose message is its `message`.
 */
export const methodsToPromises = <Methods extends EffectMethods, E>(
  open: Effect.Effect<Methods, E, Scope.Scope>
): Promise<{ readonly [Name in keyof Methods]: PromisedMethod<Methods[Name]> } & Closable> => {
  const Opened = Context.Service<Methods>("@holdfast/core/promise/Methods")
  return openDoor(Layer.effect(Opened, open), makeDoorError, (context, calls) => {
    const methods = Context.get(context, Opened)
    return promised(Object.keys(methods), Effect.succeed(methods), calls) as never
  })
}
