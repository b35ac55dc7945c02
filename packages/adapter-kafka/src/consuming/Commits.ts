/**
 * What a group has handled, on its way to the brokers. Commits go one after another, each with all
 * that was handled since the one before, so handlers never wait for one.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type { Committed, Place } from "../clients/KafkaConsumerClient.ts"

/** The commits of one member. */
export interface Commits {
  /** Notes that all before an offset was handled. */
  readonly mark: (handled: Committed) => void
  /** Commits what is noted, when there is something; fails when the brokers do not take it. */
  readonly flush: Effect.Effect<void, unknown>
  /** Commits what is noted, and tries until the brokers have taken it. */
  readonly settle: Effect.Effect<void>
  /** Commits for as long as it runs; what fails is tried again. */
  readonly run: Effect.Effect<never>
  /** Forgets what is noted, because it is not this member's to commit any more. */
  readonly forget: () => void
}

const betweenMillis = 50
const afterFailureMillis = 1_000

const nameOf = ({ partition, topic }: Place) => `${topic}/${partition}`

/** Makes them over a way to commit. */
export const makeCommits = (
  commit: (offsets: ReadonlyArray<Committed>) => Promise<void>
): Commits => {
  const waiting = new Map<string, Committed>()
  const marked = Latch.makeUnsafe(false)
  const turn = Semaphore.makeUnsafe(1)

  const flush = turn.withPermit(
    Effect.suspend(() => {
      const offsets = [...waiting.values()]
      if (offsets.length === 0) return Effect.void
      return Effect.tap(
        Effect.tryPromise({ try: () => commit(offsets), catch: (cause) => cause }),
        () =>
          Effect.sync(() => {
            for (const one of offsets) {
              const name = nameOf(one)
              if (waiting.get(name) === one) waiting.delete(name)
            }
          })
      )
    })
  )

  const step = Effect.gen(function* () {
    yield* marked.await
    marked.closeUnsafe()
    const pause = yield* Effect.match(flush, {
      onSuccess: () => betweenMillis,
      onFailure: () => {
        marked.openUnsafe()
        return afterFailureMillis
      }
    })
    yield* Effect.sleep(pause)
  })

  return {
    mark: (handled) => {
      waiting.set(nameOf(handled), handled)
      marked.openUnsafe()
    },
    flush,
    settle: Effect.orDie(Effect.retry(flush, Schedule.spaced(afterFailureMillis))),
    run: Effect.forever(step),
    forget: () => waiting.clear()
  }
}
