/**
 * What it costs to be watched: reservations through HTTP without anything, with metrics, with traces as well, and
 * with a line of log for each request; and one scrape of a server with many SKUs.
 */
import { freePort } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { type Contender, race } from "../../Contender.ts"
import {
  collectorSink,
  httpContender,
  observedServer,
  type RunningServer
} from "../../http/childProcess.ts"
import { heldMegabytes } from "../../http/heldMemory.ts"
import type { Row } from "../../Report.ts"
import { makeLarge } from "../../yardsticks/largeDatabase.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const bare = "nothing is measured"
const measured = "metrics, scraped every second"
const traced = "and traces of 1 %"
const logged = "and a line of log each"

/** Nothing but errors is logged. */
const silent = ["--log-level", "error"]

/** Keep-alive connections of the load generator. */
const connections = 64

/** How often metrics are scraped while the server is under load, in milliseconds. */
const scrapeMillis = 1_000

/** How many scrapes are timed. */
const scrapesTimed = 21

const scrape = async ({ metrics = "" }: RunningServer): Promise<number> => {
  const startedAt = performance.now()
  await (await fetch(metrics)).arrayBuffer()
  return performance.now() - startedAt
}

/** A contender whose server is scraped while it is under load. */
const scraped = (contender: Contender, server: RunningServer): Contender => ({
  ...contender,
  turn: (budget) =>
    Effect.raceFirst(
      contender.turn(budget),
      Effect.forever(
        Effect.andThen(
          Effect.promise(() => scrape(server)),
          Effect.sleep(scrapeMillis)
        )
      )
    )
})

/** The median time of a scrape, in milliseconds. */
const scrapeTime = async (server: RunningServer): Promise<number> => {
  const times: Array<number> = []
  for (let n = 0; n < scrapesTimed; n++) times.push(await scrape(server))
  return times.toSorted((a, b) => a - b)[scrapesTimed >> 1] ?? 0
}

/** Variables of a server that tells no collector anything. */
const none: Readonly<Record<string, string>> = { OTEL_SDK_DISABLED: "true" }

const tracesTo = (url: string): Readonly<Record<string, string>> => ({
  OTEL_SDK_DISABLED: "false",
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.01"
})

/** Reservations through HTTP, watched and not. */
export const observability: Benchmark = {
  name: "observability",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const ask = { reserveOf: skuCount }
    const skus = bench.large.skus
    const grown = yield* copy("observed_large")
    yield* makeLarge(grown, skuCount, { skus, reservations: 0 }, (step) =>
      bench.race.onTurn?.(step, 0)
    )
    const { url } = yield* collectorSink
    const metrics = ["--metrics-port", "0"]
    const started = Effect.fnUntraced(function* (
      database: string,
      args: ReadonlyArray<string>,
      env = none
    ) {
      const inspectorPort = yield* Effect.promise(() => freePort())
      const server = yield* observedServer(inspectorPort, ["--database", database, ...args], env)
      return { ...server, held: Effect.promise(() => heldMegabytes(inspectorPort)) }
    })
    const unwatched = yield* started(yield* copy("observed_nothing"), silent)
    const watched = yield* started(yield* copy("observed_metrics"), [...metrics, ...silent])
    const tracing = yield* started(
      yield* copy("observed_traces"),
      [...metrics, ...silent],
      tracesTo(url)
    )
    const logging = yield* started(
      yield* copy("observed_logs"),
      [...metrics, "--access-log", "all", "--log-format", "ecs"],
      tracesTo(url)
    )
    const contenders = [
      httpContender(bare, unwatched, ask, connections),
      scraped(httpContender(measured, watched, ask, connections), watched),
      scraped(httpContender(traced, tracing, ask, connections), tracing),
      scraped(httpContender(logged, logging, ask, connections), logging)
    ]
    const medians = yield* race(contenders, bench.race)
    const added = Math.max(0, (yield* watched.held) - (yield* unwatched.held))
    const large = yield* started(grown, [...metrics, ...silent])
    const millis = yield* Effect.promise(() => scrapeTime(large))
    const rows: ReadonlyArray<Row> = rowsOfShares(medians, bare)
    return {
      name: "observability",
      title: "Being watched",
      about:
        `Reservations by ${connections} keep-alive connections of a client in its own process, on PostgreSQL, ` +
        `of ${skuCount.toLocaleString("en")} SKUs. One server tells nothing, the second has metrics that are scraped ` +
        "every second, the third also sends traces of a hundredth of its requests to a collector beside it, and the " +
        `fourth also writes a line of ECS for each. Memory is what is held after a collection of garbage. A scrape is timed at a server with ${skus.toLocaleString("en")} SKUs.`,
      ratioIs: "of unmeasured",
      rows,
      aims: [
        aimAt(medians, [measured, bare], "reserve with metrics against without", 0.95),
        aimAt(medians, [traced, bare], "with metrics and traces of 1 %", 0.92),
        aimAt(medians, [logged, bare], "with all and logs", 0.85),
        { what: "one scrape, many SKUs", unit: "ms", bound: { atMost: 50 }, measured: millis },
        { what: "memory that metrics add", unit: "MB", bound: { atMost: 20 }, measured: added }
      ]
    }
  })
}
