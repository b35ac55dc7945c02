/** Which error a call fails with, for what went wrong below the door. */
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"
import { isStoreError, type StoreError } from "../../kernel/StoreError.ts"
import { DoorError, errorGuard } from "./DoorError.ts"
import type { EngineErrorDetails } from "./EngineErrorDetails.ts"
import { plainAnswer } from "./plainValues.ts"

/** A refusal of any context: its tag, and its fields. */
export interface Refusal {
  readonly _tag: string
}

/** What may end a call, short of a defect. */
export type CallFailure = Refusal | StoreError

/** Makes the errors of a door. A context has its own, so that its refusals have its sentences. */
export type MakeError = <Code extends keyof EngineErrorDetails>(
  code: Code,
  details: EngineErrorDetails[Code],
  options?: ErrorOptions
) => Error

/** Makes errors whose refusals say what their own `message` says. */
export const makeDoorError: MakeError = (code, details, options) =>
  new DoorError(code, details, options)

const isError = errorGuard()

const causedBy = (cause: unknown): ErrorOptions => (cause === undefined ? {} : { cause })

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** The errors of the calls of a door. */
export const errorsOfCalls = (make: MakeError) => {
  /** The error of a refusal: its tag is the code, its fields are the details. */
  const refused = ({ _tag, ...details }: Refusal): Error =>
    make(_tag as never, plainAnswer(details) as never)

  const ofStore = ({ cause, message, place, reason }: StoreError): Error => {
    const where = place === undefined ? "" : ` (at ${place})`
    return make(reason, { reason: `${message}${where}` }, causedBy(cause))
  }

  const closed = () => make("Closed", { reason: "Holdfast is closed" })

  return {
    make,
    refused,
    closed,
    /** The error of a call that failed. */
    failed: (cause: Cause.Cause<CallFailure>, isClosing: boolean): Error => {
      const failure = Option.getOrUndefined(Cause.findErrorOption(cause))
      if (isStoreError(failure)) return ofStore(failure)
      if (failure !== undefined) return refused(failure)
      if (Cause.hasInterruptsOnly(cause)) {
        return isClosing ? closed() : make("Interrupted", { reason: "the engine ended the call" })
      }
      const defect = Cause.squash(cause)
      return make("Defect", { reason: textOf(defect) }, causedBy(defect))
    },
    /** The error of a layer that could not be built, with the adapter's own reason if it has one. */
    unopened: (cause: Cause.Cause<unknown>): Error => {
      const failure = Cause.squash(cause)
      if (isError(failure)) return failure
      if (isStoreError(failure)) return ofStore(failure)
      const { _tag, reason } = Object(failure) as Readonly<Record<string, unknown>>
      const word = [reason, _tag].find((name) => typeof name === "string") ?? "Defect"
      const details = { reason: String(word), explanation: textOf(failure) }
      return make("StartFailed", details, causedBy(failure))
    }
  }
}
