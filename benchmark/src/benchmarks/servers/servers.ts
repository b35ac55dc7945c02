/** Reservations through one, two and three servers on one database, and through a pooler. */
import { startPgbouncer, whyNoProgram } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { type Contender, race, type Sample } from "../../Contender.ts"
import { askServer, deployedServer, type RunningServer } from "../../http/childProcess.ts"
import { rowsOfShares } from "../reservations.ts"

/** Connections of all callers together, however many servers they ask. */
const connections = 96

/** Each server is asked by a process of its own, all at once; what they answered is added up. */
const asking = (
  name: string,
  servers: ReadonlyArray<RunningServer>,
  skuCount: number
): Contender => ({
  name,
  turn: (budget) =>
    Effect.map(
      Effect.forEach(
        servers,
        ({ url }) =>
          askServer({
            ...{ url, budget, ask: { reserveOf: skuCount } },
            connections: connections / servers.length
          }),
        { concurrency: "unbounded" }
      ),
      (samples): Sample => ({
        perSecond: samples.reduce((sum, { perSecond }) => sum + perSecond, 0)
      })
    )
})

const one = "one server"
const pooled = "one server, through PgBouncer"

/** A server behind a pooler of transactions; none where there is no pooler. */
const behindPooler = (url: string) =>
  whyNoProgram("pgbouncer") === undefined
    ? Effect.gen(function* () {
        const pooler = yield* Effect.acquireRelease(
          Effect.promise(() => startPgbouncer(url, { default_pool_size: "20" })),
          (running) => Effect.promise(() => running[Symbol.asyncDispose]())
        )
        const { url: through } = { url: pooler.url(url) }
        return [yield* deployedServer("--database", through, "--pooler", "transaction")]
      })
    : Effect.succeed([])

/** What more servers bring, and what a pooler costs. */
export const servers: Benchmark = {
  name: "servers",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const url = yield* copy("several_servers")
    const all = yield* Effect.all([
      deployedServer("--database", url),
      deployedServer("--database", url),
      deployedServer("--database", url)
    ])
    const throughPooler = yield* behindPooler(yield* copy("pooled_server"))
    const medians = yield* race(
      [
        asking(one, all.slice(0, 1), skuCount),
        asking("two servers", all.slice(0, 2), skuCount),
        asking("three servers", all, skuCount),
        ...throughPooler.map((server) => asking(pooled, [server], skuCount))
      ],
      bench.race
    )
    const without = throughPooler.length > 0 ? "" : " There is no PgBouncer on this machine."
    return {
      name: "servers",
      title: "Several servers, and a pooler",
      about:
        `${connections} callers over HTTP reserve one unit of a SKU that is drawn uniformly, spread evenly over the servers. Servers, callers and ` +
        "the database share two cores, which one server already fills: what a server on a machine of its own adds is not in these figures. " +
        "What they show is the price of more servers where there are no cores for them: callers gather in two or three places, so batches are smaller and flushes of the disk more. " +
        `Through the pooler no statement is prepared, so the database parses each again.${without}`,
      ratioIs: "of one server, direct",
      rows: rowsOfShares(medians, one),
      aims: []
    }
  })
}
