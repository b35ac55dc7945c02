/** One SKU that everybody wants: 512 callers in flight. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../Bench.ts"
import { race } from "../Contender.ts"
import { engineContender, hotSku } from "../engine.ts"
import { madeByServer, sentByClient } from "../yardsticks/setBasedInsert.ts"
import { aimAt, handWritten, handWrittenAll, rowsAgainst } from "./reservations.ts"

const engine = "Holdfast, 512 callers"
const ceiling = "ceiling"

/** Reservations of one SKU, against the hand-written statement and the set-based insert. */
export const hot: Benchmark = {
  name: "hot",
  run: Effect.fnUntraced(function* (bench) {
    const { copy } = yield* bench.databases
    const { pgbench } = bench
    const load = { callers: 512, nextSku: hotSku }
    const contenders = [
      yield* engineContender(engine, yield* copy("hot_engine"), load),
      ...(yield* handWritten(bench, handWrittenAll("hot", "hot"))),
      yield* sentByClient({ name: ceiling, url: yield* copy("hot_ceiling") }, "inventory"),
      yield* sentByClient(
        { name: `${ceiling}, bare tables`, url: yield* copy("hot_bare") },
        "bare"
      ),
      ...(pgbench === undefined
        ? []
        : [
            madeByServer(
              {
                name: `${ceiling}, rows made by the server`,
                pgbench,
                url: yield* copy("hot_made")
              },
              "inventory"
            ),
            madeByServer(
              {
                name: `${ceiling}, rows made by the server, bare tables`,
                pgbench,
                url: yield* copy("hot_made_bare")
              },
              "bare"
            )
          ])
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "hot",
      title: "One hot SKU",
      about:
        "Everybody reserves one unit of the same SKU. The ceiling inserts the rows of 500 " +
        "reservations a transaction on one connection and decides nothing.",
      ratioIs: "Holdfast is",
      rows: rowsAgainst(medians, engine),
      aims: [
        aimAt(medians, [engine, "pgbench, 32 clients"], "against pgbench with 32 clients", 9),
        aimAt(medians, [engine, ceiling], "against the ceiling on one connection", 0.6)
      ]
    }
  })
}
