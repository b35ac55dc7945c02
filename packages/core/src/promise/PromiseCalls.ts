/**
 * Calls from promises into the engine. A call runs in a fiber of the runtime; it rejects with the
 * reason of its signal as soon as that aborts, and with `Closed` after the door was closed. Closing
 * waits for the calls under way, so that what they wrote is also answered, then ends the runtime.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ManagedRuntime } from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { InventoryRefusal } from "../inventory/messages/InventoryError.ts"
import type { InvalidInput } from "../kernel/InvalidInput.ts"
import { isStoreError, type StoreError } from "../kernel/StoreError.ts"
import { HoldfastError, isHoldfastError } from "./HoldfastError.ts"
import type { HoldfastErrorCode } from "./HoldfastErrorDetails.ts"
import { type PlainAnswer, plainAnswer } from "./plainValues.ts"
import type { Told } from "./readInputs.ts"

/** What may end a call, short of a defect. */
export type CallFailure = InventoryRefusal | StoreError

/** The error of a refusal: its tag is the code, its fields are the details. */
const refusalError = ({ _tag, ...details }: InventoryRefusal): HoldfastError =>
  new HoldfastError(_tag as HoldfastErrorCode, plainAnswer(details) as never)

const causedBy = (cause: unknown): ErrorOptions => (cause === undefined ? {} : { cause })

const storeError = ({ cause, message, place, reason }: StoreError): HoldfastError => {
  const where = place === undefined ? "" : ` (at ${place})`
  return new HoldfastError(reason, { reason: `${message}${where}` }, causedBy(cause))
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const closed = () => new HoldfastError("Closed", { reason: "the inventory is closed" })

/** The error of a call that failed. */
const errorOf = (cause: Cause.Cause<CallFailure>, isClosing: boolean): HoldfastError => {
  const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (isStoreError(failure)) return storeError(failure)
  if (failure !== undefined) return refusalError(failure)
  if (Cause.hasInterruptsOnly(cause)) {
    return isClosing
      ? closed()
      : new HoldfastError("Interrupted", { reason: "the engine ended the call" })
  }
  const defect = Cause.squash(cause)
  return new HoldfastError("Defect", { reason: textOf(defect) }, causedBy(defect))
}

/** The error of a layer that could not be built, with the adapter's own reason where it has one. */
export const startError = (cause: Cause.Cause<unknown>): HoldfastError => {
  const failure = Cause.squash(cause)
  if (isHoldfastError(failure)) return failure
  if (isStoreError(failure)) return storeError(failure)
  const { _tag, reason } = Object(failure) as Readonly<Record<string, unknown>>
  const word = [reason, _tag].find((name) => typeof name === "string") ?? "Defect"
  const details = { reason: String(word), explanation: textOf(failure) }
  return new HoldfastError("StartFailed", details, causedBy(failure))
}

/** How a door treats a call whose signal aborts. */
export interface PromiseCallsOptions {
  /**
   * Whether such a call rejects only once its fiber has ended. For what is not the engine's own, as
   * a host's connection: the host must not use it while the call still does. False unless given.
   */
  readonly abortsWhenEnded?: boolean | undefined
}

/** The calls of one open door. */
export class PromiseCalls {
  private readonly runtime: ManagedRuntime<never, unknown>
  private readonly abortsWhenEnded: boolean
  private underWay = 0
  private whenIdle: (() => void) | undefined
  private closing: Promise<void> | undefined

  constructor(runtime: ManagedRuntime<never, unknown>, options: PromiseCallsOptions = {}) {
    this.runtime = runtime
    this.abortsWhenEnded = options.abortsWhenEnded ?? false
  }

  /**
   * Runs what the options and the input, once read, come to. Being an `async` function to its end,
   * it throws with the caller in the error's stack.
   */
  async call<About, A>(
    told: Result.Result<Told<About>, InvalidInput>,
    effectOf: (about: About) => Effect.Effect<A, CallFailure>
  ): Promise<PlainAnswer<A>> {
    if (Result.isFailure(told)) throw refusalError(told.failure)
    const { about, signal } = told.success
    if (signal?.aborted) throw signal.reason
    if (this.closing !== undefined) throw closed()
    const exit = await this.settled(
      Effect.suspend(() => effectOf(about)),
      signal
    )
    if (Exit.isFailure(exit)) throw errorOf(exit.cause, this.closing !== undefined)
    return plainAnswer(exit.value)
  }

  private settled<A>(
    effect: Effect.Effect<A, CallFailure>,
    signal: AbortSignal | undefined
  ): Promise<Exit.Exit<A, CallFailure>> {
    return new Promise((resolve, reject) => {
      this.underWay += 1
      const fiber = this.runtime.runFork(effect)
      const onAbort = () => {
        if (!this.abortsWhenEnded) reject(signal?.reason)
        fiber.interruptUnsafe()
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      fiber.addObserver((exit) => {
        signal?.removeEventListener("abort", onAbort)
        this.underWay -= 1
        if (this.underWay === 0) this.whenIdle?.()
        const wasInterrupted = Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        if (wasInterrupted && signal?.aborted) reject(signal.reason)
        else resolve(exit as Exit.Exit<A, CallFailure>)
      })
    })
  }

  /** Closes the door; the same promise however often it is asked. */
  close(): Promise<void> {
    this.closing ??= this.ended()
    return this.closing
  }

  private async ended(): Promise<void> {
    if (this.underWay > 0) {
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve
      })
    }
    await this.runtime.dispose()
  }
}
