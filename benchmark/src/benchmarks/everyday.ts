/**
 * The everyday case: a shop with 1,000 SKUs and 8 or 32 callers at a time. Plain reservations, the same
 * with idempotency keys, and what follows them, against pgbench with as many clients.
 */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../Bench.ts"
import { type Contender, type Medians, race } from "../Contender.ts"
import { engineContender, uniformSku } from "../engine.ts"
import type { Aim, Row } from "../Report.ts"
import { aimAt, type HandWritten, handWritten, timesFaster } from "./reservations.ts"

/** SKUs of the shop. */
const skusMax = 1_000

/** Callers at a time, and how many times pgbench they are to be. */
const counts = [
  [32, 1.3],
  [8, 1]
] as const

const plain = (callers: number) => `Holdfast, ${callers} callers`
const keyed = (callers: number) => `the same with idempotency keys, ${callers} callers`
const mixed = (callers: number) =>
  `5 reserve, 3 confirm, 1 release, 1 fulfil, with keys, ${callers} callers`
const byHand = (clients: number) => `pgbench, ${clients} clients`

/** What each contender is measured against: pgbench, or the plain reservations. */
const measureOf = (callers: number): ReadonlyArray<readonly [name: string, measure: string]> => [
  [plain(callers), byHand(callers)],
  [keyed(callers), plain(callers)],
  [mixed(callers), plain(callers)]
]

const rowsOf = (medians: Medians): ReadonlyArray<Row> => {
  const measures = new Map(counts.flatMap(([callers]) => measureOf(callers)))
  return [...medians].map(([name, sample]) => {
    const ratio = timesFaster(medians, name, measures.get(name) ?? "")
    return { name, ...sample, ...(ratio === undefined ? {} : { ratio }) }
  })
}

const aimsOf = (medians: Medians): ReadonlyArray<Aim> =>
  counts.flatMap(([callers, atLeast]) => [
    aimAt(
      medians,
      [plain(callers), byHand(callers)],
      `against pgbench, ${callers} of each`,
      atLeast
    ),
    aimAt(medians, [keyed(callers), plain(callers)], `with keys, ${callers} callers`, 0.85),
    aimAt(medians, [mixed(callers), plain(callers)], `the mix with keys, ${callers} callers`, 0.85)
  ])

/** Reservations of 1,000 SKUs by few callers, and what follows them. */
export const everyday: Benchmark = {
  name: "everyday",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const of = Math.min(skusMax, skuCount)
    const contenders: Array<Contender> = []
    for (const [callers] of counts) {
      const load = { callers, nextSku: uniformSku(of) }
      const url = (kind: string) => copy(`everyday_${kind}_${callers}`)
      const mix = { ...load, hasKeys: true, isMixed: true }
      contenders.push(
        yield* engineContender(plain(callers), yield* url("plain"), load),
        yield* engineContender(keyed(callers), yield* url("keyed"), { ...load, hasKeys: true }),
        yield* engineContender(mixed(callers), yield* url("mixed"), mix)
      )
    }
    const hands = counts.map(
      ([clients]): HandWritten => ({
        name: byHand(clients),
        database: `everyday_pgbench_${clients}`,
        schema: "inventory",
        skus: { of },
        clients
      })
    )
    contenders.push(...(yield* handWritten(bench, hands)))
    const medians = yield* race(contenders, bench.race)
    return {
      name: "everyday",
      title: `${of.toLocaleString("en-US")} SKUs, few callers`,
      about:
        "Each caller reserves one unit of a SKU drawn uniformly and waits. pgbench does so with as many " +
        "clients on the same tables. The mix follows its reservations: of ten commands, five reserve, three " +
        "confirm, one releases and one fulfils. The ratio of a plain line is to pgbench, that of the others to " +
        "the plain line.",
      ratioIs: "ratio",
      rows: rowsOf(medians),
      aims: aimsOf(medians)
    }
  })
}
