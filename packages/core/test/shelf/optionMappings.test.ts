import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog, OptionId } from "../../src/catalog.ts"
import { OptionMappings } from "../../src/inventory.ts"
import { layerOptionMappings } from "../../src/shelf.ts"
import { joined, optionId, productId, sell } from "./soldOutWorld.ts"

const world = Layer.provideMerge(layerOptionMappings, joined)

it.effect("says which options are for sale, with their SKUs, and why others are not", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const port = yield* OptionMappings
    const change = (n: number, to: object) =>
      catalog.updateOption({ productId: productId(n), optionId: optionId(n), ...to })
    for (let n = 1; n <= 8; n++) {
      yield* sell(n, { a: 2, b: n })
      if (n !== 5) yield* catalog.activateProduct({ productId: productId(n) })
    }
    yield* change(2, { status: "SOLD_OUT" })
    yield* catalog.followStock({
      productId: productId(3),
      stock: [
        { skuId: "a", availableQuantity: 1, version: 1 },
        { skuId: "b", availableQuantity: 9, version: 1 }
      ]
    })
    yield* catalog.addOption({ productId: productId(4), name: "Other", ...sellable })
    yield* change(4, { status: "INACTIVE" })
    yield* catalog.addOption({ productId: productId(6), name: "Other", ...sellable })
    yield* change(6, { price: null })
    yield* catalog.addOption({ productId: productId(7), name: "Other", ...sellable })
    yield* change(7, { skuMappings: [] })
    yield* catalog.updateProduct({ productId: productId(8), publishAt: "2999-01-01T00:00:00Z" })
    const nobody = OptionId.make("00000000-0000-7000-8000-00000000ffff")
    const asked = [...[1, 2, 3, 4, 5, 6, 7, 8].map(optionId), nobody]
    const forSale = (n: number) => ({
      ...{ _tag: "ForSale", optionId: optionId(n), productId: productId(n) },
      skuMappings: [
        { skuId: "a", quantity: 2 },
        { skuId: "b", quantity: n }
      ]
    })
    const notForSale = (n: number, reason: string) => ({
      ...{ _tag: "NotForSale", optionId: optionId(n), productId: productId(n), reason }
    })
    expect(port.isJoined).toBe(true)
    expect(yield* port.optionsOf(asked)).toEqual([
      forSale(1),
      notForSale(2, "SOLD_OUT"),
      // The stock has closed it: the reservation finds out.
      forSale(3),
      notForSale(4, "INACTIVE"),
      notForSale(5, "PRODUCT_NOT_SHOWN"),
      notForSale(6, "INCOMPLETE"),
      { _tag: "Unknown", optionId: optionId(7) },
      notForSale(8, "PRODUCT_NOT_SHOWN"),
      { _tag: "Unknown", optionId: nobody }
    ])
  }).pipe(Effect.provide(world))
)

const sellable = {
  price: { amount: "1.00", currency: "EUR" },
  skuMappings: [{ skuId: "a", quantity: 2 }],
  allowUnknownSkus: true
}

it.effect("reads many options of many products, page by page", () =>
  Effect.gen(function* () {
    const port = yield* OptionMappings
    const numbers = Array.from({ length: 120 }, (_, n) => n + 1)
    for (const n of numbers) {
      yield* sell(n, Object.fromEntries(Array.from({ length: 10 }, (_, sku) => [`s${sku}`, 1])))
    }
    const answers = yield* port.optionsOf(numbers.map(optionId))
    expect(answers.map((it) => it.optionId)).toEqual(numbers.map(optionId))
    expect(new Set(answers.map(({ _tag }) => _tag))).toEqual(new Set(["NotForSale"]))
  }).pipe(Effect.provide(world))
)
