/** Whether a list of the audit log takes as long when the log is a hundred times as large. */
import { InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Benchmark } from "../../Bench.ts"
import { type Contender, race, sampleOfLatencies } from "../../Contender.ts"
import { engineOver, runSql } from "../../database.ts"
import { rowsOfShares } from "../reservations.ts"

/** How many records a principal has in each log: a page of them and more. */
const principals = 100

/** Records and their marks, as batches and the sealer leave them, and the last seal over them. */
const load = (count: number): ReadonlyArray<string> => [
  `insert into inventory.audit (position, record, event_positions, created_at)
   select n, json_build_object('principal', json_build_object('kind', 'USER', 'id', 'person-' || n % ${principals}),
     'operation', 'ReserveStock', 'targets', json_build_array('SKU:sku-' || n % 1000, 'ORDER:order-' || n),
     'commandId', md5('c' || n)::uuid), array[n], now() - (${count} - n) * interval '10 ms'
   from generate_series(1, ${count}) n`,
  `insert into inventory.audit_marks (mark, position)
   select m.mark, a.position from inventory.audit a cross join lateral (values
     ('principal:' || (a.record -> 'principal' ->> 'id')), ('operation:ReserveStock'),
     ('command:' || (a.record ->> 'commandId')), ('target:' || (a.record -> 'targets' ->> 0)),
     ('target:' || (a.record -> 'targets' ->> 1))) as m(mark)`,
  `insert into inventory.seals (log, number, last_position, leaves, previous, digest, ended_at, sealed_at)
   select 'AUDIT', n, least(n * 256, ${count}), '', '', '', now(), now()
   from generate_series(1, ${Math.ceil(count / 256)}) n`,
  "vacuum analyze inventory.audit",
  "vacuum analyze inventory.audit_marks"
]

/** Asks for the newest page of one principal after another. */
const listing = Effect.fnUntraced(function* (name: string, url: string) {
  const context = yield* Layer.build(engineOver(url))
  const { audit } = yield* Effect.provide(InventoryLog, context)
  const turn: Contender["turn"] = (budget) =>
    Effect.gen(function* () {
      const start = performance.now()
      const end = "seconds" in budget ? start + budget.seconds * 1_000 : Number.POSITIVE_INFINITY
      const times = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
      const latencies: Array<number> = []
      for (let sent = start; sent < end && latencies.length < times; ) {
        const principal = `person-${latencies.length % principals}`
        const found = yield* Effect.orDie(audit.list({ principal, limit: 100 }))
        if (found.length !== 100) throw new Error(`${found.length} records of ${principal}`)
        const now = performance.now()
        latencies.push((now - sent) * 1_000)
        sent = now
      }
      return sampleOfLatencies(latencies, (performance.now() - start) / 1_000)
    })
  return { name, turn } satisfies Contender
})

const small = "10,000 records"

/** A page of one principal, in a log of a few records and in one of many. */
export const auditGrowth: Benchmark = {
  name: "audit-growth",
  onlyWhenAsked: true,
  run: Effect.fnUntraced(function* (bench) {
    const { copy } = yield* bench.databases
    const counted = bench.auditGrown.toLocaleString("en")
    const grown = `${counted} records`
    const urls = [yield* copy("audit_small"), yield* copy("audit_grown")] as const
    yield* runSql(urls[0], ...load(10_000))
    yield* runSql(urls[1], ...load(bench.auditGrown))
    const contenders = [yield* listing(small, urls[0]), yield* listing(grown, urls[1])]
    const medians = yield* race(contenders, bench.race)
    const of = (name: string) => medians.get(name)?.p50Micros ?? Number.NaN
    return {
      name: "audit-growth",
      title: "A large audit log",
      about: `The newest 100 records of one of ${principals} principals, asked for one after another.`,
      ratioIs: "of the small one",
      rows: rowsOfShares(medians, small),
      aims: [
        {
          what: `median latency with ${counted} records against 10,000`,
          unit: "×",
          bound: { atMost: 1.5 },
          measured: of(grown) / of(small)
        }
      ]
    }
  })
}
