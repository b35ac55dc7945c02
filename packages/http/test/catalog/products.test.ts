/** Products over HTTP: made whole, read whole, listed, and put on sale. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { heldOptions } from "./memoryCatalog.ts"
import { option, socks, uuid } from "./shop.ts"

const { get, patch, post, put, remove } = serverForTests()

const made = async (more: object = {}) => {
  const { json, status } = await post("/api/products", socks(more))
  expect(status).toBe(201)
  return json
}

const issuesOf = (answer: { readonly json: { readonly issues: ReadonlyArray<object> } }) =>
  answer.json.issues.map((issue) => (issue as { readonly path: string }).path)

describe("a product", () => {
  it("is made from the user's body alone, as a draft, its first category primary", async () => {
    const first = (await post("/api/categories", { name: "Clothes" })).json
    const second = (await post("/api/categories", { name: "Gifts" })).json
    const { json, status } = await post("/api/products", {
      ...{ name: "Scarf", description: "Warm", type: "NORMAL" },
      categoryIds: [first.id, second.id]
    })
    expect([status, json.status]).toEqual([201, "DRAFT"])
    const read = await get(`/api/products/${json.id}`)
    expect(
      read.json.product.categories.map((it: { name: string; isPrimary: boolean }) => [
        it.name,
        it.isPrimary
      ])
    ).toEqual([
      ["Clothes", true],
      ["Gifts", false]
    ])
    expect(read.json).toMatchObject({ options: [], stockStatus: [] })
  })

  it("is answered as the golden answer has it", async () => {
    const categoryId = uuid(1)
    await post("/api/categories", { categoryId, name: "Hosiery" })
    const body = {
      ...{ productId: uuid(2), name: "Wool socks", description: "Two of a kind", type: "BUNDLE" },
      ...{ categoryIds: [categoryId], status: "ACTIVE", externalId: "shop-1", slug: "wool-socks" },
      translations: { ko: { name: "양말" } },
      images: [{ url: "https://shop.example/socks.png", alt: "Socks" }],
      options: [
        option({
          ...{ optionId: uuid(3), price: { amount: "12.5", currency: "EUR" } },
          skuMappings: [
            { skuId: "known-7", quantity: 2 },
            { skuId: "known-2", quantity: 1 }
          ]
        })
      ]
    }
    expect((await post("/api/products", body)).status).toBe(201)
    const { headers, json } = await get(`/api/products/${uuid(2)}`)
    const golden = new URL("golden/product.json", import.meta.url)
    expect(json).toEqual(JSON.parse(readFileSync(golden, "utf8")))
    expect(headers["etag"]).toMatch(/^"1\.[0-9a-f]{16}"$/)
  })

  it("names every bad field, and each unknown category by its place", async () => {
    const bad = await post("/api/products", {
      ...{ name: "", type: "ODD", surprise: 1 },
      options: [option({ price: { amount: "1.234", currency: "EUR" } })]
    })
    expect(bad.status).toBe(400)
    expect(issuesOf(bad).sort()).toEqual(["name", "options.0.price.amount", "surprise", "type"])
    const float = await post(
      "/api/products",
      socks({ options: [option({ price: { amount: 1.5, currency: "XXQ" } })] })
    )
    expect(issuesOf(float)).toEqual(["options.0.price.amount", "options.0.price.currency"])
    const unknown = await post("/api/products", socks({ categoryIds: [uuid(99)] }))
    expect(unknown.status).toBe(404)
    expect(unknown.json).toMatchObject({
      type: "urn:holdfast:problem:category-not-found",
      categoryIds: [uuid(99)],
      fields: ["categoryIds.0"]
    })
  })

  it("is read with the stock of its SKUs, and what each option allows", async () => {
    const { id, options } = await made({
      type: "BUNDLE",
      options: [
        option({
          skuMappings: [
            { skuId: "known-7", quantity: 2 },
            { skuId: "known-9", quantity: 1 }
          ]
        })
      ]
    })
    const { json } = await get(`/api/products/${id}`)
    expect(json.stockStatus).toEqual([
      { skuId: "known-7", status: "known", availableQuantity: 7, inStockQuantity: 7 },
      { skuId: "known-9", status: "known", availableQuantity: 9, inStockQuantity: 9 }
    ])
    expect(json.availability).toEqual([
      { optionId: options[0].id, availableQuantity: 3, limitingSkuId: "known-7" }
    ])
  })

  it("is changed where a field is given: what is left out stays, and null clears", async () => {
    const { id } = await made({ description: "Soft", externalId: "ext-1" })
    const changed = await patch(`/api/products/${id}`, { name: "Fine socks", description: null })
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({
      ...{ name: "Fine socks", description: null, externalId: "ext-1", revision: 2 }
    })
    expect(changed.json.options).toHaveLength(1)
    expect(changed.headers["etag"]).toBe('"2"')
  })

  it("goes on sale, off it, out of the range, and back", async () => {
    const { id } = await made()
    for (const [word, status] of [
      ["activate", "ACTIVE"],
      ["deactivate", "INACTIVE"],
      ["discontinue", "DISCONTINUED"],
      ["activate", "ACTIVE"]
    ]) {
      const answer = await post(`/api/products/${id}/${word}`)
      expect([word, answer.status, answer.json.status]).toEqual([word, 200, status])
    }
    await post(`/api/products/${id}/discontinue`)
    const refused = await post(`/api/products/${id}/deactivate`)
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      type: "urn:holdfast:problem:product-conflict",
      productStatus: "DISCONTINUED"
    })
  })

  it("is not on sale without anything to sell", async () => {
    const { id } = await made({ options: [] })
    const refused = await post(`/api/products/${id}/activate`)
    expect([refused.status, refused.json.type]).toEqual([
      409,
      "urn:holdfast:problem:nothing-on-offer"
    ])
  })

  it("is duplicated as a draft with options of its own", async () => {
    const { id, options } = await made({ status: "ACTIVE", slug: "first-socks" })
    const copy = await post(`/api/products/${id}/duplicate`, { name: "More socks" })
    expect([copy.status, copy.json.status, copy.json.name]).toEqual([201, "DRAFT", "More socks"])
    expect(copy.json.slug).toBeNull()
    expect(copy.json.options[0].id).not.toBe(options[0].id)
    expect((await post(`/api/products/${id}/duplicate`)).json.name).toBe("Socks")
  })

  it("has its images and categories set, all of them", async () => {
    const { id } = await made()
    const urls = ["/a.png", "https://shop.example/b.png"]
    const images = await put(`/api/products/${id}/images`, {
      images: [{ url: urls[0] }, { url: urls[1], isPrimary: true }]
    })
    expect(
      images.json.images.map((it: { url: string; isPrimary: boolean }) => [it.url, it.isPrimary])
    ).toEqual([
      [urls[0], false],
      [urls[1], true]
    ])
    const category = (await post("/api/categories", { name: "Feet" })).json
    const put1 = await put(`/api/products/${id}/categories`, { categoryIds: [category.id] })
    expect(put1.json.categories).toEqual([{ categoryId: category.id, isPrimary: true }])
    const wrong = { categoryIds: [category.id], primaryCategoryId: uuid(98) }
    expect(issuesOf(await put(`/api/products/${id}/categories`, wrong))).toEqual([
      "primaryCategoryId"
    ])
    const script = { images: [{ url: "javascript:alert(1)" }] }
    expect(issuesOf(await put(`/api/products/${id}/images`, script))).toEqual(["images.0.url"])
  })

  it("is found by its slug, also by one that it had before", async () => {
    const { id } = await made({ slug: "old-socks" })
    await patch(`/api/products/${id}`, { slug: "new-socks" })
    for (const slug of ["old-socks", "new-socks"]) {
      const found = await get(`/api/products/by-slug/${slug}`)
      expect([slug, found.status, found.json.product?.id]).toEqual([slug, 200, id])
    }
    expect((await get("/api/products/by-slug/no-socks")).status).toBe(404)
    const taken = await post("/api/products", socks({ slug: "old-socks" }))
    expect([taken.status, taken.json.type]).toEqual([409, "urn:holdfast:problem:slug-taken"])
  })

  it("is deleted, unless holds are open that were made through its options", async () => {
    const { id, options } = await made()
    heldOptions.add(options[0].id)
    const refused = await remove(`/api/products/${id}`)
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      type: "urn:holdfast:problem:product-reserved",
      optionIds: [options[0].id]
    })
    heldOptions.clear()
    const gone = await remove(`/api/products/${id}`)
    expect([gone.status, gone.json]).toEqual([200, { productId: id, version: 2 }])
    expect((await get(`/api/products/${id}`)).status).toBe(404)
    const again = await post("/api/products", socks({ productId: id }))
    expect([again.status, again.json.type]).toEqual([409, "urn:holdfast:problem:id-taken"])
  })

  it("refuses ids of the catalog that are no UUIDs", async () => {
    const answer = await get("/api/products/socks")
    expect([answer.status, issuesOf(answer)]).toEqual([400, ["productId"]])
  })
})

describe("lists of products", () => {
  it("are pages by number, and by cursor, but not by both", async () => {
    const category = (await post("/api/categories", { name: "Pages" })).json.id
    for (const name of ["a", "b", "c", "d", "e"]) await made({ name, categoryIds: [category] })
    const path = `/api/categories/${category}/products?size=2`
    const names = (answer: {
      readonly json: { readonly items: ReadonlyArray<{ name: string }> }
    }) => answer.json.items.map(({ name }) => name)
    const first = await get(path)
    expect([names(first), first.json.page, first.json.size]).toEqual([["a", "b"], 0, 2])
    const next = await get(`${path}&cursor=${first.json.next}`)
    expect([names(next), next.json.page]).toEqual([["c", "d"], null])
    const third = await get(`${path}&page=2`)
    expect([names(third), third.json.next]).toEqual([["e"], null])
    expect(names(await get(`${path}&sort=-name`))).toEqual(["e", "d"])
    const both = await get(`${path}&page=1&cursor=${first.json.next}`)
    expect([both.status, issuesOf(both)]).toEqual([400, ["page"]])
    const foreign = await get(`${path}&sort=-name&cursor=${first.json.next}`)
    expect([foreign.status, issuesOf(foreign)]).toEqual([400, ["cursor"]])
    const deep = await get(`${path}&page=5001`)
    expect(deep.json.issues).toEqual([
      { path: "page", message: expect.stringContaining("follow `next`") }
    ])
    for (const [query, field] of [
      ["size=251", "size"],
      ["size=0", "size"],
      ["page=-1", "page"],
      ["page=x", "page"],
      ["sort=weight", "sort"],
      ["sort=relevance", "q"],
      ["q=%21", "q"],
      ["priceFrom=1", "currency"],
      ["priceFrom=1.x&currency=EUR", "priceFrom"],
      ["available=yes", "available"],
      ["status=SOLD", "status"],
      ["surprise=1", "surprise"]
    ]) {
      const bad = await get(`/api/products?${query}`)
      expect([query, bad.status, issuesOf(bad)]).toEqual([query, 400, [field]])
    }
  })

  it("are of a status, of a type, of what is shown now, of a category", async () => {
    const category = (await post("/api/categories", { name: "Filters" })).json.id
    await made({ name: "draft", categoryIds: [category] })
    await made({ name: "active", status: "ACTIVE", categoryIds: [category] })
    await made({
      name: "soon",
      status: "ACTIVE",
      publishAt: "2999-01-01T00:00:00Z",
      categoryIds: [category]
    })
    const named = async (query: string) =>
      (await get(`/api/products?categoryId=${category}&${query}`)).json.items.map(
        ({ name }: { name: string }) => name
      )
    expect(await named("status=DRAFT")).toEqual(["draft"])
    expect(await named("type=BUNDLE")).toEqual([])
    expect(await named("status=ACTIVE")).toEqual(["active", "soon"])
    expect(await named("shown=true")).toEqual(["active"])
    expect((await get(`/api/products?categoryId=${uuid(97)}`)).status).toBe(404)
  })

  it("are searched by words, a SKU and a price, and sorted by price", async () => {
    const category = (await post("/api/categories", { name: "Search" })).json.id
    const priced = (name: string, amount: string, skuId: string) =>
      made({
        ...{ name, status: "ACTIVE", categoryIds: [category] },
        options: [
          option({ price: { amount, currency: "EUR" }, skuMappings: [{ skuId, quantity: 1 }] })
        ]
      })
    await priced("Warm wool gloves", "30.00", "glove-1")
    await priced("Leather gloves", "50.00", "glove-2")
    const named = async (query: string) =>
      (await get(`/api/products?categoryId=${category}&${query}`)).json.items.map(
        ({ name }: { name: string }) => name
      )
    expect(await named("q=wool")).toEqual(["Warm wool gloves"])
    expect(await named("skuId=glove-2")).toEqual(["Leather gloves"])
    expect(await named("priceTo=40&currency=EUR")).toEqual(["Warm wool gloves"])
    expect(await named("q=gloves&sort=-price")).toEqual(["Leather gloves", "Warm wool gloves"])
  })

  it("are got by ids, the unknown ones named", async () => {
    const { id } = await made()
    const { json, status } = await post("/api/products/batch-get", { productIds: [id, uuid(96)] })
    expect(status).toBe(200)
    expect(json.items.map((it: { product: { id: string } }) => it.product.id)).toEqual([id])
    expect(json.unknownProductIds).toEqual([uuid(96)])
    const many = Array.from({ length: 251 }, (_, n) => uuid(n))
    const refused = await post("/api/products/batch-get", { productIds: many })
    expect([refused.status, issuesOf(refused)]).toEqual([400, ["productIds"]])
  })
})

describe("the mappings of SKUs", () => {
  it("are asked by SKUs or by options, and not by both", async () => {
    const { id, options } = await made({
      options: [option({ skuMappings: [{ skuId: "map-1", quantity: 3 }] })]
    })
    const mapping = { productId: id, optionId: options[0].id, skuId: "map-1", quantity: 3 }
    const path = "/api/products/sku-mappings"
    const bySku = await get(`${path}?skuIds=map-1,map-2`)
    expect(bySku.json).toEqual({ mappings: [mapping], next: null })
    expect((await get(`${path}?optionIds=${options[0].id}`)).json.mappings).toEqual([mapping])
    const many = Array.from({ length: 999 }, (_, n) => `other-${n}`)
    const posted = await post(path, { skuIds: ["map-1", ...many] })
    expect(posted.json.mappings).toEqual([mapping])
    expect((await get(path)).status).toBe(400)
    expect((await get(`${path}?skuIds=a&optionIds=${options[0].id}`)).status).toBe(400)
    const tooMany = Array.from({ length: 101 }, (_, n) => `s-${n}`).join(",")
    expect(issuesOf(await get(`${path}?skuIds=${tooMany}`))).toEqual(["skuIds"])
  })
})
