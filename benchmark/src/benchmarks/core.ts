/** The pure core alone: decisions of whole batches, on one core, with no store. */
import { CommandIds } from "@holdfast/core/engine"
import {
  foldBatch,
  Inventory,
  type LoadedStock,
  MemoryInventory,
  OrderId,
  type SkuCommand,
  type SkuId,
  type StockRequest
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Benchmark } from "../Bench.ts"
import { type Contender, race } from "../Contender.ts"
import { loadSkus, registerSkus, skuNames } from "../seed.ts"

const batchSize = 500

const requestsOver = (
  skuIds: ReadonlyArray<SkuId>,
  nextId: () => StockRequest["origin"]["commandId"]
) =>
  Array.from({ length: batchSize }, (_, index): StockRequest => {
    const command: SkuCommand = {
      _tag: "ReserveStock",
      orderId: OrderId.make(`order-${index}`),
      lines: [{ skuId: skuIds[index % skuIds.length] as SkuId, quantity: 1 }]
    }
    const origin = { commandId: nextId(), correlationId: null, traceparent: null, actor: null }
    return { command, origin, key: null }
  })

const folding = (
  name: string,
  loaded: LoadedStock,
  requests: ReadonlyArray<StockRequest>
): Contender => ({
  name,
  turn: (budget) =>
    Effect.sync(() => {
      const start = performance.now()
      const isOver = (decisions: number) =>
        "seconds" in budget
          ? performance.now() - start >= budget.seconds * 1000
          : decisions >= budget.operations
      let decisions = 0
      while (!isOver(decisions)) {
        const { answer } = foldBatch(loaded, requests)
        if (answer.some(({ _tag }) => _tag !== "Answered")) throw new Error("a hold was refused")
        decisions += requests.length
      }
      return { perSecond: (decisions * 1000) / (performance.now() - start) }
    })
})

const hot = "one SKU"
const cold = `${batchSize} SKUs`

const prepare = Effect.gen(function* () {
  const skuIds = skuNames(batchSize)
  const { next } = yield* CommandIds
  yield* registerSkus(batchSize)
  const one = skuIds.slice(0, 1)
  return [
    folding(hot, yield* loadSkus(one), requestsOver(one, next)),
    folding(cold, yield* loadSkus(skuIds), requestsOver(skuIds, next))
  ]
})

/** Decisions a second of `foldBatch`, in batches of 500 reservations. */
export const core: Benchmark = {
  name: "core",
  run: Effect.fnUntraced(function* (bench) {
    const memory = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
    const contenders = yield* Effect.orDie(Effect.provide(prepare, memory))
    const medians = yield* race(contenders, bench.race)
    const aims = [hot, cold].map((name) => ({
      what: `decisions, batches of ${batchSize} on ${name}`,
      unit: "/s" as const,
      bound: { atLeast: 500_000 },
      measured: medians.get(name)?.perSecond
    }))
    return {
      name: "core",
      title: "The pure core",
      about:
        `A batch of ${batchSize} reservations is decided, applied to the book and turned into the ` +
        "rows to write; nothing is stored.",
      ratioIs: "",
      rows: [...medians].map(([name, sample]) => ({ name, ...sample })),
      aims
    }
  })
}
