/** Results for callers to whom a refusal is an exception. */
import { RefusalThrown } from "./errors.ts"
import type { Result } from "./options.ts"

/** The answer of a call; throws `RefusalThrown` for a refusal. */
export const answerOf = <
  Answer,
  Refusal extends { readonly problem: string; readonly title: string }
>(
  result: Result<Answer, Refusal>
): Answer => {
  if (result.ok) return result.answer
  throw new RefusalThrown(result.refusal)
}
