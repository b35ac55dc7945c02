/** Questions of a replica, against the same of the primary: alone, and beside callers that reserve. */
import { layerMigrations, layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory, InventoryQueries } from "@holdfast/core/inventory"
import { scopedReplicated } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { Benchmark } from "../../Bench.ts"
import { type Budget, type Contender, race, type Sample } from "../../Contender.ts"
import { turnOf, uniformSku } from "../../engine.ts"
import { registerSkus, skuNames } from "../../seed.ts"

const skuCount = 1_000
const skusAtOnce = 100
const callers = 16

/** Callers that ask for the stock of 100 SKUs, wait for the answer, and ask again. */
const askingTurn =
  (queries: InventoryQueries["Service"]) =>
  (budget: Budget): Effect.Effect<Sample> =>
    Effect.gen(function* () {
      const start = performance.now()
      const end = "seconds" in budget ? start + budget.seconds * 1_000 : Number.POSITIVE_INFINITY
      let left = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
      let answered = 0
      const skuIds = skuNames(skusAtOnce)
      const caller = Effect.gen(function* () {
        while (performance.now() < end && left-- > 0) {
          const { items } = yield* queries.stocks({ skuIds })
          if (items.length !== skusAtOnce) throw new Error("a SKU was not found")
          answered += 1
        }
      })
      yield* Effect.all(
        Array.from({ length: callers }, () => caller),
        { concurrency: "unbounded", discard: true }
      )
      return { perSecond: answered / ((performance.now() - start) / 1_000) }
    }).pipe(Effect.orDie)

const ask = "16 callers ask for the stock of 100 SKUs, of the primary"
const askReplica = "the same of a replica"
const write = "64 callers reserve, beside 16 who ask the primary"
const writeReplica = "the same beside 16 who ask a replica"

/** Reads with a replica against without. */
export const replicas: Benchmark = {
  name: "replicas",
  run: Effect.fnUntraced(function* (bench) {
    const { primary, standbys } = yield* scopedReplicated({ fsync: true })
    const url = primary.url()
    const seeded = Inventory.layer().pipe(
      Layer.provide(Layer.provide(layerStorage(), layerMigrations())),
      Layer.provide(layerPostgres({ url }))
    )
    yield* Effect.orDie(Effect.provide(registerSkus(skuCount), seeded))
    const opened = (urls: ReadonlyArray<string>) =>
      Layer.build(
        Layer.merge(Inventory.layer(), InventoryQueries.layer).pipe(
          Layer.provideMerge(layerStorage()),
          Layer.provide(layerPostgres({ url, replicas: { urls } })),
          Layer.orDie
        )
      )
    const contendersOf = Effect.fnUntraced(function* (
      [asks, writes]: readonly [string, string],
      urls: ReadonlyArray<string>
    ) {
      const context = yield* opened(urls)
      const inventory = yield* Effect.provide(Inventory, context)
      const askFor = askingTurn(yield* Effect.provide(InventoryQueries, context))
      const reserve = turnOf(inventory, { callers: 64, nextSku: uniformSku(skuCount) })
      const beside: Contender["turn"] = (budget) =>
        Effect.gen(function* () {
          const readers = yield* Effect.forkChild(askFor({ seconds: 3_600 }))
          const sample = yield* reserve(budget)
          yield* Fiber.interrupt(readers)
          return sample
        })
      return [
        { name: asks, turn: askFor },
        { name: writes, turn: beside }
      ]
    })
    const medians = yield* race(
      [
        ...(yield* contendersOf([ask, write], [])),
        ...(yield* contendersOf(
          [askReplica, writeReplica],
          standbys.map((one) => one.url())
        ))
      ],
      bench.race
    )
    const perSecond = (name: string) => medians.get(name)?.perSecond ?? Number.NaN
    const row = (name: string, against?: string) => ({
      name,
      perSecond: perSecond(name),
      ...(against === undefined ? {} : { ratio: perSecond(name) / perSecond(against) })
    })
    return {
      name: "replicas",
      title: "Questions on a replica",
      about:
        "A primary and a standby share the two cores with the process that asks: what a replica on a machine of its own adds is not in these figures. The primary gives reads three of its ten connections, a replica all of its ten, so here more is read at a time and less is written.",
      ratioIs: "with a replica, against without",
      rows: [row(ask), row(askReplica, ask), row(write), row(writeReplica, write)],
      aims: []
    }
  })
}
