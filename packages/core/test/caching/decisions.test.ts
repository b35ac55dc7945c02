/** A cache that lies about everything changes no decision, and shows nobody what they may not see. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Catalog, CatalogQueries, CatalogReads } from "../../src/catalog.ts"
import { callerUnder, RequestCaller } from "../../src/engine/RequestCaller.ts"
import { Inventory, InventoryQueries } from "../../src/inventory.ts"
import type { SkuId } from "../../src/kernel/Identifier.ts"
import { optionId, productId, reserve, sell, stocked } from "../shelf/soldOutWorld.ts"
import { type CacheState, cachedWorld, followed, page, stockOf } from "./cachedWorld.ts"

const asUser = Effect.provideService(
  RequestCaller,
  callerUnder({ id: "shopper", kind: "USER", roles: ["USER"] })
)

const asManager = Effect.provideService(
  RequestCaller,
  callerUnder({ id: "keeper", kind: "USER", roles: ["MANAGER"] })
)

/** Puts other texts in the place of all copies, as new as can be. */
const poisoned = (state: CacheState, keys: ReadonlyArray<string>, lie: (text: string) => string) =>
  Effect.gen(function* () {
    const copies = yield* state.real.get(keys)
    yield* state.real.put(
      copies.flatMap((copy, index) =>
        copy?.value == null
          ? []
          : [
              {
                key: keys[index] ?? "",
                version: Number.MAX_SAFE_INTEGER,
                value: lie(copy.value),
                livesMillis: 86_400_000,
                staleMillis: 0
              }
            ]
      )
    )
    return copies.filter((copy) => copy !== undefined).length
  })

it.effect("decides by the store, whatever the cache says", () => {
  const { layer, state } = cachedWorld()
  return Effect.gen(function* () {
    const inventory = yield* Inventory
    const catalog = yield* Catalog
    const queries = yield* InventoryQueries
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    yield* catalog.activateProduct({ productId: productId(1) })
    yield* followed
    yield* page(1)
    yield* stockOf("mug")
    const keys = ["inventory:test:stock.1:mug", `catalog:test:product.1:${productId(1)}`]
    const many = yield* poisoned(state, keys, (text) =>
      text
        .replace('"totalQuantity":1', '"totalQuantity":1000')
        .replace('"quantity":1', '"quantity":7')
    )
    expect(many).toBe(2)
    // Who looks is lied to, or this test would show nothing.
    expect((yield* stockOf("mug"))[0].availableQuantity).toBe(1_000)
    expect((yield* page(1))[0].product.options[0]?.skuMappings[0]?.quantity).toBe(7)

    const lines = [{ skuId: "mug", quantity: 2 }]
    expect((yield* queries.checkAvailability({ lines })).isAvailable).toBe(false)
    expect((yield* Effect.flip(inventory.reserve({ orderId: "o", lines })))._tag).toBe(
      "InsufficientStock"
    )
    // An option is expanded by the mapping that the catalog keeps.
    const [hold] = yield* inventory.reserve({
      orderId: "p",
      lines: [{ optionId: optionId(1), quantity: 1 }]
    })
    expect(hold).toMatchObject({ skuId: "mug", quantity: 1 })
    yield* inventory.confirm({ reservationId: hold?.id ?? "" })
    expect((yield* Effect.flip(inventory.ship({ skuId: "mug", quantity: 1 })))._tag).toBe(
      "InsufficientOnHand"
    )
    const changed = yield* catalog.updateProduct({
      productId: productId(1),
      expectedVersion: 2,
      name: "Changed"
    })
    expect(changed.options[0]?.skuMappings[0]?.quantity).toBe(1)
    const held = yield* Effect.flip(catalog.deleteProduct({ productId: productId(1) }))
    expect(held._tag).toBe("ProductReserved")
    // What the contexts ask of each other is asked of the store.
    const [kept] = yield* (yield* CatalogReads).products([productId(1)])
    expect(kept?.name).toBe("Changed")
  }).pipe(Effect.provide(layer))
})

it.effect("shows a buyer no draft that a manager has just looked at", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const queries = yield* CatalogQueries
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    yield* followed
    const ask = queries.product({ productId: productId(1) })
    const batch = queries.productsByIds({ productIds: [productId(1)] })
    const draft = yield* asManager(ask)
    expect(draft.product.status).toBe("DRAFT")
    expect((yield* Effect.flip(asUser(ask)))._tag).toBe("ProductNotFound")
    expect((yield* asUser(batch)).unknownProductIds).toEqual([productId(1)])
    expect((yield* asManager(batch)).items.length).toBe(1)
    // A buyer who was told that there is none does not hide it from the manager.
    expect((yield* asManager(ask)).product.status).toBe("DRAFT")
    yield* catalog.activateProduct({ productId: productId(1) })
    yield* followed
    expect((yield* asUser(ask)).product.status).toBe("ACTIVE")
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("asks for permission before it asks the cache", () =>
  Effect.gen(function* () {
    const queries = yield* InventoryQueries
    yield* stocked({ mug: 1 })
    yield* followed
    yield* queries.stock({ skuId: "mug", locations: true })
    const refused = yield* Effect.flip(asUser(queries.stock({ skuId: "mug", locations: true })))
    expect(refused._tag).toBe("Forbidden")
    const { items } = yield* asUser(queries.stockStatus({ skuIds: ["mug"] }))
    expect(items[0]?.availableQuantity).toBe(1)
    yield* reserve("mug" as SkuId, 1)
  }).pipe(Effect.provide(cachedWorld().layer))
)
