/** One caller at a time: what a reservation takes when nothing can be gathered. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../Bench.ts"
import { type Medians, race } from "../Contender.ts"
import { engineContender, uniformSku } from "../engine.ts"
import { handWritten } from "./reservations.ts"

const engine = "Holdfast, one caller"
const byHand = "pgbench, 1 client"

const slower = (medians: Medians, of: "p50Micros" | "p99Micros"): number | undefined => {
  const ours = medians.get(engine)?.[of]
  const theirs = medians.get(byHand)?.[of]
  return ours === undefined || theirs === undefined ? undefined : ours / theirs
}

/** The latency of one reservation, against the hand-written statement by one client. */
export const single: Benchmark = {
  name: "single",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const load = { callers: 1, nextSku: uniformSku(skuCount) }
    const contenders = [
      yield* engineContender(engine, yield* copy("single_engine"), load),
      ...(yield* handWritten(bench, [
        {
          name: byHand,
          database: "single_pgbench",
          schema: "inventory",
          skus: { of: skuCount },
          clients: 1,
          withLatency: true
        }
      ]))
    ]
    const medians = yield* race(contenders, bench.race)
    const times = slower(medians, "p50Micros")
    return {
      name: "single",
      title: "One caller at a time",
      about: "A caller reserves one unit of a SKU drawn uniformly, waits, and reserves the next.",
      ratioIs: "takes longer",
      rows: [...medians].map(([name, sample]) => ({
        name,
        ...sample,
        ...(name === engine && times !== undefined ? { ratio: times } : {})
      })),
      aims: [
        {
          what: "median latency against pgbench with 1 client",
          unit: "×",
          bound: { atMost: 3 },
          measured: times
        }
      ]
    }
  })
}
