// Random stories of a shop: whatever is bought, received, closed, lapsed, mapped or set by a person,
// each option has the status that a count of the units allows. What the stories met is held to a
// least number.
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { StockStatus } from "../../src/catalog.ts"
import { makeSoldOutFollower } from "../../src/shelf.ts"
import { below } from "../../src/testing/random.ts"
import { type Happening, happenings, openShelf, stepsMax } from "./ShelfStory.ts"
import { joined, settle } from "./soldOutWorld.ts"

const runs = 60
const seed = "shelf"
const stepsOfRun = 40
const timesLeast = 20

/** A shop whose inventory may be sent away. */
const shop = (state: { readonly isAway: boolean }) =>
  Layer.effect(
    StockStatus,
    Effect.map(StockStatus, (real) => ({
      ...real,
      stockOf: (skuIds) =>
        state.isAway
          ? Effect.succeed(skuIds.map((skuId) => ({ _tag: "Unknown" as const, skuId })))
          : real.stockOf(skuIds)
    }))
  ).pipe(Layer.provideMerge(Layer.fresh(joined)))

it.effect(
  "every option has the status that a count of the units allows, whatever happens",
  () =>
    Effect.gen(function* () {
      const tally = new Map<Happening, number>(happenings.map((what) => [what, 0]))
      const note = (what: Happening) => void tally.set(what, (tally.get(what) ?? 0) + 1)
      const story = (steps: ReadonlyArray<number>) => {
        const state = { isAway: false }
        return Effect.scoped(
          Effect.gen(function* () {
            const take = yield* openShelf(state, note)
            // No sweep runs in the story: events alone must do.
            const follower = yield* makeSoldOutFollower({ sweepMillis: 86_400_000 * 365 })
            const following = yield* Effect.forkChild(follower.run)
            yield* settle
            yield* TestClock.adjust("1 seconds")
            for (const step of steps) yield* take(step)
            yield* Fiber.interrupt(following)
            return true
          })
        ).pipe(
          Effect.provide(shop(state)),
          Effect.catchCause((cause) => Effect.fail(`${String(cause)}\nafter ${steps.join(" ")}`))
        )
      }
      const steps = Arbitrary.array(below(stepsMax), {
        minLength: stepsOfRun,
        maxLength: stepsOfRun
      })
      const result = yield* Arbitrary.checkEffect(steps, story, {
        ...{ runs, seed, size: stepsOfRun },
        maxShrinks: 50
      })
      if (result._tag !== "Passed") {
        const isTold = result._tag === "Falsified" && result.failure._tag === "PropertyError"
        throw new Error(
          isTold ? String(result.failure.error) : Arbitrary.formatCheckFailure(result)
        )
      }
      expect([...tally].filter(([, times]) => times < timesLeast)).toEqual([])
    }),
  120_000
)
