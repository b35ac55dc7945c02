/** What an engine counts of its batches. All of it is once a batch, but for what is refused. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { counter, gauge, histogram } from "./Meter.ts"

const sizes = histogram("holdfast_batch_commands", "Commands that went in one batch", {
  labels: ["context"],
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500]
})

/** Buckets in seconds for what takes from half a millisecond to ten seconds. */
export const durationBuckets: ReadonlyArray<number> = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
]

const waits = histogram(
  "holdfast_batch_wait_seconds",
  "How long the first command of a batch waited before the batch began",
  { unit: "seconds", labels: ["context"], buckets: durationBuckets }
)

const commits = histogram(
  "holdfast_batch_commit_seconds",
  "How long a batch took from its first lock to its end, with its repetitions",
  { unit: "seconds", labels: ["context"], buckets: durationBuckets }
)

const queued = gauge("holdfast_batch_queue", "Commands that wait for their batch or for a lock", {
  labels: ["context"]
})

const refusals = counter("holdfast_refusals_total", "Commands that were decided and refused", {
  labels: ["operation", "refusal"]
})

const limits = counter("holdfast_limits_hit_total", "Requests and commands that met a limit", {
  labels: ["limit"],
  seriesMax: 50
})

/** Counts requests and commands that met a limit, by the name of the limit. */
export const limitsHit = limits

/** What an engine counts of its batches. */
export interface BatchMeter {
  /** A batch begins. */
  readonly begun: (commands: number, waitedMillis: number) => void
  /** It has ended, well or not. */
  readonly ended: (seconds: number) => void
  /** The queue had no place for a command. */
  readonly overloaded: () => void
  /** A command was refused. */
  readonly refused: (operation: string, refusal: unknown) => void
}

/** Counts nothing. */
export const noBatchMeter: BatchMeter = {
  begun: () => undefined,
  ended: () => undefined,
  overloaded: () => undefined,
  refused: () => undefined
}

const tagOf = (refusal: unknown): string =>
  (refusal as { readonly _tag?: string } | undefined)?._tag ?? "unknown"

/** The meter of the batches of a context, in the registry of the fiber. */
export const batchMeter = (context: string): Effect.Effect<BatchMeter> =>
  Effect.map(Effect.context<never>(), (services) => {
    const [size, wait] = [sizes.in(services).with(context), waits.in(services).with(context)]
    const commit = commits.in(services).with(context)
    const refused = refusals.in(services)
    const hit = limits.in(services)
    return {
      begun: (commands, waitedMillis) => {
        size.observe(commands)
        wait.observe(Math.max(0, waitedMillis) / 1_000)
      },
      ended: (seconds) => commit.observe(seconds),
      overloaded: () => hit.with("queue").add(),
      refused: (operation, refusal) => refused.with(operation, tagOf(refusal)).add()
    }
  })

/** Shows how many commands wait, until the scope closes. */
export const showQueue = (
  context: string,
  waiting: () => number
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.context<never>(), (services) => {
    const stop = queued.in(services).reading(waiting, context)
    return Effect.addFinalizer(() => Effect.sync(stop))
  })
