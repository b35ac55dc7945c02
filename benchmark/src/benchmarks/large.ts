/** The same reservations in a database that has grown large. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../Bench.ts"
import { race } from "../Contender.ts"
import { engineContender, uniformSku } from "../engine.ts"
import { makeLarge } from "../yardsticks/largeDatabase.ts"
import { aimAt, rowsOfShares } from "./reservations.ts"

const count = (value: number): string => value.toLocaleString("en-US")

/** Reservations among many SKUs and many old reservations, against the small database. */
export const large: Benchmark = {
  name: "large",
  onlyWhenAsked: true,
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const { reservations, skus } = bench.large
    const grown = yield* copy("large")
    yield* makeLarge(grown, skuCount, bench.large, (step) => bench.race.onTurn?.(step, 0))
    const small = `small database, ${count(skuCount)} SKUs`
    const some = `large database, ${count(skuCount)} of its SKUs`
    const any = `large database, all ${count(skus)} SKUs`
    const load = (of: number) => ({ callers: 512, nextSku: uniformSku(of) })
    const contenders = [
      yield* engineContender(small, yield* copy("large_small"), load(skuCount)),
      yield* engineContender(some, grown, load(skuCount)),
      yield* engineContender(any, grown, load(skus))
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "large",
      title: "A large database",
      about:
        `512 callers in flight, in a database of ${count(skus)} SKUs and ${count(reservations)} ` +
        "old reservations, against one that is new.",
      ratioIs: "of the small one",
      rows: rowsOfShares(medians, small),
      aims: [
        aimAt(medians, [some, small], `${count(skuCount)} SKUs drawn`, 0.8),
        aimAt(medians, [any, small], "all SKUs drawn", 0.8)
      ]
    }
  })
}
