// What is kept about customers, when somebody writes over it: every flipped bit and every value that was
// moved to another order is found, and concerns that order alone. And what of a customer the engine sees.
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  Inventory,
  InventoryLog,
  type KeptCustomer,
  MemoryInventory,
  type OrderId,
  StockStore
} from "../../src/inventory.ts"
import { KeyRing } from "../../src/secrets.ts"

const ring = KeyRing.layer({
  current: "a",
  keys: new Map([["a", Redacted.make(new Uint8Array(32).fill(7))]])
})

/** An engine in memory, whose kept customers a test may write over, and which notes its scopes and changes. */
const world = () => {
  const over = new Map<OrderId, string>()
  const seen: Array<unknown> = []
  const store = Layer.effect(
    StockStore,
    Effect.map(StockStore, (memory): StockStore["Service"] => ({
      ...memory,
      transact: (scope, decide, locking) =>
        memory.transact(
          scope,
          (loaded) => {
            const decision = decide(loaded)
            const { customers: _, ...changes } = decision.changes
            seen.push(scope, changes, decision.answer, decision.audit)
            return decision
          },
          locking
        ),
      customers: {
        ...memory.customers,
        read: (orderId, record) =>
          Effect.map(memory.customers.read(orderId, record), (kept): KeptCustomer | undefined => {
            const ciphertext = over.get(orderId)
            return kept === undefined || ciphertext === undefined ? kept : { ...kept, ciphertext }
          })
      }
    }))
  )
  const engine = (options: { readonly audit?: "ALL" | "NONE" | "PRINCIPALS" }) =>
    Inventory.layer(options).pipe(
      Layer.provide(ring),
      Layer.provideMerge(Layer.provideMerge(store, MemoryInventory.layer))
    )
  return { engine, over, seen }
}

const orders = 40

/** Whole numbers below a bound, the same for the same seed. */
const seededBelow = (from: number) => {
  let state = from
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 20_262)

describe("CU14 what is kept about customers", () => {
  it.effect("finds 1,000 flipped bits, and 1,000 values that were moved between orders", () => {
    const { engine, over } = world()
    return Effect.gen(function* () {
      const inventory = yield* Inventory
      const { customers } = yield* StockStore
      console.log(`seed ${seed}`)
      const below = seededBelow(seed)
      const ids = Array.from({ length: orders }, (_, n) => `order-${n}` as OrderId)
      yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 99 })
      const values: Array<string> = []
      for (const [n, orderId] of ids.entries()) {
        const lines = [{ skuId: "mug", quantity: 1 }]
        yield* inventory.reserve({ orderId, lines, customer: { n, name: `Customer ${n}` } })
        values.push((yield* customers.read(orderId, null))?.ciphertext ?? "")
      }
      let [flipped, moved] = [0, 0]
      const refused = (n: number) =>
        Effect.map(
          Effect.flip(inventory.customer({ orderId: ids[n] as OrderId })),
          ({ _tag }) => _tag
        )
      for (let round = 0; round < 1_000; round++) {
        const n = below(orders)
        const orderId = ids[n] as OrderId
        const bytes = new TextEncoder().encode(values[n])
        const at = below(bytes.length)
        bytes[at] = (bytes[at] as number) ^ (1 << below(7))
        over.set(orderId, new TextDecoder().decode(bytes))
        expect(yield* refused(n), `seed ${seed}: byte ${at} of ${orderId}`).toBe(
          "CustomerUnreadable"
        )
        flipped++
        const other = (n + 1 + below(orders - 1)) % orders
        over.set(orderId, values[other] as string)
        expect(yield* refused(n), `seed ${seed}: ${other} for ${n}`).toBe("CustomerUnreadable")
        moved++
        // It concerns that order alone.
        const { customer } = yield* inventory.customer({ orderId: ids[other] as OrderId })
        expect(customer["n"]).toBe(other)
        over.delete(orderId)
      }
      expect([flipped, moved]).toEqual([1_000, 1_000])
    }).pipe(Effect.provide(engine({})))
  })
})

describe("CU15 the engine", () => {
  it.effect("sees nothing of a customer but that there is one", () => {
    const { engine, seen } = world()
    return Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 9 })
      const lines = [{ skuId: "mug", quantity: 1 }]
      const customer = { name: "canary", "canary-field": ["canary"] }
      const key = { idempotencyKey: "k" }
      yield* inventory.reserve({ orderId: "o-1", lines, customer }, key)
      yield* inventory.placeOrder({ orderId: "o-2", lines, customer }, key).pipe(Effect.flip)
      yield* inventory.placeOrder({ orderId: "o-2", lines, customer })
      const context = yield* Effect.context<InventoryLog>()
      const { audit, read } = Context.get(context, InventoryLog)
      seen.push(yield* read(0, 1_000), yield* audit.list({ limit: 100 }))
      const text = JSON.stringify(seen)
      expect(text).toContain("o-2")
      expect(text).not.toContain("canary")
      // A fingerprint says that there was a customer, and nothing that could be guessed of it.
      const same = inventory.reserve({ orderId: "o-1", lines, customer: { name: "Bob" } }, key)
      expect(yield* same).toHaveLength(1)
      expect((yield* Effect.flip(inventory.reserve({ orderId: "o-1", lines }, key)))._tag).toBe(
        "IdempotencyMismatch"
      )
    }).pipe(Effect.provide(engine({ audit: "ALL" })))
  })

  it.effect("records each read and erase, for a host too, unless nothing is recorded", () =>
    Effect.forEach(["ALL", "PRINCIPALS", "NONE"] as const, (audit) => {
      const { engine } = world()
      return Effect.gen(function* () {
        const inventory = yield* Inventory
        const log = yield* InventoryLog
        const orderId = "o-1"
        yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 9 })
        const lines = [{ skuId: "mug", quantity: 1 }]
        yield* inventory.reserve({ orderId, lines, customer: { name: "Ann" } })
        yield* inventory.customer({ orderId }, { actor: "desk", correlationId: "c-1" })
        yield* inventory.eraseCustomer({ orderId })
        yield* Effect.flip(inventory.customer({ orderId }))
        const records = yield* log.audit.list({ target: "ORDER:o-1", limit: 100 })
        const own = records.filter(({ operation }) => operation.endsWith("Customer"))
        expect([audit, ...own.map(({ operation }) => operation)]).toEqual(
          audit === "NONE" ? [audit] : [audit, "ReadCustomer", "EraseCustomer", "ReadCustomer"]
        )
        if (audit === "NONE") return
        expect(own.at(-1)).toMatchObject({
          ...{ actor: "desk", correlationId: "c-1", outcome: "DONE", eventPositions: [] },
          principal: { kind: "HOST", id: "" }
        })
        expect(JSON.stringify(records)).not.toContain("Ann")
      }).pipe(Effect.provide(engine({ audit })))
    })
  )
})
