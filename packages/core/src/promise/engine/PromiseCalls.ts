/**
 * Calls from promises into the engine. A call runs in a fiber of the runtime; it rejects with the
 * reason of its signal as soon as that aborts, and with `Closed` after the door was closed. Closing
 * waits for the calls under way, so that what they wrote is also answered, then ends the runtime; a
 * time-out bounds that.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Result from "effect/Result"
import * as Tracer from "effect/Tracer"
import { objectionTo, type Resource } from "../../access/authorize.ts"
import type { PermittedOperation } from "../../access/Permission.ts"
import { readPrincipal } from "../../access/readPrincipal.ts"
import { RequestMinVersions } from "../../caching/MinVersions.ts"
import {
  type Caller,
  callerUnder,
  RequestCaller,
  RequestVersionsWritten
} from "../../engine/RequestCaller.ts"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import { withVersions } from "../caching/versionsOf.ts"
import type { UnansweredCalls } from "./EngineErrorDetails.ts"
import { type CallFailure, errorsOfCalls, type MakeError } from "./errorsOfCalls.ts"
import { type PlainAnswer, plainAnswer, plainInput } from "./plainValues.ts"
import { holdProcess, whileHeld } from "./processLife.ts"
import { type CallOptions, readCloseOptions } from "./readOptions.ts"

/** How a door treats a call whose signal aborts. */
export interface PromiseCallsOptions {
  /**
   * Whether such a call rejects only once its fiber has ended; false unless given. A call on a
   * host's own connection needs it: the host must not use the connection while the call still does.
   */
  readonly abortsWhenEnded?: boolean | undefined
  /** Finds the span that the host makes a call in, if it has spans. */
  readonly hostSpan?: (() => Tracer.AnySpan | undefined) | undefined
}

/** A call that is under way. */
interface Call {
  readonly method: string
  /** Rejects it, and lets go of its fiber. */
  readonly letGo: () => void
}

/** Each method that is named, once, and how often. */
const counted = (methods: ReadonlyArray<string>): ReadonlyArray<UnansweredCalls> => {
  const counts = new Map<string, number>()
  for (const method of methods) counts.set(method, (counts.get(method) ?? 0) + 1)
  return [...counts].map(([method, count]) => ({ method, count }))
}

/** Calls as the methods of a context make them. */
export type ContextCalls = Pick<PromiseCalls, "call" | "during" | "background">

/** Reads a principal, and throws when it is none. */
export const checkedPrincipal = (input: unknown, make: MakeError) => {
  const read = readPrincipal(plainInput(input))
  if (Result.isSuccess(read)) return read.success
  const { issues } = read.failure
  throw make("InvalidInput", {
    issues: issues.map(({ message, path }) => ({
      path: path === "" ? "principal" : `principal.${path}`,
      message
    }))
  })
}

/** The permission of a method, and what is known of whatever it is about. */
interface PermittedMethod extends Pick<PermittedOperation, "permission"> {
  readonly resource?: Resource | undefined
}

/**
 * The same calls under a principal, who is asked for permission. `rows` has the permissions of those
 * methods that no service asks for.
 */
export const callsAs = (
  calls: ContextCalls,
  input: unknown,
  make: MakeError,
  rows: { readonly [method: string]: PermittedMethod }
): ContextCalls => {
  const principal = checkedPrincipal(input, make)
  const caller = callerUnder(principal)
  return {
    background: (work) => calls.background(work),
    during: calls.during,
    call: (method, options, effectOf, errors) =>
      calls.call(
        method,
        options,
        (about) => {
          const row = Object.hasOwn(rows, method) ? rows[method] : undefined
          const objection = row && objectionTo(principal, { name: method, ...row }, row.resource)
          return objection === undefined
            ? Effect.provideService(effectOf(about), RequestCaller, caller)
            : Effect.fail(objection)
        },
        errors
      )
  }
}

/** The calls of one open door. */
export class PromiseCalls {
  private readonly runtime: ManagedRuntime.ManagedRuntime<never, unknown>
  private readonly errors: ReturnType<typeof errorsOfCalls>
  private readonly abortsWhenEnded: boolean
  private readonly hostSpan: () => Tracer.AnySpan | undefined
  private readonly underWay = new Set<Call>()
  private readonly inBackground = new Set<() => Promise<void>>()
  private whenIdle: (() => void) | undefined
  private letProcessEnd: (() => void) | undefined
  private closing: Promise<void> | undefined

  constructor(
    runtime: ManagedRuntime.ManagedRuntime<never, unknown>,
    make: MakeError,
    options: PromiseCallsOptions = {}
  ) {
    this.runtime = runtime
    this.errors = errorsOfCalls(make)
    this.abortsWhenEnded = options.abortsWhenEnded ?? false
    this.hostSpan = options.hostSpan ?? (() => undefined)
  }

  /**
   * Runs a method on its options and input, once they are read. It is an `async` function to its
   * end, so the caller is in the stack of an error.
   */
  async call<About, A>(
    method: string,
    options: Result.Result<CallOptions<About>, InvalidInput>,
    effectOf: (about: About) => Effect.Effect<A, CallFailure>,
    errors = this.errors
  ): Promise<PlainAnswer<A>> {
    if (Result.isFailure(options)) throw errors.refused(options.failure)
    const { about, minVersions, signal } = options.success
    if (signal?.aborted) throw signal.reason
    if (this.closing !== undefined) throw errors.closed()
    const written = new Map<string, number>()
    const asked = Effect.provideService(
      Effect.suspend(() => effectOf(about)),
      RequestVersionsWritten,
      written
    )
    const exit = await this.settled(
      method,
      minVersions === undefined
        ? asked
        : Effect.provideService(asked, RequestMinVersions, minVersions),
      signal
    )
    if (Exit.isFailure(exit)) throw errors.failed(exit.cause, this.closing !== undefined)
    return withVersions(plainAnswer(exit.value), written)
  }

  /** The same calls for another context behind this door, with that context's own errors. */
  withErrors(make: MakeError): ContextCalls {
    const errors = errorsOfCalls(make)
    return {
      call: (method, options, effectOf) => this.call(method, options, effectOf, errors),
      during: this.during,
      background: (work) => this.background(work)
    }
  }

  /**
   * An effect for a package that is built on this door, such as a REST API. Closing waits for it as
   * for a call of `method`. Once the door closes, it fails with `Closed`.
   */
  readonly during = <A, E, R>(
    method: string,
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | StoreError, R> =>
    Effect.withFiber<A, E | StoreError, R>((fiber) =>
      this.closing === undefined
        ? Effect.acquireUseRelease(
            Effect.sync(() => {
              const call: Call = { method, letGo: () => fiber.interruptUnsafe() }
              this.begin(call)
              return call
            }),
            () => effect,
            (call) => Effect.sync(() => this.end(call))
          )
        : Effect.fail(new StoreError({ reason: "Closed", message: "Holdfast is closed" }))
    )

  private settled<A>(
    method: string,
    effect: Effect.Effect<A, CallFailure>,
    signal: AbortSignal | undefined
  ): Promise<Exit.Exit<A, CallFailure>> {
    return new Promise((resolve, reject) => {
      const span = this.hostSpan()
      const fiber = this.runtime.runFork(
        span === undefined ? effect : Effect.provideService(effect, Tracer.ParentSpan, span)
      )
      const letGo = () => {
        reject(
          this.errors.make("Interrupted", { reason: "Holdfast was closed before it answered" })
        )
        fiber.interruptUnsafe()
      }
      const call = { method, letGo }
      this.begin(call)
      const onAbort = () => {
        if (!this.abortsWhenEnded) reject(signal?.reason)
        fiber.interruptUnsafe()
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      fiber.addObserver((exit) => {
        signal?.removeEventListener("abort", onAbort)
        this.end(call)
        const wasInterrupted = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        if (wasInterrupted && signal?.aborted) reject(signal.reason)
        else resolve(exit as Exit.Exit<A, CallFailure>)
      })
    })
  }

  /**
   * Runs work in the background until it is stopped or the door closes. It holds the process alive.
   * The answer stops it, and resolves when it has ended. Throws `Closed` after the door was closed.
   */
  background(work: Effect.Effect<unknown, unknown>): () => Promise<void> {
    if (this.closing !== undefined) throw this.errors.closed()
    const letEnd = holdProcess()
    const fiber = this.runtime.runFork(work)
    const ended = Promise.withResolvers<void>()
    const stop = () => {
      fiber.interruptUnsafe()
      return ended.promise
    }
    this.inBackground.add(stop)
    fiber.addObserver(() => {
      letEnd()
      this.inBackground.delete(stop)
      ended.resolve()
    })
    return stop
  }

  private begin(call: Call): void {
    if (this.underWay.size === 0) this.letProcessEnd = holdProcess()
    this.underWay.add(call)
  }

  private end(call: Call): void {
    if (!this.underWay.delete(call) || this.underWay.size > 0) return
    this.letProcessEnd?.()
    this.whenIdle?.()
  }

  /**
   * Closes the door; a second call waits for the same close. When that takes longer than the
   * time-out, it rejects the calls that are left, and then rejects with `CloseTimedOut`. Work that
   * still runs then ends by itself, and nobody waits for it.
   */
  async close(options: unknown = {}): Promise<void> {
    const read = readCloseOptions(options)
    if (Result.isFailure(read)) throw this.errors.refused(read.failure)
    const { timeout } = read.success
    this.closing ??= this.ended()
    if (timeout === undefined) return this.closing
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(this.letGo(timeout)), timeout)
    try {
      await Promise.race([this.closing, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  private async ended(): Promise<void> {
    await Promise.all([...this.inBackground].map((stop) => stop()))
    if (this.underWay.size > 0) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve
      })
    }
    await whileHeld(this.runtime.dispose())
  }

  /** Rejects every call that is left, and says which these were. */
  private letGo(timeout: number): Error {
    const left = [...this.underWay]
    for (const call of left) {
      call.letGo()
      this.end(call)
    }
    const calls = counted(left.map(({ method }) => method))
    return this.errors.make("CloseTimedOut", { timeout, calls })
  }
}

/** Who asks for what an engine without a door does: nobody but the host, unless given. */
export interface TransactionCaller {
  /** Who is asked for permission. */
  readonly principal?: unknown
  /** Where the request came from, for the audit log. */
  readonly sender?: Caller["sender"]
}

const sentFrom = (calls: ContextCalls, sender: Caller["sender"]): ContextCalls => ({
  ...calls,
  call: (method, options, effectOf, errors) =>
    calls.call(
      method,
      options,
      (about) =>
        Effect.updateService(effectOf(about), RequestCaller, (caller) => ({ ...caller, sender })),
      errors
    )
})

/**
 * Calls on an engine that needs no opening and no closing, such as one inside a host's own transaction. One that is aborted rejects once it no longer uses the transaction. Throws `InvalidInput` for
 * a principal that cannot be read.
 */
export const transactionCalls = (
  make: MakeError,
  { principal, sender }: TransactionCaller
): ContextCalls => {
  const calls = new PromiseCalls(ManagedRuntime.make(Layer.empty), make, { abortsWhenEnded: true })
  const asked = principal === undefined ? calls : callsAs(calls, principal, make, {})
  return sender === undefined ? asked : sentFrom(asked, sender)
}
