/**
 * Work that a process repeats for the lifetime of a layer, such as a sweep. A run that fails is tried
 * again after the pause, and nothing else depends on it. The first of several failures is logged as a
 * warning, and so is their end.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** How often the work runs, and what is logged. */
export interface SweepingOptions {
  readonly interval: Duration.Input
  /** The pause before the first run: none. */
  readonly delay?: Duration.Input | undefined
  readonly whenFailing: string
  readonly whenBack: string
}

/** Repeats `sweep`, which is given whether the run before it failed, or there was none. */
export const layerSweeping = <E, R>(
  sweep: (isAfterFailure: boolean) => Effect.Effect<unknown, E, R>,
  { delay, interval, whenBack, whenFailing }: SweepingOptions
): Layer.Layer<never, never, R> =>
  Layer.effectDiscard(
    Effect.suspend(() => {
      let isFailing = false
      let isFirstRun = true
      const sweepLogged = Effect.suspend(() => {
        const isAfterFailure = isFailing || isFirstRun
        isFirstRun = false
        return Effect.matchCauseEffect(sweep(isAfterFailure), {
          onFailure: (cause) => {
            const isFirst = !isFailing
            isFailing = true
            return isFirst ? Effect.logWarning(whenFailing, cause) : Effect.void
          },
          onSuccess: () => {
            const isLast = isFailing
            isFailing = false
            return isLast ? Effect.logInfo(whenBack) : Effect.void
          }
        })
      })
      return sweepLogged.pipe(
        Effect.andThen(Effect.sleep(interval)),
        Effect.forever,
        delay === undefined ? (sweeping) => sweeping : Effect.delay(delay),
        Effect.forkScoped
      )
    })
  )
