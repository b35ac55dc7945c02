/**
 * What cannot be read in passing, such as the size of a database, is looked up now and then, so that
 * nobody who asks for metrics waits for it. A reading that fails or takes too long is counted, and its
 * gauges keep their values until it succeeds.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { counter, gauge } from "./Meter.ts"

/** Something that is looked up now and then. */
export interface Reading {
  /** What is read, such as `database`; one of a few. */
  readonly name: string
  /** Looks it up, and sets its gauges. */
  readonly read: Effect.Effect<void, unknown>
  /** How often: every 15 seconds. */
  readonly every?: Duration.Input | undefined
}

const failures = counter(
  "holdfast_readings_failed_total",
  "Readings for metrics that failed or took too long",
  { labels: ["reading"], seriesMax: 50 }
)

const ages = gauge(
  "holdfast_reading_timestamp_seconds",
  "When a reading for metrics last succeeded, in seconds since 1970",
  { unit: "seconds", labels: ["reading"], seriesMax: 50 }
)

/** How long a reading may take. */
const readMax = Duration.seconds(10)

/** Reads something now, and again and again until the scope closes. Nobody waits for it. */
export const readNowAndThen = ({
  every = "15 seconds",
  name,
  read
}: Reading): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const failed = failures.in(context).with(name)
    const once = Effect.matchCauseEffect(Effect.timeout(read, readMax), {
      onSuccess: () =>
        Effect.map(Clock.currentTimeMillis, (millis) =>
          ages
            .in(context)
            .with(name)
            .set(millis / 1_000)
        ),
      onFailure: (cause) =>
        Effect.andThen(
          Effect.sync(() => failed.add()),
          Effect.annotateLogs(Effect.logDebug("a reading for metrics failed", cause), {
            reading: name
          })
        )
    })
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(once, Effect.sleep(every))))
  })
