/** What each error that any context may fail with says to a person. */
import { listed, sharedSentences } from "../../kernel/refusals.ts"
import type { EngineErrorDetails, StoreFailure } from "./EngineErrorDetails.ts"

/** A failure of the store says by itself what to do next. */
const asIs = ({ reason }: StoreFailure) => reason

/** The sentence of each code. */
export const errorSentences: {
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
