/** Attributes over HTTP: made, changed, refused, and lists that are narrowed and counted by them. */
import { beforeAll, describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { socks } from "./shop.ts"

const { call, get, post, remove } = serverForTests()

const made = async (code: string, more: object) => {
  const { json, status } = await post("/api/product-attributes", { code, name: code, ...more })
  expect(status).toBe(201)
  return json
}

interface Named {
  readonly name: string
}

const namesIn = ({ json }: { readonly json: { readonly items: ReadonlyArray<Named> } }) =>
  json.items.map(({ name }) => name)

let categoryId = ""
let colorId = ""

beforeAll(async () => {
  const choices = ["red", "blue", "off, white"].map((value) => ({ value }))
  colorId = (await made("color", { kind: "CHOICE", choices })).id
  await made("weight", { kind: "NUMBER", unit: "g" })
  await made("washable", { kind: "BOOLEAN" })
  categoryId = (await post("/api/categories", { name: "Socks" })).json.id
  const rows = [
    ["Argyle", { color: ["red", "blue"], weight: 40, washable: true }],
    ["Bare", { weight: 60.5 }],
    ["Crew", { color: ["off, white"], washable: false }]
  ] as const
  for (const [name, attributes] of rows) {
    const product = socks({ name, attributes, categoryIds: [categoryId] })
    expect((await post("/api/products", product)).status).toBe(201)
  }
})

describe("attributes", () => {
  it("are made, read, changed against the version that was read, and deleted", async () => {
    const { id } = await made("fabric", {
      kind: "TEXT",
      translations: { ko: { name: "원단" } }
    })
    const read = await get(`/api/product-attributes/${id}?locale=ko`)
    expect(read.json).toMatchObject({ code: "fabric", name: "원단", kind: "TEXT", version: 1 })
    const etag = String(read.headers["etag"])
    const again = { headers: { "if-none-match": etag } }
    const cached = await call("GET", `/api/product-attributes/${id}?locale=ko`, again)
    expect(cached.status).toBe(304)
    const change = (ifMatch: string) =>
      call("PATCH", `/api/product-attributes/${id}`, {
        body: { name: "Fabric" },
        headers: { "if-match": ifMatch }
      })
    const changed = await change(etag)
    expect([changed.status, changed.headers["etag"]]).toEqual([200, '"2"'])
    const stale = await call("DELETE", `/api/product-attributes/${id}`, {
      headers: { "if-match": etag }
    })
    expect(stale.status).toBe(412)
    const listed = await get("/api/product-attributes?codes=weight,fabric")
    expect(listed.json.items.map(({ code }: { code: string }) => code)).toEqual([
      "fabric",
      "weight"
    ])
    expect((await remove(`/api/product-attributes/${id}`)).json).toEqual({
      attributeId: id,
      version: 3
    })
    expect((await get(`/api/product-attributes/${id}`)).status).toBe(404)
  })

  it("refuse what does not fit, and name the field", async () => {
    const bad = await post("/api/product-attributes", { code: "Bad", name: "x", kind: "CHOICE" })
    expect([bad.status, bad.json.issues[0].path]).toEqual([400, "code"])
    const empty = await post("/api/product-attributes", { code: "bad", name: "x", kind: "CHOICE" })
    expect([empty.status, empty.json.issues[0].path]).toEqual([400, "choices"])
    for (const [attributes, status, slug] of [
      [{ nobody: 1 }, 404, "attribute-not-found"],
      [{ color: ["pink"] }, 409, "attribute-mismatch"],
      [{ weight: "40" }, 409, "attribute-mismatch"],
      [{ color: [] }, 400, "invalid-input"],
      [{ weight: { of: 1 } }, 400, "invalid-input"]
    ] as const) {
      const refused = await post("/api/products", socks({ attributes }))
      expect([refused.status, refused.json.type]).toEqual([status, `urn:holdfast:problem:${slug}`])
    }
    const inUse = await remove(`/api/product-attributes/${colorId}`)
    expect(inUse.json).toMatchObject({ type: "urn:holdfast:problem:attribute-in-use", values: 3 })
  })
})

describe("a list of products", () => {
  it("is narrowed by parameters that name attributes by their codes", async () => {
    const list = (query: string) => get(`/api/products?categoryId=${categoryId}&${query}`)
    expect(namesIn(await list("attributes.color=red"))).toEqual(["Argyle"])
    expect(namesIn(await list("attributes.color=red&attributes.color=off,%20white"))).toEqual([
      "Argyle",
      "Crew"
    ])
    expect(namesIn(await list("attributes.weight.from=40&attributes.weight.to=60"))).toEqual([
      "Argyle"
    ])
    expect(namesIn(await list("attributes.weight.from=50"))).toEqual(["Bare"])
    expect(namesIn(await list("attributes.color=blue&attributes.washable=false"))).toEqual([])
    const ofCategory = await get(
      `/api/categories/${categoryId}/products?attributes.washable=false&facets=washable`
    )
    expect(namesIn(ofCategory)).toEqual(["Crew"])
    expect(ofCategory.json.facets).toMatchObject([{ code: "washable", products: 2 }])
  })

  it("has facets when they are asked for", async () => {
    const query = `categoryId=${categoryId}&facets=color,weight&attributes.color=red`
    const { json } = await get(`/api/products?${query}`)
    expect(json.facets).toEqual([
      {
        code: "color",
        name: "color",
        kind: "CHOICE",
        unit: null,
        products: 2,
        counts: [
          { value: "red", name: "red", products: 1 },
          { value: "blue", name: "blue", products: 1 },
          { value: "off, white", name: "off, white", products: 1 }
        ],
        least: null,
        greatest: null,
        isWhole: true
      },
      {
        code: "weight",
        name: "weight",
        kind: "NUMBER",
        unit: "g",
        products: 1,
        counts: [],
        least: 40,
        greatest: 40,
        isWhole: true
      }
    ])
    expect((await get("/api/products")).json.facets).toBe(null)
  })

  it("names the parameter that is wrong", async () => {
    for (const [query, path] of [
      ["attributes.weight.from=heavy", "attributes.weight.from"],
      ["attributes.weight.from=1&attributes.weight.from=2", "attributes.weight.from"],
      ["attributes.weight=heavy", "attributes.weight"],
      ["attributes.weight=1&attributes.weight.to=2", "attributes.weight"],
      ["attributes.color.from=1", "attributes.color"],
      ["attributes.Color=red", "attributes.Color"],
      ["attributes.=red", "attributes."],
      ["attributes.color.by=red", "attributes.color.by"],
      ["attributes.__proto__=red", "attributes.__proto__"],
      ["attributes=red", "attributes"],
      ["facets=COLOR", "facets.0"],
      ["page=-1", "page"]
    ] as const) {
      const { json, status } = await get(`/api/products?${query}`)
      expect([query, status, json.issues?.map((it: { path: string }) => it.path)]).toEqual([
        ...[query, 400, [path]]
      ])
    }
    for (const query of ["attributes.nobody=1", "attributes.constructor=1", "facets=nobody"]) {
      expect([query, (await get(`/api/products?${query}`)).json.type]).toEqual([
        query,
        "urn:holdfast:problem:attribute-not-found"
      ])
    }
  })
  it("lists the known parameters, and the form of the others, beside one that is unknown", async () => {
    const { json, status } = await get("/api/products?colour=red")
    expect([status, json.issues]).toEqual([
      400,
      [
        {
          path: "colour",
          message: expect.stringMatching(
            /^is not a field \(there are categoryId, .*, attributes\.…\)$/
          )
        }
      ]
    ])
  })

  it("are refused for products of another type, by a problem with a type of its own", async () => {
    await made("sleeve", { kind: "TEXT", productType: "BUNDLE" })
    const { json, status } = await post("/api/products", socks({ attributes: { sleeve: "long" } }))
    expect([status, json]).toEqual([
      409,
      expect.objectContaining({
        type: "urn:holdfast:problem:attribute-not-for-type",
        code: "sleeve",
        productType: "NORMAL"
      })
    ])
  })

  it("says which of two lists of ids is missing or too many", async () => {
    const skuIds = ["known-7"]
    const optionIds = ["00000000-0000-4000-8000-000000000001"]
    for (const [body, path] of [
      [{}, "skuIds"],
      [{ skuIds, optionIds }, "optionIds"]
    ] as const) {
      const { json, status } = await post("/api/products/sku-mappings", body)
      expect([status, json.issues.map((it: { path: string }) => it.path)]).toEqual([400, [path]])
    }
    expect((await post("/api/products/sku-mappings", { optionIds })).status).toBe(200)
  })
})
