/** Redrive: publishes what a relay has left out, once what was wrong with it has been set right. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import {
  noManagementRecords,
  type RecordManagement
} from "../../engine/methods/managementRecords.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type KeptDeadLetter, targetOfCursor } from "../Cursors.ts"
import type { EventLog } from "../EventLog.ts"
import type { EventPublisher, PublishError } from "../EventPublisher.ts"

/** What became of the dead letters of a cursor. */
export interface RedrivenLetters {
  /** How many events were published. Their letters are forgotten. */
  readonly redriven: number
  /** The letters that stay, each with the cause of now. */
  readonly left: ReadonlyArray<KeptDeadLetter>
  /** Why the work ended before the last letter: a failure that may pass. */
  readonly problem: PublishError | null
}

const lettersAtOnce = 100

/**
 * Publishes the events of a cursor's dead letters, oldest first, and forgets the letters of those
 * that were taken. They come behind newer events of their aggregates. An event may be published
 * twice: when the process dies before its letter is forgotten, or when two redrive at once. `record` makes
 * the record of each letter, which is written as the letter is forgotten.
 */
export const redriveDeadLetters = Effect.fnUntraced(function* (
  log: EventLog,
  publisher: EventPublisher,
  cursor: string,
  record: RecordManagement = noManagementRecords
): Effect.fn.Return<RedrivenLetters, StoreError> {
  const { cursors } = log
  const left: Array<KeptDeadLetter> = []
  let redriven = 0

  /** The event of a letter; undefined when the log does not have it any more. */
  const eventOf = ({ eventId, position }: KeptDeadLetter) =>
    log.read(position - 1, 1).pipe(
      Effect.map((page) => page.find((event) => event.eventId === eventId)),
      Effect.catchTag("PositionGone", () => Effect.undefined)
    )

  let after = 0
  while (true) {
    const letters = yield* cursors.deadLetters({ cursor, after, limit: lettersAtOnce })
    const last = letters.at(-1)
    if (last === undefined) return { redriven, left, problem: null }
    after = last.id
    for (const letter of letters) {
      const event = yield* eventOf(letter)
      if (event === undefined) {
        left.push({ ...letter, cause: "the log does not have this event any more" })
        continue
      }
      const result = yield* Effect.result(publisher.publish([event]))
      if (Result.isFailure(result)) {
        const problem = result.failure
        if (problem.isRetryable) return { redriven, left, problem }
        left.push({ ...letter, cause: problem.message })
        continue
      }
      const targets = [targetOfCursor(cursor), `EVENT:${letter.eventId}`]
      const redrive = yield* record({ operation: "RedriveDeadLetter", targets })
      yield* cursors.forgetDeadLetters(cursor, [letter.id], redrive)
      redriven++
    }
  }
})
