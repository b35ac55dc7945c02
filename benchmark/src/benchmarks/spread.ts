/** Every SKU as likely as any other: 512 callers in flight. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../Bench.ts"
import { race } from "../Contender.ts"
import { besideFollower } from "../catalog/shelfContender.ts"
import { engineContender, uniformSku } from "../engine.ts"
import { aimAt, handWritten, handWrittenAll, rowsAgainst } from "./reservations.ts"

const engine = "Holdfast, 512 callers"
const followed = "the same, an option maps each SKU and follows its stock"

/** Reservations of SKUs drawn uniformly, against the hand-written statement. */
export const spread: Benchmark = {
  name: "spread",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const load = { callers: 512, nextSku: uniformSku(skuCount) }
    const contenders = [
      yield* engineContender(engine, yield* copy("spread_engine"), load),
      yield* besideFollower(followed, yield* copy("spread_followed"), { ...load, skuCount }),
      ...(yield* handWritten(bench, handWrittenAll("spread", { of: skuCount })))
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "spread",
      title: `${skuCount.toLocaleString("en-US")} SKUs`,
      about: "Everybody reserves one unit of a SKU that is drawn uniformly.",
      ratioIs: "Holdfast is",
      rows: rowsAgainst(medians, engine),
      aims: [
        aimAt(medians, [engine, "pgbench, 32 clients"], "against pgbench with 32 clients", 3),
        aimAt(medians, [followed, engine], "beside the follower of stock, against without", 0.95)
      ]
    }
  })
}
