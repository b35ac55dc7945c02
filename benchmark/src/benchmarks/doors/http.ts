/** Reservations over HTTP, against a bare server that reads and answers the same JSON. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { race } from "../../Contender.ts"
import {
  bareServer,
  deployedServer,
  forgetfulServer,
  httpContender
} from "../../http/childProcess.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const bare = "bare node:http"
const empty = "empty endpoint, same HTTP layer"
const forgetful = "reserve, nothing stored"
const onPostgres = "reserve, on PostgreSQL"

/** Keep-alive connections of the load generator. */
const connections = 64

/** The reserve route of the deployed server, with what each layer leaves of the bare server. */
export const http: Benchmark = {
  name: "http",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const reserve = { reserveOf: skuCount }
    const keepsNothing = yield* forgetfulServer(500)
    const deployed = yield* deployedServer("--database", yield* copy("http_server"))
    const contenders = [
      httpContender(bare, yield* bareServer, reserve, connections),
      httpContender(empty, deployed, { get: "/health/live" }, connections),
      httpContender(forgetful, keepsNothing, { reserveOf: 500 }, connections),
      httpContender(onPostgres, deployed, reserve, connections)
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "http",
      title: "Through HTTP",
      about:
        `${connections} keep-alive connections of a client in its own process. The bare server ` +
        "reads the same JSON and answers the same, and does nothing else.",
      ratioIs: "of bare",
      rows: rowsOfShares(medians, bare),
      aims: [
        aimAt(medians, [forgetful, bare], "reserve route against bare node:http", 0.25),
        aimAt(medians, [onPostgres, bare], "the same with PostgreSQL on the same cores", 0.25)
      ]
    }
  })
}
