/** Options over HTTP, and what the catalog refuses of them. */
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { option, socks, uuid } from "./shop.ts"

const { patch, post, put, remove } = serverForTests()

const made = async (more: object = {}) => (await post("/api/products", socks(more))).json

describe("an option", () => {
  it("is added, changed, mapped and removed", async () => {
    const { id } = await made({ options: [] })
    const path = `/api/products/${id}/options`
    const added = await post(path, option({ name: "Large" }))
    expect([added.status, added.headers["etag"]]).toEqual([201, '"2"'])
    const [{ id: optionId }] = added.json.options
    const changed = await patch(`${path}/${optionId}`, {
      name: "Extra large",
      price: { amount: "11", currency: "EUR" }
    })
    expect(changed.json.options[0]).toMatchObject({
      ...{ name: "Extra large", price: { amount: "11.00", currency: "EUR" } }
    })
    const skuMappings = [{ skuId: "known-3", quantity: 5 }]
    const mapped = await put(`${path}/${optionId}/sku-mappings`, { skuMappings })
    expect(mapped.json.options[0].skuMappings).toEqual(skuMappings)
    const removed = await remove(`${path}/${optionId}`)
    expect([removed.status, removed.json.options]).toEqual([200, []])
    const again = await remove(`${path}/${optionId}`)
    expect([again.status, again.json.type]).toEqual([404, "urn:holdfast:problem:option-not-found"])
  })

  it("has money with the decimals of its currency", async () => {
    const { id } = await made({ options: [] })
    const path = `/api/products/${id}/options`
    const priced = (amount: string, currency: string) =>
      post(path, option({ price: { amount, currency } }))
    for (const [amount, currency] of [
      ["1.5", "KRW"],
      ["1.5555", "KWD"],
      ["-1", "EUR"],
      ["1e3", "EUR"],
      ["", "EUR"]
    ] as const) {
      const { json, status } = await priced(amount, currency)
      expect([amount, status, json.issues?.[0].path]).toEqual([amount, 400, "price.amount"])
    }
    expect((await priced("1500", "KRW")).json.options[0].price).toEqual({
      ...{ amount: "1500", currency: "KRW" }
    })
  })

  it.each([
    [
      "a second currency",
      { price: { amount: "9", currency: "KRW" } },
      { slug: "currency-mismatch", currency: "KRW", expected: "EUR" }
    ],
    [
      "two SKUs of a NORMAL product",
      {
        skuMappings: [
          { skuId: "known-1", quantity: 1 },
          { skuId: "known-2", quantity: 1 }
        ]
      },
      { slug: "mappings-mismatch", productType: "NORMAL", skus: 2 }
    ],
    [
      "an id that another option has",
      { optionId: uuid(7) },
      { slug: "id-taken", kind: "option", id: uuid(7) }
    ],
    [
      "an external id that another option has",
      { externalId: "taken" },
      { slug: "external-id-taken", kind: "option", externalId: "taken" }
    ]
  ])("is refused with %s", async (_, more, { slug, ...fields }) => {
    await post(
      "/api/products",
      socks({ options: [option({ optionId: uuid(7), externalId: "taken" })] })
    )
    const { id } = await made()
    const { json, status } = await post(`/api/products/${id}/options`, option(more))
    expect(status).toBe(409)
    expect(json).toMatchObject({ type: `urn:holdfast:problem:${slug}`, ...fields })
  })

  it("is refused when it maps a SKU twice, or one that the inventory does not know", async () => {
    const { id, options } = await made()
    const path = `/api/products/${id}/options/${options[0].id}/sku-mappings`
    const twice = { skuId: "known-1", quantity: 1 }
    const refused = await put(path, { skuMappings: [twice, twice] })
    expect([refused.status, refused.json.issues[0].path]).toEqual([400, "skuMappings.1.skuId"])
    const missing = { skuMappings: [{ skuId: "missing-1", quantity: 1 }] }
    const unknown = await put(path, missing)
    expect(unknown.status).toBe(404)
    expect(unknown.json).toMatchObject({
      ...{ type: "urn:holdfast:problem:sku-not-found", skuIds: ["missing-1"] }
    })
    expect((await put(path, { ...missing, allowUnknownSkus: true })).status).toBe(200)
  })

  it("is refused beyond a thousand of a product", async () => {
    const options = Array.from({ length: 1_000 }, (_, n) => ({ name: `Option ${n}` }))
    const { id } = await made({ options })
    const { json, status } = await post(`/api/products/${id}/options`, { name: "One more" })
    expect(status).toBe(409)
    expect(json).toMatchObject({
      ...{ type: "urn:holdfast:problem:product-too-large", what: "options", max: 1_000 }
    })
    const many = Array.from({ length: 10_000 }, (_, n) => ({ name: `${n}` }))
    const whole = await post("/api/products", socks({ options: many }))
    expect([whole.status, whole.json.issues[0].path]).toEqual([400, "options"])
  })

  it("stays where the product on sale would have nothing left to sell", async () => {
    const { id, options } = await made({ status: "ACTIVE" })
    const refused = await remove(`/api/products/${id}/options/${options[0].id}`)
    expect([refused.status, refused.json.type]).toEqual([
      409,
      "urn:holdfast:problem:nothing-on-offer"
    ])
  })
})
