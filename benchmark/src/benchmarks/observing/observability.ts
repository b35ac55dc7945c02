/** What it costs to be watched: reservations through HTTP with metrics and without, and one scrape. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { type Contender, race } from "../../Contender.ts"
import {
  deployedServer,
  httpContender,
  memoryOf,
  type RunningServer
} from "../../http/childProcess.ts"
import type { Row } from "../../Report.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const bare = "nothing is measured"
const measured = "metrics, scraped every second"

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

/** Reservations through HTTP, watched and not. */
export const observability: Benchmark = {
  name: "observability",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const ask = { reserveOf: skuCount }
    const unwatched = yield* deployedServer("--database", yield* copy("observed_nothing"))
    const watched = yield* deployedServer(
      ...["--database", yield* copy("observed_metrics"), "--metrics-port", "0"]
    )
    const contenders = [
      httpContender(bare, unwatched, ask, connections),
      scraped(httpContender(measured, watched, ask, connections), watched)
    ]
    const medians = yield* race(contenders, bench.race)
    const millis = yield* Effect.promise(() => scrapeTime(watched))
    const [own, other] = [memoryOf(watched.pid), memoryOf(unwatched.pid)]
    const added = own && other && Math.max(0, own.peakMegabytes - other.peakMegabytes)
    const rows: ReadonlyArray<Row> = rowsOfShares(medians, bare)
    return {
      name: "observability",
      title: "Being watched",
      about:
        `Reservations by ${connections} keep-alive connections of a client in its own process, on PostgreSQL, ` +
        `of ${skuCount.toLocaleString("en")} SKUs. One server counts nothing, the other has metrics that are scraped ` +
        "every second. A scrape is timed after that, and how many SKUs there are does not matter to it.",
      ratioIs: "of unmeasured",
      rows,
      aims: [
        aimAt(medians, [measured, bare], "reserve with metrics against without", 0.95),
        { what: "one scrape", unit: "ms", bound: { atMost: 50 }, measured: millis },
        { what: "memory that metrics add", unit: "MB", bound: { atMost: 20 }, measured: added }
      ]
    }
  })
}
