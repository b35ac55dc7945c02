/**
 * Sends what was gathered to a collector, in batches, one after another. It is bounded: what comes while
 * the queue is full is dropped and counted, and so is a batch that the collector does not take after
 * some tries. Nobody who hands something over ever waits.
 */

import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { counter } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type { HttpBody } from "effect/http/HttpBody"
import type * as Scope from "effect/Scope"
import type { BatchSettings, Signal, SignalSettings } from "./otelSettings.ts"

const compressed = promisify(gzip)

/** How often a batch is tried when the collector is away or too busy. */
const triesMax = 4

/** The pause before the second try, in milliseconds; it doubles from then on. */
const pauseMillis = 500

/** How long the last batches may take when the server stops, in milliseconds. */
const stoppingMillisMax = 2_000

/** Statuses of a collector that may take the same batch later. */
const isBusy = (status: number): boolean => status === 429 || (status >= 502 && status <= 504)

const droppedCount = counter(
  "holdfast_telemetry_dropped_total",
  "Spans and lines of log that no collector took",
  { labels: ["signal"] }
)

/** What takes things to export. */
export interface Exporter<A> {
  readonly push: (item: A) => void
  /** How many were dropped since the process began. */
  readonly dropped: () => number
}

/** What an exporter needs to know. */
export interface ExporterOptions<A> {
  readonly signal: Signal
  readonly to: SignalSettings
  readonly batches: BatchSettings
  /** Writes a batch in the form of OTLP. */
  readonly encode: (items: ReadonlyArray<A>) => HttpBody
}

/** How one batch ended. */
type Sent = "TAKEN" | "BUSY" | "REFUSED"

const bytesOf = (body: HttpBody): Uint8Array => {
  if (body._tag === "Uint8Array") return body.body
  throw new Error(`a batch of OTLP has no bytes but ${body._tag}`)
}

const send = async <A>(
  { encode, to }: ExporterOptions<A>,
  items: ReadonlyArray<A>,
  stopping: AbortSignal
): Promise<Sent> => {
  const body = encode(items)
  const plain = bytesOf(body)
  const sent = to.isCompressed ? await compressed(plain) : plain
  const response = await fetch(to.url, {
    method: "POST",
    redirect: "error",
    signal: AbortSignal.any([AbortSignal.timeout(to.timeoutMillis), stopping]),
    headers: {
      ...to.headers,
      "content-type": to.protocol === "http/json" ? "application/json" : "application/x-protobuf",
      ...(to.isCompressed ? { "content-encoding": "gzip" } : {})
    },
    body: new Uint8Array(sent)
  })
  await response.arrayBuffer()
  if (response.ok) return "TAKEN"
  return isBusy(response.status) ? "BUSY" : "REFUSED"
}

/** The queue of an exporter, and what works it off. */
class Queue<A> {
  private items: Array<A> = []
  private wake: (() => void) | undefined
  droppedCount = 0
  isStopping = false
  private readonly batches: BatchSettings
  private readonly onDropped: (count: number) => void

  constructor(batches: BatchSettings, onDropped: (count: number) => void) {
    this.batches = batches
    this.onDropped = onDropped
  }

  get size(): number {
    return this.items.length
  }

  push(item: A): void {
    if (this.items.length >= this.batches.queueMax || this.isStopping) return this.drop(1)
    this.items.push(item)
    if (this.items.length >= this.batches.batchMax) this.hurry()
  }

  drop(count: number): void {
    this.droppedCount += count
    this.onDropped(count)
  }

  take(): ReadonlyArray<A> {
    return this.items.splice(0, this.batches.batchMax)
  }

  /** Ends the wait for more. */
  hurry(): void {
    this.wake?.()
    this.wake = undefined
  }

  /** Waits until a batch is full, or its time has come. */
  readonly filled: Effect.Effect<void> = Effect.callback<void>((resume) => {
    const { batchMax, delayMillis } = this.batches
    if (this.items.length >= batchMax || this.isStopping) return resume(Effect.void)
    const timer = setTimeout(() => resume(Effect.void), delayMillis)
    this.wake = () => {
      clearTimeout(timer)
      resume(Effect.void)
    }
    return Effect.sync(() => clearTimeout(timer))
  })
}

/** Makes an exporter that works until its scope closes; then it sends what is left, for a short time. */
export const makeExporter = <A>(
  options: ExporterOptions<A>
): Effect.Effect<Exporter<A>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { batches, signal } = options
    const context = yield* Effect.context<never>()
    const counted = droppedCount.in(context).with(signal)
    const queue = new Queue<A>(batches, (count) => counted.add(count))
    const stopping = new AbortController()
    const about = { signal, host: new URL(options.to.url).host }
    let isAway = false

    const noteAway = Effect.fnUntraced(function* (isNow: boolean, why: string) {
      if (isAway === isNow) return
      isAway = isNow
      yield* Effect.annotateLogs(
        isNow
          ? Effect.logWarning("the collector takes nothing; what it misses is dropped and counted")
          : Effect.logInfo("the collector takes what is sent again"),
        isNow ? { ...about, problem: why } : { ...about, dropped: queue.droppedCount }
      )
    })

    const tryOnce = (items: ReadonlyArray<A>) =>
      Effect.promise(
        (): Promise<readonly [Sent, string]> =>
          send(options, items, stopping.signal).then(
            (sent) => [sent, sent === "TAKEN" ? "" : `it answered: ${sent.toLowerCase()}`] as const,
            (error: Error) => ["BUSY", String(Object(error.cause).code ?? error.name)] as const
          )
      )
    const sendBatch = Effect.fnUntraced(function* (items: ReadonlyArray<A>) {
      for (let tries = 1; ; tries++) {
        const [sent, why] = yield* tryOnce(items)
        yield* noteAway(sent !== "TAKEN", why)
        if (sent === "TAKEN") return
        if (sent === "REFUSED" || tries >= triesMax || queue.isStopping) break
        yield* Effect.sleep(pauseMillis * 2 ** (tries - 1))
      }
      queue.drop(items.length)
    })
    const work = Effect.gen(function* () {
      while (!queue.isStopping || queue.size > 0) {
        yield* queue.filled
        const items = queue.take()
        if (items.length > 0) yield* sendBatch(items)
      }
    })
    const fiber = yield* Effect.forkDetach(Effect.withTracerEnabled(work, false), {
      startImmediately: true
    })
    yield* Effect.addFinalizer(() =>
      Effect.gen(function* () {
        queue.isStopping = true
        queue.hurry()
        const timer = setTimeout(() => stopping.abort(), stoppingMillisMax)
        yield* Effect.promise(
          () => new Promise<void>((resolve) => fiber.addObserver(() => resolve()))
        )
        clearTimeout(timer)
        if (queue.droppedCount > 0) {
          yield* Effect.annotateLogs(Effect.logWarning("not everything reached the collector"), {
            ...about,
            dropped: queue.droppedCount
          })
        }
      })
    )
    return { push: (item) => queue.push(item), dropped: () => queue.droppedCount }
  })
