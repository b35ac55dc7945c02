// What is denied leaves a record: at the door, in the engine, and of who shows nothing.
import type { Principal } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { askerHeader, openWorld, type World } from "./world.ts"

let world: World

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const denied = async (context: 0 | 1) => {
  const audit = world.audits[context]
  if (audit === undefined) throw new Error("there are two contexts")
  const records = await Effect.runPromise(audit.list({ limit: 200 }))
  return records.filter(({ outcome }) => outcome === "DENIED").reverse()
}

const ask = async (
  method: string,
  path: string,
  who: Principal | undefined,
  body?: object,
  more: Readonly<Record<string, string>> = {}
) => {
  const headers = {
    "content-type": "application/json",
    ...(who && { [askerHeader]: JSON.stringify(who) }),
    ...more
  }
  const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await world.fetch(new Request(`http://shop.test${path}`, sent))
  await response.body?.cancel()
  return response.status
}

const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }
const bound: Principal = { id: "boss", kind: "USER", roles: ["MANAGER"], locationIds: [] }

describe("S9 a denied attempt", () => {
  it("leaves a record with who, what and why, wherever it was denied", async () => {
    const note = { "x-correlation-id": "visit-1" }
    expect(await ask("POST", "/api/inventory/mug/receive", ann, { quantity: 1 }, note)).toBe(403)
    expect(await ask("GET", "/api/audit", ann)).toBe(403)
    expect(await ask("POST", "/api/inventory/mug/receive", undefined, { quantity: 1 })).toBe(401)
    // The engine denies this one, which names a place that the manager is not bound to.
    await Effect.runPromise(
      world.inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
    )
    expect(await ask("POST", "/api/inventory/mug/receive", bound, { quantity: 1 })).toBe(403)
    expect(await denied(0)).toMatchObject([
      {
        principal: { kind: "USER", id: "ann" },
        operation: "ReceiveStock",
        targets: ["SKU:mug"],
        correlationId: "visit-1",
        reason: "who asks may not do this",
        dropped: 0,
        commandId: null,
        eventPositions: []
      },
      { principal: { kind: "USER", id: "ann" }, operation: "AuditRecords", targets: [] },
      {
        principal: { kind: "ANONYMOUS" },
        operation: "ReceiveStock",
        reason: "nobody asks"
      },
      { principal: { kind: "USER", id: "boss" }, operation: "ReceiveStock", targets: ["SKU:mug"] }
    ])
    expect(await ask("DELETE", "/api/products/p-1", ann)).toBe(403)
    expect(await denied(1)).toMatchObject([
      { operation: "DeleteProduct", targets: ["PRODUCT:p-1"], principal: { id: "ann" } }
    ])
  })

  it("leaves a record that can be searched, whatever its address held", async () => {
    const address = `/api/skus/nul-%00-and-${"a".repeat(246)}${encodeURIComponent("😀")}`
    expect(await ask("GET", address, undefined)).toBe(401)
    const [target = ""] = (await denied(0)).at(-1)?.targets ?? []
    expect(target).toContain("nul-")
    expect(target).not.toContain("\u0000")
    expect(target.isWellFormed()).toBe(true)
  })

  it("is recorded 60 times a minute for each principal, and no oftener", async () => {
    const eve: Principal = { id: "eve", kind: "USER", roles: ["USER"] }
    for (let n = 0; n < 70; n++) expect(await ask("GET", "/api/skus", eve)).toBe(403)
    const ofEve = (await denied(0)).filter(({ principal }) => principal.id === "eve")
    expect(ofEve).toHaveLength(60)
    expect(await ask("GET", "/api/skus", ann)).toBe(403)
    expect((await denied(0)).at(-1)).toMatchObject({ principal: { id: "ann" } })
  })
})
