// What is kept about customers over HTTP: for whom, what is answered, and what leaves a record.
import type { Principal } from "@holdfast/core/access"
import { Inventory, MemoryInventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { webHandler } from "../../src/index.ts"
import { askerHeader } from "./askers.ts"
import { openWorld, type World } from "./world.ts"

let world: World

beforeAll(async () => {
  world = await openWorld()
  const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 50 }
  await Effect.runPromise(world.inventory.registerSku(sku))
})
afterAll(() => world.close())

const root: Principal = { id: "root", kind: "USER", roles: ["ADMIN"] }
const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }
const eve: Principal = { id: "eve", kind: "USER", roles: ["USER"] }
const desk: Principal = { id: "desk", kind: "SERVICE", roles: [], scopes: ["customers:read"] }

const ask = async (method: string, path: string, who: Principal, body?: object) => {
  const headers = {
    "content-type": "application/json",
    "user-agent": "desk 4",
    [askerHeader]: JSON.stringify(who)
  }
  const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await world.fetch(new Request(`http://shop.test${path}`, sent))
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: JSON.parse(text) }
}

const at = (orderId: string) => `/api/inventory/orders/${orderId}/customer`

const line = { skuId: "mug", quantity: 1 }
const customer = { name: "Ann", notes: [null, 1.5, { vip: true }] }

describe("CU16 what is kept about customers, over HTTP", () => {
  it("is kept by every request that reserves", async () => {
    const order = (id: string) => `/api/inventory/orders/${id}`
    const body = { lines: [line], customer }
    const one = { ...line, orderId: "o-1", customer }
    expect((await ask("POST", "/api/inventory/reservations", ann, one)).status).toBe(201)
    expect((await ask("POST", `${order("o-2")}/reservations`, ann, body)).status).toBe(201)
    expect((await ask("PUT", `${order("o-3")}/reservations`, ann, body)).status).toBe(200)
    expect((await ask("PUT", order("o-4"), ann, body)).status).toBe(200)
    for (const orderId of ["o-1", "o-2", "o-3", "o-4"]) {
      const { headers, json, status } = await ask("GET", at(orderId), root)
      expect([status, headers.get("cache-control")]).toEqual([200, "no-store"])
      expect(json).toEqual({ orderId, customer, changedAt: expect.stringMatching(/Z$/) })
    }
  })

  it("is for administrators and scopes, and says nothing to anybody else", async () => {
    expect((await ask("GET", at("o-1"), desk)).json).toMatchObject({ customer })
    expect((await ask("DELETE", at("o-1"), desk)).json.needs).toEqual(["ADMIN", "customers:write"])
    const answers = []
    for (const who of [ann, eve]) {
      for (const orderId of ["o-1", "none"]) answers.push(await ask("GET", at(orderId), who))
    }
    const told = answers.map(({ json: { instance: _, ...json } }) => JSON.stringify(json))
    expect(new Set(told).size).toBe(1)
    expect(answers[0]?.json).toMatchObject({ status: 403, operation: "customer" })
    // Whose order it is not, the order is not there, and its customer stays.
    const mine = { lines: [line], customer: { name: "Eve" } }
    const path = "/api/inventory/orders/o-2/reservations"
    expect((await ask("POST", path, eve, mine)).json.type).toBe(
      "urn:holdfast:problem:order-not-found"
    )
    expect((await ask("GET", at("o-2"), root)).json).toMatchObject({ customer })
  })

  it("is erased, again too, and each read and erase is recorded", async () => {
    const erased = await ask("DELETE", at("o-3"), root)
    expect([erased.status, erased.json]).toEqual([200, { orderId: "o-3", isErased: true }])
    expect((await ask("DELETE", at("o-3"), root)).json.isErased).toBe(false)
    expect(await ask("GET", at("o-3"), root)).toMatchObject({
      status: 404,
      json: { type: "urn:holdfast:problem:customer-not-found", orderId: "o-3" }
    })
    await ask("GET", at("o-3"), eve)
    const { json } = await ask("GET", "/api/audit?target=ORDER:o-3", root)
    const seen = json.items.map((record: Readonly<Record<string, unknown>>) => [
      ...[record["operation"], record["outcome"], Object(record["principal"]).id]
    ])
    expect(seen).toEqual([
      ["ReadCustomer", "DENIED", "eve"],
      ["ReadCustomer", "DONE", "root"],
      ["EraseCustomer", "DONE", "root"],
      ["EraseCustomer", "DONE", "root"],
      ["ReadCustomer", "DONE", "root"],
      ["ReserveStock", "DONE", "ann"]
    ])
  })

  it("names a bad customer, and repeats nothing of it", async () => {
    const cases: ReadonlyArray<readonly [unknown, string]> = [
      ["canary", "must be an object"],
      [["canary"], "must be an object"],
      [{ canary: "x".repeat(4_096) }, "must be at most 4,096 bytes as JSON"]
    ]
    for (const [bad, message] of cases) {
      const one = { ...line, orderId: "o-9", customer: bad }
      const { json } = await ask("POST", "/api/inventory/reservations", ann, one)
      expect(json).toMatchObject({ status: 400, issues: [{ path: "customer", message }] })
      expect(JSON.stringify(json)).not.toContain("canary")
    }
  })

  it("is reached from the machine of the server alone where nobody vouches for who asks", async () => {
    const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
    const { dispose, handler } = webHandler(engine)
    for (const method of ["GET", "DELETE"]) {
      const response = await handler(new Request(`http://shop.test${at("o-1")}`, { method }))
      expect(await response.json()).toMatchObject({
        type: "urn:holdfast:problem:customers-not-here",
        status: 403,
        detail: expect.stringContaining("loopback")
      })
    }
    await dispose()
  })
})
