/** The catalog as promises: plain values in and out, and errors of Holdfast. */
import { afterAll, describe, expect, it } from "@effect/vitest"
import * as Layer from "effect/Layer"
import {
  Catalog,
  catalogServicesOf,
  catalogToPromises,
  MemoryCatalog,
  methodTags,
  StockStatus
} from "../../../src/catalog.ts"
import { isHoldfastError } from "../../../src/index.ts"

const engine = Layer.provideMerge(
  Catalog.layer(),
  Layer.merge(MemoryCatalog.layer, StockStatus.layerNone)
)
const catalog = await catalogToPromises(engine)
afterAll(() => catalog.close())

const unknown = "00000000-0000-4000-8000-000000000009"

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error
  )

const socks = {
  ...{ name: "Socks", type: "NORMAL" as const },
  options: [
    {
      name: "One size",
      price: { amount: "9.9", currency: "EUR" },
      skuMappings: [{ skuId: "socks", quantity: 2 }]
    }
  ]
}

describe("the catalog as promises", () => {
  it("makes, reads, changes and deletes a product", async () => {
    const publishAt = new Date("2026-05-01T00:00:00.000Z")
    const made = await catalog.createProduct({ ...socks, description: undefined, publishAt })
    expect(made).toMatchObject({ status: "DRAFT", revision: 1, publishAt })
    expect(made.createdAt).toBeInstanceOf(Date)
    const read = await catalog.product(made.id)
    expect(read).toMatchObject({
      product: { id: made.id, name: "Socks" },
      options: [{ price: { amount: "9.90", currency: "EUR" } }],
      stockStatus: [{ skuId: "socks", status: "unknown", availableQuantity: null }]
    })
    const changed = await catalog.updateProduct({
      ...{ productId: made.id, name: "Fine socks", publishAt: null, expectedVersion: 1 }
    })
    expect(changed).toMatchObject({ name: "Fine socks", publishAt: null, revision: 2 })
    expect(await catalog.deleteProduct({ productId: made.id })).toMatchObject({
      productId: made.id
    })
    expect(await catalog.product(made.id)).toBeUndefined()
  })

  it("has a method for every command, each of them a function", () => {
    const methods = catalog as unknown as Readonly<Record<string, unknown>>
    for (const name of Object.keys(methodTags)) expect(methods[name], name).toBeTypeOf("function")
    expect(catalogServicesOf(catalog)).toBeDefined()
    expect(catalogServicesOf({})).toBeUndefined()
  })

  it("answers a repeat with the same key with the first answer", async () => {
    const key = { idempotencyKey: "socks" }
    const first = await catalog.createProduct(socks, key)
    expect(await catalog.createProduct(socks, key)).toEqual(first)
    const other = await caught(catalog.createProduct({ ...socks, name: "Hat" }, key))
    expect(isHoldfastError(other, "IdempotencyMismatch")).toBe(true)
  })

  it("rejects with the refusals of the catalog, each with its sentence", async () => {
    const taken = { ...socks, slug: "socks" }
    await catalog.createProduct(taken)
    const error = await caught(catalog.createProduct(taken))
    if (!isHoldfastError(error, "SlugTaken")) throw error
    expect(error.details.slug).toBe("socks")
    expect(error.message).toContain("choose another one")
    const { id } = await catalog.createCategory({ name: "Clothes" })
    const again = await caught(catalog.createCategory({ categoryId: id, name: "Hats" }))
    if (!isHoldfastError(again, "IdTaken")) throw again
    expect(again.details).toEqual({ kind: "category", id })
    const stale = await caught(catalog.updateCategory({ categoryId: id, expectedVersion: 4 }))
    if (!isHoldfastError(stale, "StaleExpectation")) throw stale
    expect(stale.details).toMatchObject({ expected: 4, actual: 1 })
  })

  it("names every bad field as the caller wrote it", async () => {
    const issuesOf = async (promise: Promise<unknown>) => {
      const error = await caught(promise)
      if (!isHoldfastError(error, "InvalidInput")) throw error
      return error.details.issues.map(({ path }) => path)
    }
    expect(await issuesOf(catalog.createProduct({ ...socks, name: "" }))).toEqual(["name"])
    expect(await issuesOf(catalog.product("socks"))).toEqual(["productId"])
    expect(await issuesOf(catalog.products({ size: 0 }))).toEqual(["options.size"])
    expect(await issuesOf(catalog.products({ page: 1, cursor: "x" }))).toEqual(["options.page"])
    expect(await issuesOf(catalog.skuMappings({}))).toEqual(["skuIds"])
    expect(await issuesOf(catalog.products({ shwon: true } as never))).toEqual(["options.shwon"])
  })

  it("reads lists, the tree and mappings", async () => {
    const top = await catalog.createCategory({ name: "Top" })
    const below = await catalog.createCategory({ name: "Below", parentId: top.id })
    const product = await catalog.createProduct({
      ...{ ...socks, externalId: "ext-1", categoryIds: [below.id] }
    })
    const page = await catalog.products({ categoryId: top.id, cursor: null })
    expect(page).toMatchObject({ items: [{ id: product.id }], page: 0, size: 20, next: null })
    expect((await catalog.products({ categoryId: top.id, direct: true })).items).toEqual([])
    const { categories } = await catalog.categoryTree()
    expect(categories.find(({ id }) => id === top.id)?.children).toMatchObject([{ level: 1 }])
    const [option] = product.options
    expect(await catalog.skuMappings({ optionIds: [option?.id ?? ""] })).toEqual({
      mappings: [{ productId: product.id, optionId: option?.id, skuId: "socks", quantity: 2 }],
      next: null
    })
    expect(await catalog.byExternalIds("product", ["ext-1", "ext-2"])).toEqual([
      { externalId: "ext-1", id: product.id, productId: null }
    ])
    expect((await catalog.productsByIds([product.id, unknown])).unknownProductIds).toEqual([
      unknown
    ])
    expect(await catalog.category(unknown)).toBeUndefined()
    expect(await catalog.productBySlug("none")).toBeUndefined()
    await catalog.ping()
  })

  it("rejects after close", async () => {
    const own = await catalogToPromises(engine)
    await own.close()
    expect(isHoldfastError(await caught(own.ping()), "Closed")).toBe(true)
  })
})
