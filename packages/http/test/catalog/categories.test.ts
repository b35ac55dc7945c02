/** Categories over HTTP: the tree, and what is refused of it. */
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { socks, uuid } from "./shop.ts"

const { get, patch, post, remove } = serverForTests()

const made = async (name: string, parentId: string | null = null, more: object = {}) => {
  const { json, status } = await post("/api/categories", { name, parentId, ...more })
  expect(status).toBe(201)
  return json
}

interface Branch {
  readonly name: string
  readonly level: number
  readonly children: ReadonlyArray<Branch>
}

const drawn = ({ children, level, name }: Branch): string =>
  `${level}${name}${children.length > 0 ? `(${children.map(drawn).join(" ")})` : ""}`

describe("categories", () => {
  it("are a tree: siblings by sort order, then by name; levels follow a move", async () => {
    const root = await made("Root")
    const b = await made("b", root.id)
    await made("a", root.id)
    await made("last", root.id, { sortOrder: 5 })
    const deep = await made("deep", b.id)
    await made("hidden", root.id, { isActive: false })
    const tree = async (query = "") => {
      const { json } = await get(`/api/categories/tree${query}`)
      return drawn(json.categories.find((it: { id: string }) => it.id === root.id))
    }
    expect(await tree()).toBe("0Root(1a 1b(2deep) 1last)")
    expect(await tree("?includeInactive=true")).toBe("0Root(1a 1b(2deep) 1hidden 1last)")
    const moved = await post(`/api/categories/${deep.id}/move`, { parentId: root.id })
    expect([moved.status, moved.json.level]).toEqual([200, 1])
    expect(await tree()).toBe("0Root(1a 1b 1deep 1last)")
    const cycle = await post(`/api/categories/${root.id}/move`, { parentId: b.id })
    expect(cycle.status).toBe(409)
    expect(cycle.json).toMatchObject({
      ...{ type: "urn:holdfast:problem:category-cycle", categoryId: root.id, parentId: b.id }
    })
  })

  it("are read and changed, and a name is unique among siblings", async () => {
    const { id } = await made("Hats", null, { translations: { ko: { name: "모자" } } })
    expect((await get(`/api/categories/${id}?locale=ko-KR`)).json.name).toBe("모자")
    const changed = await patch(`/api/categories/${id}`, { sortOrder: 3, externalId: "hats" })
    expect(changed.json).toMatchObject({ name: "Hats", sortOrder: 3, version: 2 })
    expect(changed.headers["etag"]).toBe('"2"')
    for (const [body, slug] of [
      [{ name: "Hats" }, "category-name-taken"],
      [{ name: "Caps", externalId: "hats" }, "external-id-taken"],
      [{ name: "Caps", categoryId: id }, "id-taken"]
    ] as const) {
      const refused = await post("/api/categories", body)
      expect([slug, refused.status, refused.json.type]).toEqual([
        ...[slug, 409, `urn:holdfast:problem:${slug}`]
      ])
    }
    const orphan = await post("/api/categories", { name: "Caps", parentId: uuid(5) })
    expect([orphan.status, orphan.json.fields]).toEqual([404, ["parentId"]])
  })

  it("are at most twenty deep", async () => {
    let parentId: string | null = null
    for (let level = 0; level < 20; level++) parentId = (await made(`l${level}`, parentId)).id
    const { json, status } = await post("/api/categories", { name: "too deep", parentId })
    expect(status).toBe(409)
    expect(json).toMatchObject({ type: "urn:holdfast:problem:category-too-deep", depth: 21 })
  })

  it("have the products of what is below them, unless asked for their own", async () => {
    const top = await made("Top")
    const below = await made("Below", top.id)
    await post("/api/products", socks({ name: "own", categoryIds: [top.id] }))
    await post("/api/products", socks({ name: "lower", categoryIds: [below.id] }))
    const named = async (query = "") =>
      (await get(`/api/categories/${top.id}/products${query}`)).json.items.map(
        (it: { name: string }) => it.name
      )
    expect(await named()).toEqual(["lower", "own"])
    expect(await named("?direct=true")).toEqual(["own"])
    expect((await get(`/api/categories/${uuid(6)}/products`)).status).toBe(404)
    const refused = await remove(`/api/categories/${top.id}`)
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      ...{ type: "urn:holdfast:problem:category-not-empty", children: 1, products: 1 }
    })
  })

  it("are deleted when they are empty", async () => {
    const { id } = await made("Empty")
    const gone = await remove(`/api/categories/${id}`)
    expect([gone.status, gone.json]).toEqual([200, { categoryId: id, version: 2 }])
    expect((await get(`/api/categories/${id}`)).status).toBe(404)
  })
})
