/**
 * The one error of the Promise doors: see `HoldfastErrorDetails` for its codes and what
 * each says. A refusal has the sentence that it has at every door.
 */
import { refusalSentences as catalogSentences } from "../../catalog/messages/refusalSentences.ts"
import { refusalSentences } from "../../inventory/messages/refusalSentences.ts"
import { DoorError, type DoorErrorOptions, type ErrorOf, errorGuard } from "../engine/DoorError.ts"
import type { HoldfastErrorCode, HoldfastErrorDetails } from "./HoldfastErrorDetails.ts"

// Those that both contexts have are the inventory's here; the catalog brings its own with its errors.
const sentences: { readonly [code: string]: ((details: never) => string) | undefined } = {
  ...catalogSentences,
  ...refusalSentences
}

/** The sentence of a refusal; undefined for the codes that every context has. */
const sentenceFor = (code: string, details: unknown): string | undefined =>
  Object.hasOwn(sentences, code) ? sentences[code]?.(details as never) : undefined

/** The error of one code; see `HoldfastErrorDetails` for what each says. */
export class HoldfastError<Code extends HoldfastErrorCode = HoldfastErrorCode> extends DoorError<
  Code,
  HoldfastErrorDetails[Code]
> {
  constructor(code: Code, details: HoldfastErrorDetails[Code], options?: DoorErrorOptions) {
    super(code, details, { message: sentenceFor(code, details), ...options })
  }
}

/** The error of any code; its `code` says which. */
export type AnyHoldfastError = ErrorOf<HoldfastErrorDetails>

/**
 * Whether something that was caught is an error of Holdfast, and of this code when one is given;
 * `details` then has the type of that code. Any copy of the package knows the errors of the others.
 */
export const isHoldfastError: {
  (error: unknown): error is AnyHoldfastError
  <Code extends HoldfastErrorCode>(error: unknown, code: Code): error is HoldfastError<Code>
} = errorGuard<HoldfastErrorDetails>()
