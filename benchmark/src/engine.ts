/**
 * The engine as a contender: `Inventory` in this process over PostgreSQL, and callers that reserve
 * one unit, wait for the answer, and reserve the next.
 */
import { Inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Budget, type Contender, type Sample, sampleOfLatencies } from "./Contender.ts"
import { engineOver } from "./database.ts"

/** What the callers of one turn do. */
export interface Load {
  readonly callers: number
  /** The SKU of the next reservation. */
  readonly nextSku: () => string
}

/** A turn of callers over an engine. */
export const turnOf =
  (inventory: Inventory["Service"], { callers, nextSku }: Load) =>
  (budget: Budget): Effect.Effect<Sample> =>
    Effect.gen(function* () {
      const start = performance.now()
      const end = "seconds" in budget ? start + budget.seconds * 1000 : Number.POSITIVE_INFINITY
      let left = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
      let answered = 0
      const latencies: Array<number> = []
      const caller = (name: number) =>
        Effect.gen(function* () {
          let sent = start
          for (let order = 0; sent < end && left-- > 0; order++) {
            const lines = [{ skuId: nextSku(), quantity: 1 }]
            yield* inventory.reserve({ orderId: `order-${name}-${order}`, lines })
            const now = performance.now()
            answered += 1
            if (callers === 1) latencies.push((now - sent) * 1000)
            sent = now
          }
        })
      const names = Array.from({ length: callers }, (_, name) => name)
      yield* Effect.forEach(names, caller, { concurrency: "unbounded", discard: true })
      const seconds = (performance.now() - start) / 1000
      if (callers > 1) return { perSecond: answered / seconds }
      return sampleOfLatencies(latencies, seconds)
    }).pipe(Effect.catch((refusal) => Effect.die(new Error(JSON.stringify(refusal)))))

/** Makes the engine over a database a contender, for the lifetime of the scope. */
export const engineContender = (
  name: string,
  url: string,
  load: Load
): Effect.Effect<Contender, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Layer.build(engineOver(url))
    const inventory = yield* Effect.provide(Inventory, context)
    return { name, turn: turnOf(inventory, load) }
  })

/** Always the same SKU. */
export const hotSku = (): string => "sku-1"

/** Any of the first `count` SKUs, uniformly, in a sequence that every run repeats. */
export const uniformSku = (count: number): (() => string) => {
  let word = 463_325_252
  return () => {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    return `sku-${((word >>> 0) % count) + 1}`
  }
}
