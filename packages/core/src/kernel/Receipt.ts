/** The committed answer to an idempotency key: what makes a repeat of a request harmless. */

/** How long an answer is kept, in milliseconds: 24 hours. */
export const keptMillis = 24 * 3_600_000

/**
 * The committed answer to an idempotency key, and the request that it answers. The answer is text,
 * in the form of one version.
 */
export interface Receipt {
  readonly caller: string
  readonly key: string
  readonly fingerprint: string
  readonly answer: string
  readonly answerVersion: number
}

/** A key that makes a repeat of the request harmless, for one caller. */
export type RequestKey = Pick<Receipt, "caller" | "key" | "fingerprint">

/** Different pairs of caller and key get different names, whatever characters they have. */
export const nameOfKey = ({ caller, key }: Pick<Receipt, "caller" | "key">): string =>
  `${caller.length} ${caller}${key}`
