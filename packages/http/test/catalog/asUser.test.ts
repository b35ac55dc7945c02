// The catalog as somebody with the role USER reads it: what buyers see now, whatever is asked.
import type { Principal } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { socks, uuid } from "./shop.ts"

const principalOf = (role: string): Principal => ({
  ...{ id: role.toLowerCase(), kind: "USER" },
  roles: [role as "USER"]
})

const { call } = serverForTests({
  authenticate: ({ headers }) => Effect.succeed(principalOf(headers["x-role"] ?? "USER"))
})

const as = (role: string) => ({ headers: { "x-role": role } })
const asManager = async (method: string, path: string, body: object) => {
  const answer = await call(method, path, { ...as("MANAGER"), body })
  expect([path, answer.status < 300]).toEqual([path, true])
}
const read = (path: string, role = "USER") => call("GET", path, as(role))

const [shown, drafted, ended, early, late] = [uuid(1), uuid(2), uuid(3), uuid(4), uuid(5)]
const hidden = [drafted, ended, early, late]
const everything = [shown, ...hidden]
const [open, closed] = [uuid(11), uuid(12)]
const past = "2020-01-01T00:00:00.000Z"
const future = "2099-01-01T00:00:00.000Z"

const idsOf = ({ json }: { readonly json: { readonly items: ReadonlyArray<{ id: string }> } }) =>
  json.items.map(({ id }) => id).sort()

beforeAll(async () => {
  await asManager("POST", "/api/categories", { categoryId: open, name: "Open" })
  await asManager("POST", "/api/categories", { categoryId: closed, name: "Closed" })
  const make = (productId: string, more: object) =>
    asManager("POST", "/api/products", {
      ...socks({ productId, slug: `slug-${productId}`, name: `Socks ${productId}` }),
      ...{ status: "ACTIVE", categoryIds: [open, closed] },
      ...more
    })
  await make(shown, {})
  await make(drafted, { status: "DRAFT" })
  await make(ended, {})
  await asManager("POST", `/api/products/${ended}/discontinue`, {})
  await make(early, { publishAt: future })
  await make(late, { publishAt: past, unpublishAt: "2020-02-01T00:00:00.000Z" })
  await asManager("PATCH", `/api/categories/${closed}`, { isActive: false })
})

describe("S9 the catalog, as a USER reads it", () => {
  it("lists and searches what is on show, however the list is narrowed or sorted", async () => {
    for (const query of [
      ...["", "?q=socks", "?sort=price", "?status=ACTIVE", "?skuId=known-7", "?available=true"],
      ...["?shown=true", "?shown=false", `?categoryId=${open}`, "?page=0&size=50"]
    ]) {
      const answer = await read(`/api/products${query}`)
      expect([query, answer.status, answer.status === 200 && idsOf(answer)]).toEqual([
        ...[query, 200],
        [shown]
      ])
      expect([query, idsOf(await read(`/api/products${query}`, "MANAGER")).length]).not.toEqual([
        query,
        0
      ])
    }
    for (const status of ["DRAFT", "DISCONTINUED", "INACTIVE"]) {
      expect(idsOf(await read(`/api/products?status=${status}`))).toEqual([])
    }
    expect(idsOf(await read("/api/products", "MANAGER"))).toEqual(everything)
  })

  it("has no other product by its id, by its slug or among many", async () => {
    expect((await read(`/api/products/${shown}`)).status).toBe(200)
    for (const productId of hidden) {
      expect((await read(`/api/products/${productId}`)).status).toBe(404)
      expect((await read(`/api/products/by-slug/slug-${productId}`)).status).toBe(404)
      expect((await read(`/api/products/${productId}`, "MANAGER")).status).toBe(200)
    }
    const many = await call("POST", "/api/products/batch-get", {
      ...as("USER"),
      body: { productIds: everything }
    })
    expect(many.json.items.map((it: { product: { id: string } }) => it.product.id)).toEqual([shown])
    expect(many.json.unknownProductIds.sort()).toEqual(hidden)
  })

  it("has no category that is not active, nor anything in it", async () => {
    expect((await read(`/api/categories/${open}`)).status).toBe(200)
    expect(idsOf(await read(`/api/categories/${open}/products`))).toEqual([shown])
    for (const path of [
      `/api/categories/${closed}`,
      `/api/categories/${closed}/products`,
      `/api/products?categoryId=${closed}`
    ]) {
      expect([path, (await read(path)).status]).toEqual([path, 404])
      expect([path, (await read(path, "MANAGER")).status]).toEqual([path, 200])
    }
    for (const query of ["", "?includeInactive=true"]) {
      const tree = await read(`/api/categories/tree${query}`)
      expect(JSON.stringify(tree.json)).toContain(open)
      expect(JSON.stringify(tree.json)).not.toContain(closed)
    }
  })

  it("is not written, and no file of it is brought or asked after", async () => {
    for (const [method, path] of [
      ["POST", "/api/products"],
      ["PATCH", `/api/products/${shown}`],
      ["DELETE", `/api/products/${shown}`],
      ["GET", "/api/products/sku-mappings?skuIds=known-7"],
      ["GET", "/api/events?context=catalog"]
    ] as const) {
      expect([path, (await call(method, path, as("USER"))).status]).toEqual([path, 403])
    }
  })
})
