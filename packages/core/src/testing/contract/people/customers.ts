/**
 * Contract: what a reserve says of its customer is kept with the order, encrypted, in the transaction of the
 * reserve. It is read and erased apart, each with a record in the audit log, and nothing else has it.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { callerUnder, RequestCaller } from "../../../engine/RequestCaller.ts"
import { customerColumn } from "../../../inventory/ports/CustomerStore.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { StockStore } from "../../../inventory/ports/StockStore.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { customerBytesMax } from "../../../inventory/state/PlacedOrder.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import { isEncrypted, KeyRing } from "../../../secrets/KeyRing.ts"
import type { RingKeys } from "../../../secrets/readKeyRing.ts"
import { type ContractIt, freshSku, Stage } from "../Stage.ts"

const ringOf = (current: string, ...keyIds: ReadonlyArray<string>): RingKeys => ({
  current,
  keys: new Map(keyIds.map((id) => [id, Redacted.make(new Uint8Array(32).fill(id.charCodeAt(0)))]))
})

/** An engine over the store under test, with a key ring. */
const withRing = (keys: RingKeys = ringOf("a", "a")) =>
  Effect.gen(function* () {
    const store = yield* StockStore
    const layer = Inventory.layerUnqueued().pipe(
      Layer.provide(KeyRing.layer(keys)),
      Layer.provide(Layer.succeed(StockStore, store))
    )
    return yield* Effect.service(Inventory).pipe(Effect.provide(Layer.fresh(layer)))
  })

const freshOrder = Effect.map(Stage, ({ fresh }) => OrderId.make(fresh("order")))

/** The tag of a refusal, or the answer. */
const endOf = <A, E extends { readonly _tag: string }, R>(work: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.result(work), (result) =>
    Result.isSuccess(result) ? result.success : result.failure._tag
  )

const ann = { name: "Ann Smith", address: { street: "Canary Row 7", city: null }, tags: [1, true] }
const bob = { name: "Bob" }

/** What the store itself keeps for an order. */
const keptOf = (orderId: OrderId) =>
  Effect.flatMap(StockStore, ({ customers }) => customers.read(orderId, null))

/** Tests of keeping. */
const keeping = (it: ContractIt): void => {
  it.effect("CU1 keeps it encrypted with the order, and a later reserve replaces it", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const lines = [{ skuId: yield* freshSku(10), quantity: 1 }]
      const orderId = yield* freshOrder
      yield* inventory.reserve({ orderId, lines, customer: ann })
      const first = yield* keptOf(orderId)
      expect(isEncrypted(first?.ciphertext ?? "")).toBe(true)
      expect(yield* inventory.customer({ orderId })).toMatchObject({ orderId, customer: ann })
      yield* inventory.reserve({ orderId, lines })
      expect(yield* keptOf(orderId)).toEqual(first)
      yield* inventory.reserve({ orderId, lines, customer: bob })
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: bob })
      const { now } = yield* Stage
      const kept = yield* inventory.customer({ orderId })
      expect(kept.changedAt).toEqual(yield* now)
      yield* inventory.reserve({ orderId, lines, replace: true, customer: ann })
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: ann })
    })
  )

  it.effect("CU2 keeps nothing of a reserve that is refused", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const skuId = yield* freshSku(1)
      const orderId = yield* freshOrder
      const short = inventory.reserve({ orderId, lines: [{ skuId, quantity: 2 }], customer: ann })
      expect(yield* endOf(short)).toBe("InsufficientStock")
      expect(yield* keptOf(orderId)).toBeUndefined()
      expect(yield* endOf(inventory.customer({ orderId }))).toBe("CustomerNotFound")
    })
  )

  it.effect("CU3 keeps that of an order which is placed, and none of one that is rejected", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const skuId = yield* freshSku(5)
      const [placed, rejected] = [yield* freshOrder, yield* freshOrder]
      const of = (orderId: OrderId, quantity: number, customer: object) =>
        inventory.placeOrder({
          ...{ orderId, lines: [{ skuId, quantity }] },
          customer: customer as typeof bob
        })
      expect((yield* of(placed, 1, ann))._tag).toBe("Reserved")
      // It was placed before: the repeat does nothing.
      expect((yield* of(placed, 1, bob))._tag).toBe("Reserved")
      expect(yield* inventory.customer({ orderId: placed })).toMatchObject({ customer: ann })
      expect((yield* of(rejected, 9, ann))._tag).toBe("Rejected")
      expect(yield* keptOf(rejected)).toBeUndefined()
    })
  )

  it.effect("CU4 keeps that of the first request with a key, and of none without a customer", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const lines = [{ skuId: yield* freshSku(9), quantity: 1 }]
      const { fresh } = yield* Stage
      const [orderId, key] = [yield* freshOrder, { idempotencyKey: fresh("key") }]
      const first = yield* inventory.reserve({ orderId, lines, customer: ann }, key)
      expect(yield* inventory.reserve({ orderId, lines, customer: bob }, key)).toEqual(first)
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: ann })
      expect(yield* endOf(inventory.reserve({ orderId, lines }, key))).toBe("IdempotencyMismatch")
    })
  )

  it.effect("CU5 keeps the last of several customers of one order in one batch", () =>
    Effect.gen(function* () {
      const store = yield* StockStore
      const layer = Inventory.layer().pipe(
        Layer.provide(KeyRing.layer(ringOf("a", "a"))),
        Layer.provide(Layer.succeed(StockStore, store))
      )
      const inventory = yield* Effect.map(Layer.build(Layer.fresh(layer)), (context) =>
        Effect.provide(Effect.service(Inventory), context)
      ).pipe(Effect.flatten)
      const skuId = yield* freshSku(500)
      const orders = yield* Effect.forEach(Array.from({ length: 8 }), () => freshOrder)
      yield* Effect.forEach(
        Array.from({ length: 64 }, (_, n) => n),
        (n) =>
          inventory.reserve({
            orderId: orders[n % 8] as OrderId,
            lines: [{ skuId, quantity: 1 }],
            customer: { n }
          }),
        { concurrency: "unbounded", discard: true }
      )
      for (const [index, orderId] of orders.entries()) {
        const { customer } = yield* inventory.customer({ orderId })
        expect(Number(customer["n"]) % 8).toBe(index)
      }
    })
  )
}

/** Tests of what is refused. */
const refusing = (it: ContractIt): void => {
  it.effect("CU6 refuses a customer without a key ring, and writes nothing", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const lines = [{ skuId: yield* freshSku(3), quantity: 1 }]
      const orderId = yield* freshOrder
      const refused = { _tag: "KeyRingMissing", field: "customer" }
      const reserve = inventory.reserve({ orderId, lines, customer: ann })
      expect(yield* Effect.flip(reserve)).toEqual(refused)
      const place = inventory.placeOrder({ orderId, lines, customer: ann })
      expect(yield* Effect.flip(place)).toEqual(refused)
      expect(yield* reads.reservationsOfOrder(orderId)).toEqual([])
      expect(yield* Effect.flip(inventory.customer({ orderId }))).toEqual(refused)
      expect(yield* inventory.eraseCustomer({ orderId })).toEqual({ orderId, isErased: false })
    })
  )

  it.effect("CU7 names a customer that cannot be kept, and repeats nothing of it", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const lines = [{ skuId: yield* freshSku(3), quantity: 1 }]
      const orderId = yield* freshOrder
      const circle: Record<string, unknown> = { secret: "canary" }
      circle["self"] = circle
      const full = { text: "x".repeat(customerBytesMax - 11) }
      const bad = [
        ...["canary", 7, null, ["canary"], new Map([["canary", 1]]), new Date(0)],
        ...[
          circle,
          { canary: Number.NaN },
          { canary: 1n },
          { canary: () => 1 },
          { canary: "\ud800" }
        ],
        ...[
          { canary: [undefined] },
          {},
          JSON.parse('{"__proto__":{"canary":1}}'),
          { text: `${full.text}x` },
          { text: "é".repeat(2_050) }
        ]
      ]
      for (const customer of bad) {
        const refusal = yield* Effect.flip(
          inventory.reserve({ orderId, lines, customer: customer as typeof bob })
        )
        expect(refusal).toMatchObject({ _tag: "InvalidInput", issues: [{ path: "customer" }] })
        expect(JSON.stringify(refusal)).not.toMatch(/canary|xxx/)
      }
      yield* inventory.reserve({ orderId, lines, customer: full })
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: full })
    })
  )

  it.effect(
    "CU8 names a key that is lost, and a value that was changed or moved, for it alone",
    () =>
      Effect.gen(function* () {
        const old = yield* withRing()
        const store = yield* StockStore
        const lines = [{ skuId: yield* freshSku(3), quantity: 1 }]
        const [first, second] = [yield* freshOrder, yield* freshOrder]
        yield* old.reserve({ orderId: first, lines, customer: ann })
        const young = yield* withRing(ringOf("b", "b"))
        yield* young.reserve({ orderId: second, lines, customer: bob })
        expect(yield* Effect.flip(young.customer({ orderId: first }))).toEqual({
          ...{ _tag: "CustomerUnreadable", orderId: first, reason: "KEY_MISSING", keyId: "a" }
        })
        expect(yield* young.customer({ orderId: second })).toMatchObject({ customer: bob })
        const both = yield* withRing(ringOf("b", "a", "b"))
        expect(yield* both.customer({ orderId: first })).toMatchObject({ customer: ann })
        // Another row has the value: a store that was written over.
        const moved = yield* store.customers.read(first, null)
        const layer = KeyRing.layer(ringOf("a", "a"))
        const opened = Effect.flatMap(KeyRing, (ring) =>
          ring.decrypt(moved?.ciphertext ?? "", { column: customerColumn, row: second })
        )
        expect(yield* endOf(Effect.provide(opened, layer))).toBe("SecretUnreadable")
      })
  )
}

/** Tests of who may. */
const permitting = (it: ContractIt): void => {
  it.effect("CU9 erases for good, leaves holds and events, and answers a repeat", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const reads = yield* StockReads
      const lines = [{ skuId: yield* freshSku(3), quantity: 1 }]
      const orderId = yield* freshOrder
      yield* inventory.reserve({ orderId, lines, customer: ann })
      const holds = yield* reads.reservationsOfOrder(orderId)
      const events = Effect.map(reads.events(0, 1_000, { orderId }), (all) => all.length)
      const before = yield* events
      expect(yield* inventory.eraseCustomer({ orderId })).toEqual({ orderId, isErased: true })
      expect(yield* inventory.eraseCustomer({ orderId })).toEqual({ orderId, isErased: false })
      expect(yield* keptOf(orderId)).toBeUndefined()
      expect(yield* endOf(inventory.customer({ orderId }))).toBe("CustomerNotFound")
      expect(yield* reads.reservationsOfOrder(orderId)).toEqual(holds)
      expect(yield* events).toBe(before)
      yield* inventory.reserve({ orderId, lines, customer: bob })
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: bob })
    })
  )

  it.effect("CU10 lets nobody replace the customer of another's order", () =>
    Effect.gen(function* () {
      const inventory = yield* withRing()
      const skuId = yield* freshSku(9)
      const orderId = yield* freshOrder
      const asUser = (id: string) =>
        Effect.provideService(
          RequestCaller,
          callerUnder({ id, kind: "USER" as const, roles: ["USER"] })
        )
      const reserve = (customer: { readonly name: string }) =>
        inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }], customer })
      yield* asUser("ann")(reserve({ name: "Ann" }))
      expect(yield* endOf(asUser("eve")(reserve({ name: "Eve" })))).toBe("OrderNotFound")
      expect(yield* inventory.customer({ orderId })).toMatchObject({ customer: { name: "Ann" } })
      // Whose ever the order is, a person without the role is answered the same.
      for (const order of [orderId, yield* freshOrder]) {
        for (const id of ["ann", "eve"]) {
          expect(yield* endOf(asUser(id)(inventory.customer({ orderId: order })))).toBe("Forbidden")
          const erase = inventory.eraseCustomer({ orderId: order })
          expect(yield* endOf(asUser(id)(erase))).toBe("Forbidden")
        }
      }
    })
  )
}

/** Tests of what is kept about the customers of orders. */
export const customers = (it: ContractIt): void => {
  keeping(it)
  refusing(it)
  permitting(it)
}
