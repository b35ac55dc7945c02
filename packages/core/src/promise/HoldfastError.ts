/**
 * The one error of the Promise door. `code` names the refusal or what the infrastructure could not
 * do, `details` says it in data, typed by the code, and the message says it to a person: what
 * happened to what, and what to do next. `isHoldfastError` also knows errors of another copy of
 * this package.
 */
import { beOnlyCopy } from "../kernel/onlyCopy.ts"
import type { HoldfastErrorCode, HoldfastErrorDetails } from "./HoldfastErrorDetails.ts"
import { messageOf } from "./messageOf.ts"

beOnlyCopy()

const brand = Symbol.for("@holdfast/core/HoldfastError")

const retryable: ReadonlySet<HoldfastErrorCode> = new Set([
  "Unavailable",
  "Busy",
  "TimedOut",
  "Overloaded"
])

/** The sentence of a code. A refusal of a context of your own may bring it as its `message`. */
const sentenceFor = <Code extends HoldfastErrorCode>(
  code: Code,
  details: HoldfastErrorDetails[Code]
): string => {
  if (Object.hasOwn(messageOf, code)) return messageOf[code](details)
  const { message } = Object(details) as { readonly message?: unknown }
  return typeof message === "string" ? message : code
}

/** The error of one code; see `HoldfastErrorDetails` for what each says. */
export class HoldfastError<Code extends HoldfastErrorCode = HoldfastErrorCode> extends Error {
  readonly code: Code
  readonly details: HoldfastErrorDetails[Code]
  /** Whether nothing was written and a plain repeat, a little later, may well succeed. */
  readonly isRetryable: boolean

  constructor(code: Code, details: HoldfastErrorDetails[Code], options?: ErrorOptions) {
    super(sentenceFor(code, details), options)
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
Object.defineProperty(HoldfastError.prototype, "name", { value: "HoldfastError" })
Object.defineProperty(HoldfastError.prototype, brand, { value: true })

/** The error of any code; its `code` says which. */
export type AnyHoldfastError = {
  readonly [Code in HoldfastErrorCode]: HoldfastError<Code>
}[HoldfastErrorCode]

/**
 * Whether something that was caught is an error of Holdfast, and of this code when one is given;
 * `details` then has the type of that code. Any copy of the package knows the errors of the others.
 */
export const isHoldfastError: {
  (error: unknown): error is AnyHoldfastError
  <Code extends HoldfastErrorCode>(error: unknown, code: Code): error is HoldfastError<Code>
} = (error: unknown, code?: HoldfastErrorCode): error is never =>
  typeof error === "object" &&
  error !== null &&
  (error as { readonly [brand]?: unknown })[brand] === true &&
  (code === undefined || (error as { readonly code?: unknown }).code === code)
