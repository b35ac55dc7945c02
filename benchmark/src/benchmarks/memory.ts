/** What the deployed server holds in memory while it is under load. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Bench, Benchmark } from "../Bench.ts"
import { median, type Sample } from "../Contender.ts"
import { askServer, deployedServer, memoryOf, type RunningServer } from "../http/childProcess.ts"
import type { Aim, Row } from "../Report.ts"

const connections = 64

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "holdfast-bench-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** The demo stock names its SKUs otherwise, so the load registers its own. */
const registerOne = ({ url }: RunningServer) =>
  Effect.promise(() =>
    fetch(`${url}/api/skus`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ skuId: "sku-1", code: "SKU-1", name: "One", initialStock: 1e9 })
    })
  )

/** The most that a server holds while a turn lasts. */
const watched = (server: RunningServer, turn: Effect.Effect<Sample>) =>
  Effect.gen(function* () {
    let megabytes = 0
    const watch = setInterval(() => {
      megabytes = Math.max(megabytes, memoryOf(server.pid)?.megabytes ?? 0)
    }, 50)
    const sample = yield* turn
    clearInterval(watch)
    return { sample, megabytes: Math.max(megabytes, memoryOf(server.pid)?.megabytes ?? 0) }
  })

/** What a server holds under the load of a race, and the most that it held since its start. */
const underLoad = (name: string, server: RunningServer, bench: Bench, reserveOf: number) =>
  Effect.gen(function* () {
    const { budget, rounds, warmUps } = bench.race
    const turn = askServer({ url: server.url, connections, budget, ask: { reserveOf } })
    const all = []
    for (let round = 1 - warmUps; round <= rounds; round++) {
      bench.race.onTurn?.(name, round)
      const found = yield* watched(server, turn)
      if (round > 0) all.push(found)
    }
    const perSecond = median(all.map(({ sample }) => sample.perSecond))
    const megabytes = Math.max(...all.map((found) => found.megabytes))
    const peak = memoryOf(server.pid)
    if (peak === undefined) return { name, perSecond } satisfies Row
    return { name, perSecond, megabytes, peakMegabytes: peak.peakMegabytes } satisfies Row
  })

const aimOf = (row: Row, atMost: number): Aim => ({
  what: `server ${row.name}`,
  unit: "MB",
  bound: { atMost },
  measured: row.megabytes
})

/** The memory of the server process, on PostgreSQL and on an embedded database in a folder. */
export const memory: Benchmark = {
  name: "memory",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const url = yield* copy("memory_server")
    const onPostgres = yield* Effect.scoped(
      Effect.flatMap(deployedServer("--database", url), (server) =>
        underLoad("on PostgreSQL", server, bench, skuCount)
      )
    )
    const folder = yield* temporaryFolder
    yield* Effect.scoped(Effect.flatMap(deployedServer("--folder", folder), registerOne))
    const onPglite = yield* Effect.scoped(
      Effect.flatMap(deployedServer("--folder", folder), (server) =>
        underLoad("on PGlite, an existing folder", server, bench, 1)
      )
    )
    return {
      name: "memory",
      title: "Memory of the server",
      about:
        "Resident memory of the process of the deployed server: the most while " +
        `${connections} connections reserved without a pause, after a warm-up, and the most since ` +
        "its start (which is when V8 compiles the embedded database).",
      ratioIs: "",
      rows: [onPostgres, onPglite],
      aims: [aimOf(onPostgres, 300), aimOf(onPglite, 450)]
    }
  })
}
