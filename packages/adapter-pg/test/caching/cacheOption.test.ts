/** `createHoldfast({ cache })`: reads come from it, writes do not, and a reader can demand a version. */
import { expect, it, vi } from "@effect/vitest"
import { isHoldfastError, memoryCache, versionsOf } from "@holdfast/core"
import { createCatalog, createHoldfast, createInventory } from "../../src/index.ts"

const opened = async () => {
  const holdfast = await createHoldfast({ memory: true, cache: memoryCache() })
  await holdfast.inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
  await vi.waitFor(() =>
    expect(holdfast.cacheStatus()?.followers.map(({ state }) => state)).toEqual([
      "FOLLOWING",
      "FOLLOWING"
    ])
  )
  return holdfast
}

it("answers reads from the cache, and shows changes", async () => {
  await using holdfast = await opened()
  const { catalog, inventory } = holdfast
  const product = await catalog.createProduct({
    name: "Mug",
    type: "NORMAL",
    options: [{ name: "Blue", skuMappings: [{ skuId: "mug", quantity: 1 }] }]
  })
  await catalog.product(product.id)
  await catalog.product(product.id)
  expect(holdfast.cacheStatus()?.counts.product.hits).toBeGreaterThan(0)
  expect(holdfast.cacheStatus()?.counts.stock.hits).toBeGreaterThan(0)
  await catalog.updateProduct({ productId: product.id, name: "Cup" })
  await inventory.receive({ skuId: "mug", quantity: 2 })
  await vi.waitFor(async () => {
    const shown = await catalog.product(product.id)
    expect([shown?.product.name, shown?.stockStatus[0]?.availableQuantity]).toEqual(["Cup", 7])
  })
})

it("gives a reader what it wrote itself", async () => {
  await using holdfast = await opened()
  const { catalog, inventory } = holdfast
  const product = await catalog.createProduct({ name: "Mug", type: "NORMAL", options: [] })
  for (let n = 1; n <= 20; n++) {
    await catalog.product(product.id)
    await inventory.stock("mug")
    const named = await catalog.updateProduct({ productId: product.id, name: `Mug ${n}` })
    const [hold] = [await inventory.receive({ skuId: "mug", quantity: 1 })]
    const minVersions = { ...versionsOf(named), ...versionsOf(hold) }
    expect(Object.keys(minVersions)).toEqual([`product:${product.id}`, "sku:mug"])
    expect((await catalog.product(product.id, { minVersions }))?.product.name).toBe(`Mug ${n}`)
    expect((await inventory.stock("mug", { minVersions })).totalQuantity).toBe(5 + n)
    expect((await inventory.stocks(["mug"], { minVersions }))[0]?.totalQuantity).toBe(5 + n)
  }
  expect(versionsOf({})).toEqual({})
})

it("names what is wrong with a cache, its settings and the versions that are demanded", async () => {
  const refusal = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (cause: unknown) => cause
    )
    if (!isHoldfastError(error, "InvalidInput"))
      throw new Error("it was not refused", { cause: error })
    return error.details.issues.map(({ path }) => path)
  }
  for (const open of [createHoldfast, createInventory, createCatalog]) {
    expect(await refusal(open({ cache: {} as never }))).toEqual(["cache"])
    expect(await refusal(open({ caching: { stockMillis: 1 } }))).toEqual(["caching"])
    const cache = memoryCache()
    const caching = { stockMillis: -1, productsMillis: 1.5, life: 3 } as never
    expect((await refusal(open({ cache, caching }))).sort()).toEqual([
      "caching.life",
      "caching.productsMillis",
      "caching.stockMillis"
    ])
  }
  expect(() => memoryCache({ entriesMax: 0 })).toThrow(/entriesMax/)
  await using holdfast = await opened()
  const minVersions = { "order:1": 2 } as never
  expect(await refusal(holdfast.inventory.stock("mug", { minVersions }))).toEqual([
    expect.stringMatching(/^options\.minVersions/)
  ])
})

it("opens an inventory or a catalog alone with a cache", async () => {
  await using inventory = await createInventory({ memory: true, cache: memoryCache() })
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
  expect((await inventory.stock("mug")).totalQuantity).toBe(5)
  await using catalog = await createCatalog({ memory: true, cache: memoryCache() })
  const { id } = await catalog.createProduct({ name: "Mug", type: "NORMAL", options: [] })
  expect((await catalog.product(id))?.product.name).toBe("Mug")
})
