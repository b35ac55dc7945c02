/** Reservations over gRPC, against the same over REST, on one server. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { race } from "../../Contender.ts"
import { deployedServer, grpcContender, httpContender } from "../../http/childProcess.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const overRest = "reserve over REST"
const overGrpc = "reserve over gRPC"

/** Requests under way: connections of REST, and calls on one connection of gRPC. */
const underWay = 64

/** Both doors of one server that is deployed, on PostgreSQL. */
export const grpc: Benchmark = {
  name: "grpc",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const place = ["--database", yield* copy("grpc_server"), "--grpc-port", "0"]
    const server = yield* deployedServer(...place)
    const contenders = [
      httpContender(overRest, server, { reserveOf: skuCount }, underWay),
      grpcContender(overGrpc, server, skuCount, underWay)
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "grpc",
      title: "Through gRPC",
      about:
        `${underWay} requests under way: of REST on as many connections, of gRPC on one. Both doors ` +
        "of one server, each under load by a client in its own process.",
      ratioIs: "of REST",
      rows: rowsOfShares(medians, overRest),
      aims: [aimAt(medians, [overGrpc, overRest], "a reservation over gRPC against REST", 0.7)]
    }
  })
}
