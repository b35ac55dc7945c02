/**
 * The half of a fold that every context shares: requests in the order of their arrival, a kept
 * answer for a key that is known, a receipt for a key that is new, and a throw as the defect of the
 * request that threw.
 */
import { nameOfKey, type Receipt, type RequestKey } from "../kernel/Receipt.ts"
import type { Outcome, Request } from "./Request.ts"

/** The refusal of a key that comes back with another command. */
export interface IdempotencyMismatch {
  readonly _tag: "IdempotencyMismatch"
  readonly key: string
}

/** What a context decides about one request that has no kept answer. */
export type Decided<Answer, Refusal> = Exclude<
  Outcome<Answer, Refusal>,
  { readonly _tag: "Replayed" | "Defect" }
>

/** The outcomes of the requests, in order, and the answers to keep. */
export interface Folded<Answer, Refusal> {
  readonly outcomes: ReadonlyArray<Outcome<Answer, Refusal>>
  readonly receipts: ReadonlyArray<Receipt>
}

const replayed = (receipt: Receipt, key: RequestKey): Outcome<never, IdempotencyMismatch> =>
  receipt.fingerprint === key.fingerprint
    ? { _tag: "Replayed", receipt }
    : { _tag: "Refused", refusal: { _tag: "IdempotencyMismatch", key: key.key } }

/**
 * Folds requests. `kept` are the receipts that the store loaded. `decide` is asked for each request
 * without a kept answer; answers are kept in the form of `answerVersion`. `objectionTo` is asked
 * before a kept answer is given, and says why a request may not be made.
 */
export const foldRequests = <R extends Request, Answer, Refusal>(
  requests: ReadonlyArray<R>,
  kept: ReadonlyArray<Receipt>,
  answerVersion: number,
  decide: (request: R) => Decided<Answer, Refusal>,
  objectionTo?: (request: R) => Refusal | undefined
): Folded<Answer, Refusal | IdempotencyMismatch> => {
  const known = new Map(kept.map((receipt) => [nameOfKey(receipt), receipt]))
  const receipts: Array<Receipt> = []
  const outcomeOf = (request: R): Outcome<Answer, Refusal | IdempotencyMismatch> => {
    const { key, principal } = request
    const objection = principal === undefined ? undefined : objectionTo?.(request)
    if (objection !== undefined) return { _tag: "Refused", refusal: objection }
    const receipt = key === null ? undefined : known.get(nameOfKey(key))
    if (key !== null && receipt !== undefined) return replayed(receipt, key)
    const decided = decide(request)
    if (key !== null && decided._tag === "Answered") {
      const answered = { ...key, answer: JSON.stringify(decided.answer), answerVersion }
      known.set(nameOfKey(key), answered)
      receipts.push(answered)
    }
    return decided
  }
  const outcomes = requests.map((request) => {
    try {
      return outcomeOf(request)
    } catch (defect) {
      return { _tag: "Defect", defect } as const
    }
  })
  return { outcomes, receipts }
}
