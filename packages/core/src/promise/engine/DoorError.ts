/**
 * The errors of the Promise doors, whatever the context. `code` names the refusal or what the
 * infrastructure could not do, `details` says it in data, typed by the code, and the message says it
 * to a person: what happened to what, and what to do next. A guard also knows the errors of another
 * copy of this package.
 */
import { beOnlyCopy } from "../../kernel/onlyCopy.ts"
import { listed, sharedSentences } from "../../kernel/refusals.ts"
import type { EngineErrorDetails, StoreFailure } from "./EngineErrorDetails.ts"

beOnlyCopy()

const brand = Symbol.for("@holdfast/core/HoldfastError")

const retryable: ReadonlySet<string> = new Set([
  "Unavailable",
  "Busy",
  "TimedOut",
  "Overloaded"
] satisfies ReadonlyArray<keyof EngineErrorDetails>)

/** A failure of the store says by itself what to do next. */
const asIs = ({ reason }: StoreFailure) => reason

/** What each error that any context may fail with says to a person. */
const errorSentences: {
  readonly [Code in keyof EngineErrorDetails]: (details: EngineErrorDetails[Code]) => string
} = {
  ...sharedSentences,
  Unavailable: asIs,
  Busy: asIs,
  TimedOut: asIs,
  Overloaded: asIs,
  OutcomeUnknown: asIs,
  AnswerUnreadable: asIs,
  Closed: asIs,
  Rejected: asIs,
  TransactionUnusable: asIs,
  StartFailed: ({ explanation }) => `Holdfast could not be opened: ${explanation}`,
  CloseTimedOut: ({ calls, timeout }) =>
    calls.length === 0
      ? `closing took longer than ${timeout} ms, because work of the engine itself did not end`
      : `closing took longer than ${timeout} ms, and these calls were not answered: ${listed(
          calls.map(({ count, method }) => (count === 1 ? method : `${count} × ${method}`))
        )}; whether they took effect is not known, so repeat them with the same key`,
  Interrupted: ({ reason }) =>
    `${reason}; whether it took effect is not known, so repeat it with the same key`,
  Defect: ({ reason }) => `${reason}; this is a bug, and \`cause\` is what was thrown`
}

/** The sentence of a code. A refusal of a context may bring its own as its `message`. */
const sentenceFor = (code: string, details: unknown): string => {
  if (Object.hasOwn(errorSentences, code)) {
    return errorSentences[code as keyof EngineErrorDetails](details as never)
  }
  const { message } = Object(details) as { readonly message?: unknown }
  return typeof message === "string" ? message : code
}

/** The cause of an error, and its message where a context has one. */
export interface DoorErrorOptions extends ErrorOptions {
  readonly message?: string | undefined
}

/** The error of one code. */
export class DoorError<Code extends string, Details> extends Error {
  readonly code: Code
  readonly details: Details
  /** Whether nothing was written and a plain repeat, a little later, may well succeed. */
  readonly isRetryable: boolean

  constructor(code: Code, details: Details, options: DoorErrorOptions = {}) {
    const { message = sentenceFor(code, details), ...rest } = options
    super(message, rest)
    this.code = code
    this.details = details
    this.isRetryable = retryable.has(code)
  }

  /** What a log keeps: all but the stack and the cause. */
  toJSON(): object {
    const { code, details, isRetryable, message, name } = this
    return { name, code, message, isRetryable, details }
  }
}

// Not in a static block, which would make the bundler rename the class.
Object.defineProperty(DoorError.prototype, "name", { value: "HoldfastError" })
Object.defineProperty(DoorError.prototype, brand, { value: true })

/** The error of any code of a context, by the details of its codes; its `code` says which. */
export type ErrorOf<Details> = {
  readonly [Code in keyof Details & string]: DoorError<Code, Details[Code]>
}[keyof Details & string]

/** Whether something that was caught is an error of a context, and of this code when one is given. */
export interface ErrorGuard<Details> {
  (error: unknown): error is ErrorOf<Details>
  <Code extends keyof Details & string>(
    error: unknown,
    code: Code
  ): error is DoorError<Code, Details[Code]>
}

const isDoorError = (error: unknown, code?: string): boolean =>
  typeof error === "object" &&
  error !== null &&
  (error as { readonly [brand]?: unknown })[brand] === true &&
  (code === undefined || (error as { readonly code?: unknown }).code === code)

/** The guard of a context, by the details of its codes, beside those that every context has. */
export const errorGuard = <Refusals extends object>(): ErrorGuard<Refusals & EngineErrorDetails> =>
  isDoorError as ErrorGuard<Refusals & EngineErrorDetails>
