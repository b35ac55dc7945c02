import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Principal } from "../../src/access/Principal.ts"
import {
  asHost,
  type Caller,
  callerUnder,
  callerUnderWay,
  RequestCaller,
  SenderUnderWay
} from "../../src/engine/RequestCaller.ts"
import { Inventory, MemoryInventory, StockReads, toPromises } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

const by = (caller: Caller) => Effect.provideService(RequestCaller, caller)

const mug = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
  return inventory
})

const actors = Effect.gen(function* () {
  const reads = yield* StockReads
  const rows = yield* reads.movements({ skuId: SkuId.make("mug"), before: null, limit: 10 })
  return rows.map(({ actor, quantity }) => [quantity, actor])
})

describe("the caller that a door fills in", () => {
  it.effect("keeps the keys of two callers apart, and knows a repeat of one", () =>
    Effect.gen(function* () {
      const { receive } = yield* mug
      const key = { idempotencyKey: "k" }
      const first = yield* by({ caller: "ann" })(receive({ skuId: "mug", quantity: 1 }, key))
      const other = yield* by({ caller: "bob" })(receive({ skuId: "mug", quantity: 2 }, key))
      const again = yield* by({ caller: "ann" })(receive({ skuId: "mug", quantity: 1 }, key))
      expect(other.levels[0]?.totalQuantity).toBe(3)
      expect(again).toEqual(first)
      const anothers = by({ caller: "bob" })(receive({ skuId: "mug", quantity: 1 }, key))
      expect(yield* Effect.flip(anothers)).toEqual({ _tag: "IdempotencyMismatch", key: "k" })
      const nobodys = yield* receive({ skuId: "mug", quantity: 4 }, key)
      expect(nobodys.levels[0]?.totalQuantity).toBe(7)
    }).pipe(Effect.provide(engine))
  )

  it.effect("gives way to the caller and the actor that a request names", () =>
    Effect.gen(function* () {
      const { receive } = yield* mug
      const asAnn = by({ caller: "ann", actor: "Ann" })
      yield* asAnn(receive({ skuId: "mug", quantity: 1 }))
      yield* asAnn(receive({ skuId: "mug", quantity: 2 }, { actor: "Bob" }))
      yield* asAnn(receive({ skuId: "mug", quantity: 3, actor: "Cleo" }))
      yield* receive({ skuId: "mug", quantity: 4 })
      expect(yield* actors).toEqual([
        [4, null],
        [3, "Cleo"],
        [2, "Bob"],
        [1, "Ann"]
      ])
      const key = { idempotencyKey: "k", caller: "bob" }
      const bobs = yield* asAnn(receive({ skuId: "mug", quantity: 5 }, key))
      expect(yield* receive({ skuId: "mug", quantity: 5 }, key)).toEqual(bobs)
    }).pipe(Effect.provide(engine))
  )

  it.effect("is refused by its field when it is no name, before anything is written", () =>
    Effect.gen(function* () {
      const { receive } = yield* mug
      const bad = by({ caller: "x".repeat(256), actor: "a\u0000" })
      expect(yield* Effect.flip(bad(receive({ skuId: "mug", quantity: 1 })))).toMatchObject({
        _tag: "InvalidInput",
        issues: [{ path: "caller" }, { path: "actor" }]
      })
      expect(yield* actors).toEqual([])
    }).pipe(Effect.provide(engine))
  )

  it("is filled in for the Promise door by its layer", async () => {
    const till = Layer.succeed(RequestCaller, { caller: "till", actor: "till 4" })
    await using inventory = await toPromises(Layer.merge(engine, till))
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
    await inventory.receive({ skuId: "mug", quantity: 1 })
    expect((await inventory.movements("mug")).items[0]?.actor).toBe("till 4")
  })

  it.effect("is still named when work of the host has the host do more", () =>
    Effect.gen(function* () {
      const eve: Principal = { id: "eve", kind: "USER", roles: ["ADMIN"] }
      const sender = { address: "192.0.2.1", userAgent: null }
      const asker = asHost(asHost(callerUnderWay)).pipe(
        by(callerUnder(eve)),
        // As over HTTP, where it is found from the context of any fiber of the request.
        Effect.provideService(SenderUnderWay, () => sender)
      )
      expect((yield* asker).askedBy).toEqual({ principal: eve, sender })
    })
  )
})
