/** Runs random stories, each on a store of its own, whatever the context. */
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { Outcome } from "../engine/Request.ts"
import type { ContractClock } from "./contract/Stage.ts"
import type { Random } from "./random.ts"
import { batchesOf, textOf } from "./retelling.ts"

/** Sets the time of the store that runs a story. */
export type SetTime = (to: DateTime.Utc) => Effect.Effect<void>

/** How many stories are run, and for how long. */
export interface ToldOptions {
  readonly stories?: number
  readonly timeoutMillis?: number
}

/**
 * Declares a test that runs stories of a seed. `layer` opens an empty store for the story of a given
 * number; its decisions use the given time.
 */
export const toldStories = <Step, R, E, F>(
  title: (count: number) => string,
  about: {
    readonly seed: string
    readonly length: number
    readonly stories: Random<Array<Step>>
    readonly layer: (clock: ContractClock, story: number) => Layer.Layer<R, E>
    readonly tell: (steps: ReadonlyArray<Step>, setTime: SetTime) => Effect.Effect<void, F, R>
  },
  { stories: count = 6, timeoutMillis = 240_000 }: ToldOptions = {}
): void => {
  it.live(
    title(count),
    () =>
      Effect.gen(function* () {
        const sample = { count, seed: about.seed, size: about.length }
        const stories = yield* Arbitrary.sampleEffect(about.stories, sample)
        for (const [story, steps] of stories.entries()) {
          const clock = yield* TestClock.make()
          const now = Effect.sync(() => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
          yield* about
            .tell(steps, (to) => clock.setTime(to.epochMilliseconds))
            .pipe(Effect.provide(Layer.fresh(about.layer({ clock, now }, story))))
        }
      }),
    timeoutMillis
  )
}

/** A request of a story, when it is made, and how it ends when it is decided alone. */
interface Told<Request> {
  readonly request: Request
  readonly now: DateTime.Utc
  readonly outcome: Outcome<unknown, unknown>
}

/** Runs requests, a few of one instant at a time; each must end as it did alone. */
export const ranInBatches = Effect.fnUntraced(function* <Request, E, R>(
  run: ReadonlyArray<Told<Request>>,
  setTime: SetTime,
  transact: (
    requests: ReadonlyArray<Request>,
    first: Request
  ) => Effect.Effect<ReadonlyArray<Outcome<unknown, unknown>>, E, R>
) {
  for (const batch of batchesOf(run)) {
    const [first] = batch
    if (first === undefined) continue
    yield* setTime(first.now)
    const requests = batch.map(({ request }) => request)
    const outcomes = yield* transact(requests, first.request)
    expect(outcomes.map(textOf)).toEqual(batch.map(({ outcome }) => textOf(outcome)))
  }
})
