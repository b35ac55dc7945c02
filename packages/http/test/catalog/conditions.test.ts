/** ETags, conditions and idempotency keys of the catalog. */
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { option, socks } from "./shop.ts"

const { call, get, patch, post, put, remove } = serverForTests()

const made = async () => (await post("/api/products", socks())).json

describe("an ETag", () => {
  it("guards a change: of two editors, the second is refused with the revision", async () => {
    const { id } = await made()
    const etag = String((await get(`/api/products/${id}`)).headers["etag"])
    const first = await patch(`/api/products/${id}`, { name: "Mine" }, { "if-match": etag })
    expect([first.status, first.headers["etag"]]).toEqual([200, '"2"'])
    const second = await patch(`/api/products/${id}`, { name: "Yours" }, { "if-match": etag })
    expect(second.status).toBe(412)
    expect(second.json).toMatchObject({
      type: "urn:holdfast:problem:stale-expectation",
      ...{ expected: 1, actual: 2 }
    })
    // Without a condition the last writer wins.
    expect((await patch(`/api/products/${id}`, { name: "Ours" })).json.revision).toBe(3)
  })

  it.each(['"3"', 'W/"3"', '"3.abc"', "*"])("is read as %s", async (tag) => {
    const { id } = await made()
    await patch(`/api/products/${id}`, { name: "Second" })
    await patch(`/api/products/${id}`, { name: "Third" })
    const answer = await patch(`/api/products/${id}`, { name: "Fourth" }, { "if-match": tag })
    expect([answer.status, answer.headers["etag"]]).toEqual([200, '"4"'])
  })

  it.each(["3", '"0"', '"x"', '"1", "2"', '"99999999999999999"', ""])(
    "is refused as %s",
    async (tag) => {
      const { id } = await made()
      const { json, status } = await remove(`/api/products/${id}`, { "if-match": tag })
      expect([status, json.issues]).toEqual([
        400,
        [{ path: "if-match", message: expect.any(String) }]
      ])
    }
  )

  it("guards every change of a product, an option and a category", async () => {
    const { id, options } = await made()
    const category = (await post("/api/categories", { name: "Guarded" })).json.id
    const stale = { "if-match": '"9"' }
    const product = `/api/products/${id}`
    const ofOption = `${product}/options/${options[0].id}`
    const requests: ReadonlyArray<readonly [string, string, unknown?]> = [
      ["PATCH", product, { name: "x" }],
      ["DELETE", product],
      ["POST", `${product}/activate`],
      ["POST", `${product}/deactivate`],
      ["POST", `${product}/discontinue`],
      ["PUT", `${product}/images`, { images: [] }],
      ["PUT", `${product}/categories`, { categoryIds: [] }],
      ["POST", `${product}/options`, option()],
      ["PATCH", ofOption, { name: "x" }],
      ["DELETE", ofOption],
      ["PUT", `${ofOption}/sku-mappings`, { skuMappings: [] }],
      ["PATCH", `/api/categories/${category}`, { name: "x" }],
      ["POST", `/api/categories/${category}/move`, { parentId: null }],
      ["DELETE", `/api/categories/${category}`]
    ]
    for (const [method, path, body] of requests) {
      const { json, status } = await call(method, path, { body, headers: stale })
      expect([method, path, status, json.expected]).toEqual([method, path, 412, 9])
    }
  })

  it("spares a reader what he has: an empty 304", async () => {
    const { id } = await made()
    const path = `/api/products/${id}`
    const first = await get(path)
    const etag = String(first.headers["etag"])
    expect((await get(path)).headers["etag"]).toBe(etag)
    for (const tags of [etag, `W/${etag}`, `"1.0", ${etag}`, "*"]) {
      const again = await call("GET", path, { headers: { "if-none-match": tags } })
      expect([again.status, again.text, again.headers["etag"]]).toEqual([304, "", etag])
    }
    await patch(path, { name: "Changed" })
    const changed = await call("GET", path, { headers: { "if-none-match": etag } })
    expect([changed.status, changed.json.product.name]).toEqual([200, "Changed"])
    const other = await call("GET", `${path}?locale=ko`, { headers: { "if-none-match": '"2"' } })
    expect(other.status).toBe(200)
  })
})

describe("an idempotency key of the catalog", () => {
  it("makes a product once, and answers the repeat with the first answer", async () => {
    const key = { "idempotency-key": "make-socks" }
    const first = await post("/api/products", socks(), key)
    const repeat = await post("/api/products", socks(), key)
    expect([repeat.status, repeat.headers["idempotent-replayed"]]).toEqual([201, "true"])
    expect([repeat.text, repeat.headers["etag"]]).toEqual([first.text, '"1"'])
    const other = await post("/api/products", socks({ name: "Hat" }), key)
    expect([other.status, other.json.type]).toEqual([
      422,
      "urn:holdfast:problem:idempotency-mismatch"
    ])
  })

  it("is of the catalog alone: the inventory has keys of its own", async () => {
    const key = { "idempotency-key": "both" }
    expect((await post("/api/products", socks(), key)).status).toBe(201)
    const sku = await post("/api/skus", { code: "both-1", name: "Both" }, key)
    expect([sku.status, sku.headers["idempotent-replayed"]]).toEqual([201, undefined])
  })

  it("goes with a change under a condition", async () => {
    const { id } = await made()
    const headers = { "idempotency-key": "rename", "if-match": '"1"' }
    const first = await put(`/api/products/${id}/images`, { images: [{ url: "/a.png" }] }, headers)
    const repeat = await put(`/api/products/${id}/images`, { images: [{ url: "/a.png" }] }, headers)
    expect([first.status, repeat.status, repeat.text]).toEqual([200, 200, first.text])
  })
})
