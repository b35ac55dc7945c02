/** Guests over gRPC: with the token of a cart they reserve for themselves, and see nobody else's. */
import { newCartToken } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import { afterEach, expect, it } from "vitest"
import { type GrpcWorld, openGrpcWorld } from "./world.ts"

let world: GrpcWorld | undefined
afterEach(() => world?.close())

const anonymous = { id: "anonymous", kind: "ANONYMOUS", roles: [] } as const

interface Rate {
  readonly count: number
  readonly windowMillis: number
}

const open = async (carts?: Rate, writes?: Rate) => {
  world = await openGrpcWorld({
    authenticate: () => Effect.succeed(anonymous as never),
    ...(carts === undefined ? {} : { guests: { carts } }),
    ...(writes === undefined ? {} : { limits: { principal: { writes } } })
  })
  const mug = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 9 }
  await Effect.runPromise(world.inventory.registerSku(mug as never))
  return world.client
}

const cart = () => ({ "holdfast-cart": newCartToken() })
const line = (orderId: string) => ({ orderId, lines: [{ skuId: "mug", quantity: 1 }] })

it("a guest reserves, reads and releases an order of theirs, and of nobody else", async () => {
  const client = await open({ count: 10, windowMillis: 60_000 })
  const [mine, others] = [cart(), cart()]
  const held = await client.call("inventory", "reserve", line("o-1"), mine)
  expect(held).toMatchObject({
    code: 0,
    answer: [{ orderId: "o-1", ownerId: expect.stringMatching(/^cart:/) }]
  })
  const read = (headers: Record<string, string>) =>
    client.call("inventory", "reservationsOfOrder", { orderId: "o-1" }, headers)
  expect((await read(mine)).code).toBe(0)
  expect(await read(others)).toMatchObject({ code: 5, reason: "ORDER_NOT_FOUND" })
  expect((await read({})).code).toBe(16)
  expect((await client.call("inventory", "releaseOrder", { orderId: "o-1" }, mine)).code).toBe(0)
})

it("what is no token of a cart vouches for nobody, and nothing of it is answered", async () => {
  const client = await open({ count: 10, windowMillis: 60_000 })
  const bad = { "holdfast-cart": "hfc_guess" }
  const ended = await client.call("inventory", "reserve", line("o-2"), bad)
  expect(ended).toMatchObject({ code: 16, reason: "UNAUTHENTICATED" })
  expect(JSON.stringify(ended)).not.toContain("hfc_guess")
})

it("an address brings so many new carts and no more; those it has go on", async () => {
  const client = await open({ count: 2, windowMillis: 60_000 })
  const [first, second, third] = [cart(), cart(), cart()]
  expect((await client.call("inventory", "reserve", line("a"), first)).code).toBe(0)
  expect((await client.call("inventory", "reserve", line("b"), second)).code).toBe(0)
  expect(await client.call("inventory", "reserve", line("c"), third)).toMatchObject({
    code: 8,
    info: { limit: "address-carts" }
  })
  expect((await client.call("inventory", "reserve", line("d"), first)).code).toBe(0)
})

it("each cart has the limits of a principal of its own, also at one address", async () => {
  const client = await open({ count: 10, windowMillis: 60_000 }, { count: 1, windowMillis: 60_000 })
  const [first, second] = [cart(), cart()]
  expect((await client.call("inventory", "reserve", line("f"), first)).code).toBe(0)
  expect((await client.call("inventory", "reserve", line("g"), second)).code).toBe(0)
  expect(await client.call("inventory", "reserve", line("h"), first)).toMatchObject({
    code: 8,
    info: { limit: "principal-writes" }
  })
})

it("there are no guests unless a host lets them in", async () => {
  const client = await open()
  expect((await client.call("inventory", "reserve", line("e"), cart())).code).toBe(16)
})
