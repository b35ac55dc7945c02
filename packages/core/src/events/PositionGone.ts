/** A follower that is too far behind. */
import * as Data from "effect/Data"
import { goneSentence } from "../kernel/refusals.ts"

/**
 * The events after `after` are no longer all there: those up to `horizon` were dropped. A follower
 * has missed some of them, so it has to start again from the state as it is.
 */
export class PositionGone extends Data.TaggedError("PositionGone")<{
  readonly after: number
  readonly horizon: number
}> {
  override get message(): string {
    return goneSentence(this)
  }
}
