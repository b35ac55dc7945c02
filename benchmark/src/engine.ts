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
  /** Whether each command has an idempotency key. */
  readonly hasKeys?: boolean
  /** Whether of ten commands five reserve, three confirm, one releases and one fulfils. */
  readonly isMixed?: boolean
}

/** The commands of the mix, in the order in which one caller gives them. */
const mix = ["hold", "pay", "hold", "pay", "ship", "hold", "pay", "hold", "drop", "hold"] as const

/** One caller's next command, and its answer. */
const stepsOf = (
  inventory: Inventory["Service"],
  { hasKeys = false, isMixed = false, nextSku }: Load,
  name: number
) => {
  const run = Math.random().toString(36).slice(2)
  let order = 0
  let held: string | undefined
  let paid: string | undefined
  return () => {
    const number = order++
    const options = hasKeys ? { idempotencyKey: `${run}-${name}-${number}` } : undefined
    const step = isMixed ? mix[number % mix.length] : "hold"
    if (step === "pay" && held !== undefined) {
      paid = held
      return inventory.confirm({ reservationId: held }, options)
    }
    if (step === "ship" && paid !== undefined) {
      return inventory.fulfil({ reservationId: paid }, options)
    }
    if (step === "drop" && held !== undefined) {
      return inventory.release({ reservationId: held }, options)
    }
    const lines = [{ skuId: nextSku(), quantity: 1 }]
    const reserve = inventory.reserve({ orderId: `order-${name}-${number}`, lines }, options)
    if (!isMixed) return reserve
    return Effect.map(reserve, (holds) => {
      held = holds[0]?.id
    })
  }
}

/** A turn of callers over an engine. */
export const turnOf =
  (inventory: Inventory["Service"], load: Load) =>
  (budget: Budget): Effect.Effect<Sample> =>
    Effect.gen(function* () {
      const start = performance.now()
      const end = "seconds" in budget ? start + budget.seconds * 1000 : Number.POSITIVE_INFINITY
      let left = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
      let answered = 0
      const latencies: Array<number> = []
      const { callers } = load
      const caller = (name: number) =>
        Effect.gen(function* () {
          let sent = start
          const nextStep = stepsOf(inventory, load, name)
          while (sent < end && left-- > 0) {
            yield* nextStep()
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
