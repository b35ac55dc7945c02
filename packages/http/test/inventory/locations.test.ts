import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, get, post } = serverForTests()

describe("locations over HTTP", () => {
  it("makes, lists, reads and changes locations", async () => {
    const made = await post("/api/locations", { locationId: "shop", name: "Shop", priority: 10 })
    expect(made.status).toBe(201)
    expect(made.json).toEqual({
      id: "shop",
      name: "Shop",
      priority: 10,
      isDefault: false,
      sellable: true,
      active: true,
      version: 1
    })
    expect((await get("/api/locations/shop")).json).toEqual(made.json)
    const listed = await get("/api/locations")
    expect(listed.json.items.map((one: { id: string }) => one.id)).toEqual(["shop", "default"])
    const changed = await call("PATCH", "/api/locations/shop", { body: { isDefault: true } })
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({ isDefault: true, name: "Shop", version: 2 })
    expect((await get("/api/locations/default")).json.isDefault).toBe(false)
  })

  it("refuses an id that is in use, and a location that nobody made", async () => {
    const taken = await post("/api/locations", { locationId: "default", name: "x" })
    expect([taken.status, taken.json.kind]).toEqual([409, "location"])
    expect((await get("/api/locations/ghost")).status).toBe(404)
    const ghost = await call("PATCH", "/api/locations/ghost", { body: { name: "x" } })
    expect([ghost.status, ghost.json.locationIds]).toEqual([404, ["ghost"]])
  })

  it("keeps one active, sellable location as the default", async () => {
    const [current] = (await get("/api/locations")).json.items.filter(
      (one: { isDefault: boolean }) => one.isDefault
    )
    const answer = await call("PATCH", `/api/locations/${current.id}`, { body: { active: false } })
    expect([answer.status, answer.json.type]).toEqual([
      409,
      "urn:holdfast:problem:default-location-required"
    ])
  })
})
