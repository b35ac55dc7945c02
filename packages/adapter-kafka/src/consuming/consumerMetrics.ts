/** How far a consumer is, as metrics: read when somebody asks. */
import type { ConsumerStatus } from "@holdfast/core/events"
import { counter, gauge } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const lags = gauge(
  "holdfast_consumer_lag_events",
  "Messages of the partitions of this process that are not handled yet, as last known",
  { labels: ["group"], seriesMax: 20 }
)

const letters = counter(
  "holdfast_consumer_dead_letters_total",
  "Messages that this process has put among the dead letters",
  { labels: ["group"], seriesMax: 20 }
)

/** Shows how far the consumer of a group is, until the scope closes. */
export const showConsumer = (
  group: string,
  status: () => Pick<ConsumerStatus, "deadLettered" | "lag">
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    let known = 0
    const lag = () => {
      known = status().lag ?? known
      return known
    }
    const stops = [
      lags.in(context).reading(lag, group),
      letters.in(context).reading(() => status().deadLettered, group)
    ]
    return Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const stop of stops) stop()
      })
    )
  })
