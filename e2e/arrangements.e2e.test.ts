/** The same shop in every arrangement: one suite, and what happens when a part of it is away. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { eventually } from "../packages/server/test/eventually.ts"
import { get, post, registerSku, reserve, send } from "../packages/server/test/requests.ts"
import { whyNoPostgres } from "../test-servers/src/index.ts"
import { describeUnless } from "../test-servers/src/suites/describeUnless.ts"
import { arrangements, type Shop } from "./arrangements/arrangement.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const noPostgres = whyNoPostgres(18)
const possible = arrangements.map((arrangement) => ({
  ...arrangement,
  reason: arrangement.needsPostgres ? noPostgres : undefined
}))
const price = (amount: string) => ({ amount, currency: "EUR" })
const passed = new Map<string, number>()

/** What a product page says about stock. */
const pageOf = async (shop: Shop, productId: string) => {
  const { body, status } = await get(shop.catalog.url, `/api/products/${productId}`)
  expect(status).toBe(200)
  return body
}

const typesOf = (items: ReadonlyArray<{ readonly eventType: string }>) =>
  items.map(({ eventType }) => eventType)

/** A SKU with stock, and a product with one option that maps it. */
const socks = async (shop: Shop, skuId: string, units: number, more: object = {}) => {
  await registerSku(shop.inventory.url, skuId, units)
  const made = await post(shop.catalog.url, "/api/products", {
    ...{ name: `Socks ${skuId}`, type: "NORMAL", status: "ACTIVE" },
    options: [{ name: "One size", price: price("9.90"), skuMappings: [{ skuId, quantity: 1 }] }],
    ...more
  })
  expect(made.status).toBe(201)
  return made.body
}

/** Reserves units of an option. */
const reserveOption = (shop: Shop, optionId: string, orderId: string, quantity = 1) =>
  post(shop.inventory.url, "/api/inventory/reservations", { optionId, quantity, orderId })

const optionStatus = async (shop: Shop, productId: string): Promise<string> =>
  (await pageOf(shop, productId)).options[0].status

const reaches = (shop: Shop, productId: string, status: string) =>
  eventually(async () => ((await optionStatus(shop, productId)) === status ? status : undefined))

/** What happens in a shop when a part of it is away. */
const testsOfAway = (open: () => Shop): void => {
  it("a page says that stock is unknown while the inventory is away, and knows it again", async () => {
    const shop = open()
    const { id } = await socks(shop, "known", 7)
    await shop.inventory.kill()
    const away = await pageOf(shop, id)
    expect(away).toMatchObject({
      product: { id, status: "ACTIVE", isShown: true },
      stockStatus: [{ skuId: "known", status: "unknown", availableQuantity: null }],
      availability: [{ availableQuantity: null }]
    })
    expect((await get(shop.catalog.url, "/health/ready")).status).toBe(200)
    const product = {
      ...{ name: "Early", type: "NORMAL" },
      options: [{ name: "One", skuMappings: [{ skuId: "known", quantity: 1 }] }]
    }
    expect((await post(shop.catalog.url, "/api/products", product)).status).toBe(503)
    const early = { ...product, allowUnknownSkus: true }
    expect((await post(shop.catalog.url, "/api/products", early)).status).toBe(201)
    await shop.inventory.startAgain()
    const back = await eventually(async () => {
      const page = await pageOf(shop, id)
      return page.stockStatus[0].status === "known" ? page : undefined
    })
    expect(back.stockStatus).toMatchObject([{ skuId: "known", availableQuantity: 7 }])
    await reserve(shop.inventory.url, "known", "order-known", 7)
    await reaches(shop, id, "SOLD_OUT")
  })

  it("the inventory sells on while the catalog is away, and the catalog catches up", async () => {
    const shop = open()
    const { id, options } = await socks(shop, "sold", 3)
    const optionId = options[0].id
    await shop.catalog.kill()
    expect((await get(shop.inventory.url, "/health/ready")).status).toBe(200)
    expect((await reserve(shop.inventory.url, "sold", "order-sold", 2)).status).toBe(201)
    const unknown = await reserveOption(shop, optionId, "order-option")
    expect([unknown.status, unknown.headers.has("retry-after")]).toEqual([503, true])
    await shop.catalog.startAgain()
    await eventually(async () => {
      const { status } = await reserveOption(shop, optionId, "order-option")
      return status === 201 ? true : undefined
    })
    await reaches(shop, id, "SOLD_OUT")
  })

  it("starts without the other one", async () => {
    const shop = open()
    const { id } = await socks(shop, "alone", 3)
    await shop.catalog.kill()
    await shop.inventory.kill()
    await shop.catalog.startAgain()
    expect((await pageOf(shop, id)).stockStatus).toMatchObject([{ status: "unknown" }])
    await shop.inventory.startAgain()
    await eventually(async () => {
      const { stockStatus } = await pageOf(shop, id)
      return stockStatus[0].status === "known" ? true : undefined
    })
  })
}

for (const arrangement of possible) {
  describeUnless(arrangement.reason, arrangement.name, () => {
    let shop: Shop
    beforeAll(async () => {
      shop = await arrangement.open()
    })
    afterAll(() => shop[Symbol.asyncDispose]())

    const test = (name: string, run: () => Promise<void>) =>
      it(name, async () => {
        await run()
        passed.set(arrangement.name, (passed.get(arrangement.name) ?? 0) + 1)
      })

    test("a product is born with its price and its SKU, and its page knows the stock", async () => {
      const { id } = await socks(shop, "born", 7)
      expect(await pageOf(shop, id)).toMatchObject({
        product: { id, status: "ACTIVE", isShown: true },
        options: [{ price: price("9.90"), status: "ACTIVE" }],
        stockStatus: [{ skuId: "born", status: "known", availableQuantity: 7 }],
        availability: [{ availableQuantity: 7, limitingSkuId: "born" }]
      })
    })

    test("a bundle has as many units as its scarcest part allows", async () => {
      await registerSku(shop.inventory.url, "cup", 5)
      await registerSku(shop.inventory.url, "pot", 9)
      const skuMappings = [
        { skuId: "cup", quantity: 2 },
        { skuId: "pot", quantity: 1 }
      ]
      const { body } = await post(shop.catalog.url, "/api/products", {
        ...{ name: "Breakfast", type: "BUNDLE", status: "ACTIVE" },
        options: [{ name: "For two", price: price("29.00"), skuMappings }]
      })
      expect((await pageOf(shop, body.id)).availability).toEqual([
        { optionId: body.options[0].id, availableQuantity: 2, limitingSkuId: "cup" }
      ])
    })

    test("a product is found by a word and by its category", async () => {
      const made = await post(shop.catalog.url, "/api/categories", { name: "Woollens" })
      const categoryIds = [made.body.id]
      const { id } = await socks(shop, "wool", 3, { name: "Alpaca stockings", categoryIds })
      const found = await get(shop.catalog.url, "/api/products?q=alpaca")
      expect(found.body.items).toMatchObject([{ id }])
      const listed = await get(shop.catalog.url, `/api/categories/${categoryIds[0]}/products`)
      expect(listed.body.items).toMatchObject([{ id }])
    })

    test("what is bought is gone from the page", async () => {
      const { id } = await socks(shop, "bought", 4)
      const hold = await reserve(shop.inventory.url, "bought", "order-bought", 3)
      expect(hold.status).toBe(201)
      expect((await pageOf(shop, id)).stockStatus).toMatchObject([{ availableQuantity: 1 }])
      const paid = await post(shop.inventory.url, "/api/inventory/orders/order-bought/confirm")
      expect(paid.status).toBe(200)
      expect((await reserve(shop.inventory.url, "bought", "order-late", 2)).status).toBe(409)
    })

    test("a bundle is reserved whole or not at all, and what is short is named", async () => {
      await registerSku(shop.inventory.url, "bowl", 5)
      const { id, options } = await socks(shop, "spoon", 9, {
        ...{ name: "Soup for two", type: "BUNDLE" },
        options: [
          {
            ...{ name: "One size", price: price("19.00") },
            skuMappings: [
              { skuId: "bowl", quantity: 2 },
              { skuId: "spoon", quantity: 1 }
            ]
          }
        ]
      })
      const [{ id: optionId }] = options
      const held = await reserveOption(shop, optionId, "order-soup", 2)
      expect(held.status).toBe(201)
      const parts = [held.body, ...held.body.siblings].map(({ quantity, skuId }) => [
        skuId,
        quantity
      ])
      expect(parts).toEqual([
        ["bowl", 4],
        ["spoon", 2]
      ])
      const short = await reserveOption(shop, optionId, "order-hungry", 1)
      expect([short.status, short.body.lines]).toEqual([
        409,
        [expect.objectContaining({ optionId, skuId: "bowl", requested: 2, available: 1 })]
      ])
      const spoons = await get(shop.inventory.url, "/api/inventory/spoon")
      expect(spoons.body).toMatchObject({ reservedQuantity: 2 })
      const kept = await send(shop.catalog.url, "DELETE", `/api/products/${id}`)
      expect([kept.status, kept.body.optionIds]).toEqual([409, [optionId]])
    })

    test("an option is sold out with its SKU, and back with new stock", async () => {
      const { id } = await socks(shop, "scarce", 1)
      expect((await reserve(shop.inventory.url, "scarce", "order-scarce")).status).toBe(201)
      await reaches(shop, id, "SOLD_OUT")
      await post(shop.inventory.url, "/api/inventory/scarce/receive", { quantity: 5 })
      await reaches(shop, id, "ACTIVE")
      const log = await get(shop.catalog.url, `/api/events?context=catalog&aggregateIds=${id}`)
      expect(typesOf(log.body.items)).toEqual([
        ...["product.created", "product.option.sold-out", "product.option.back"]
      ])
    })

    test("an option that a person withdrew stays withdrawn", async () => {
      const { id, options } = await socks(shop, "withdrawn", 1)
      const path = `/api/products/${id}/options/${options[0].id}`
      await post(shop.catalog.url, `/api/products/${id}/deactivate`)
      const changed = await send(shop.catalog.url, "PATCH", path, { status: "INACTIVE" })
      expect(changed.status).toBe(200)
      await reserve(shop.inventory.url, "withdrawn", "order-withdrawn")
      // One that follows the same stock shows that the follower has been here.
      const other = await socks(shop, "beside", 1)
      await reserve(shop.inventory.url, "beside", "order-beside")
      await reaches(shop, other.id, "SOLD_OUT")
      expect(await optionStatus(shop, id)).toBe("INACTIVE")
    })

    test("a mapping names a SKU that there is, unless it is asked for otherwise", async () => {
      const product = {
        ...{ name: "Ghost", type: "NORMAL" },
        options: [{ name: "One", skuMappings: [{ skuId: "ghost", quantity: 1 }] }]
      }
      const refused = await post(shop.catalog.url, "/api/products", product)
      expect([refused.status, refused.body.skuIds]).toEqual([404, ["ghost"]])
      const early = { ...product, allowUnknownSkus: true }
      expect((await post(shop.catalog.url, "/api/products", early)).status).toBe(201)
    })

    test("of two editors the second is told, and stock makes no edit stale", async () => {
      const { id, revision } = await socks(shop, "edited", 1)
      await reserve(shop.inventory.url, "edited", "order-edited")
      await reaches(shop, id, "SOLD_OUT")
      const path = `/api/products/${id}`
      const ifMatch = { "if-match": `"${revision}"` }
      const first = await send(shop.catalog.url, "PATCH", path, { name: "First" }, ifMatch)
      expect(first.status).toBe(200)
      const second = await send(shop.catalog.url, "PATCH", path, { name: "Second" }, ifMatch)
      expect([second.status, second.body.actual]).toEqual([412, revision + 1])
    })

    test("a repeat with its key makes no second product", async () => {
      const headers = { "idempotency-key": "once" }
      const product = { name: "Once", type: "NORMAL" }
      const made = await post(shop.catalog.url, "/api/products", product, headers)
      const again = await post(shop.catalog.url, "/api/products", product, headers)
      expect([again.status, again.body]).toEqual([201, made.body])
      expect(again.headers.get("idempotent-replayed")).toBe("true")
    })

    test("each context tells of itself alone", async () => {
      const { id } = await socks(shop, "told", 2)
      const products = await get(shop.catalog.url, "/api/events?context=catalog&size=1000")
      const stock = await get(shop.inventory.url, "/api/events?context=inventory&size=1000")
      const ids = (items: ReadonlyArray<{ readonly aggregateId: string }>) =>
        items.map(({ aggregateId }) => aggregateId)
      expect(ids(products.body.items)).toContain(id)
      expect(ids(products.body.items)).not.toContain("told")
      expect(ids(stock.body.items)).toContain("told")
      expect(ids(stock.body.items)).not.toContain(id)
    })

    test("one asks the other by calls that anybody may make", async () => {
      const { id, options } = await socks(shop, "asked", 6)
      const mappings = await get(shop.catalog.url, "/api/products/sku-mappings?skuIds=asked")
      expect(mappings.body.mappings).toEqual([
        { productId: id, optionId: options[0].id, skuId: "asked", quantity: 1 }
      ])
      const status = await post(shop.inventory.url, "/api/inventory/stock-status", {
        skuIds: ["asked"]
      })
      expect(status.body.items).toMatchObject([{ skuId: "asked", availableQuantity: 6 }])
      const lines = [{ skuId: "asked", quantity: 7 }]
      const check = await post(shop.inventory.url, "/api/inventory/check-availability", { lines })
      expect(check.body).toMatchObject({ isAvailable: false })
    })

    test("each part serves its own paths, says so, and is ready", async () => {
      const [products, skus] = ["/api/products", "/api/skus"]
      const others = arrangement.isApart ? 404 : 200
      expect((await get(shop.catalog.url, products)).status).toBe(200)
      expect((await get(shop.catalog.url, skus)).status).toBe(others)
      expect((await get(shop.inventory.url, skus)).status).toBe(200)
      expect((await get(shop.inventory.url, products)).status).toBe(others)
      for (const { url } of [shop.catalog, shop.inventory]) {
        const { paths } = (await get(url, "/openapi.json")).body
        for (const path of [products, skus]) {
          expect([path, path in paths]).toEqual([path, (await get(url, path)).status === 200])
        }
        expect((await get(url, "/health/ready")).status).toBe(200)
      }
    })

    // A start of the processes takes longer than all tests above, so that these have the same shop.
    if (arrangement.isApart) describe("when a part is away", () => testsOfAway(() => shop))
  })
}

describeUnless(noPostgres, "all arrangements", () => {
  it("passed the same tests", () => {
    const counts = [...passed].map(([name, count]) => `${name}: ${count} passed`)
    console.info(counts.join("\n"))
    expect([counts.length, new Set(passed.values()).size]).toEqual([arrangements.length, 1])
  })
})
