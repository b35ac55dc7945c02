/** Products over HTTP: made whole, read whole, and changed under a condition. */
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { get, post } = serverForTests()

describe("a product", () => {
  it("is made from the four fields of the user, and read back", async () => {
    const made = await post("/api/products", { name: "Socks", type: "NORMAL" })
    expect([made.status, made.json.status, made.headers["etag"]]).toEqual([201, "DRAFT", '"1"'])
    const read = await get(`/api/products/${made.json.id}`)
    expect(read.status).toBe(200)
    expect(read.headers["etag"]).toMatch(/^"1\.[0-9a-f]{16}"$/)
    expect(read.json).toMatchObject({
      product: { id: made.json.id, name: "Socks", categories: [] },
      options: [],
      stockStatus: []
    })
  })
})
