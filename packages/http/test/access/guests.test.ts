// Visitors with a cart over HTTP: how they get one, what it lets them do, and how it becomes a person's.
import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import { beforeAll, describe, expect, it } from "vitest"
import type { Authenticator } from "../../src/index.ts"
import { serverForTests } from "../server.ts"

/** Believes a header about who asks. */
const authenticate: Authenticator = ({ headers }) =>
  Effect.succeed(
    headers["x-asker"] === undefined
      ? anonymousPrincipal
      : (JSON.parse(headers["x-asker"]) as Principal)
  )

const boss = { "x-asker": JSON.stringify({ id: "boss", kind: "USER", roles: ["MANAGER"] }) }
const ann = { "x-asker": JSON.stringify({ id: "ann", kind: "USER", roles: ["USER"] }) }
const bob = { "x-asker": JSON.stringify({ id: "bob", kind: "USER", roles: ["USER"] }) }

const held = "/api/inventory/reservations"

describe("S9 a guest", () => {
  const carts = { count: 20, windowMillis: 60_000 }
  const { call } = serverForTests({ authenticate, guests: true, limits: { carts } })
  const sent = (method: string, path: string, headers: object, body?: object) =>
    call(method, path, { headers: headers as never, ...(body && { body }) })
  const newCart = async (): Promise<string> => (await sent("POST", "/api/carts", {})).json.cartToken
  let orders = 0
  const freshOrder = () => `guest-order-${++orders}`
  const hold = (cart: string, orderId: string, more: object = {}) =>
    sent("POST", held, { "holdfast-cart": cart, ...more }, { skuId: "mug", quantity: 1, orderId })

  beforeAll(async () => {
    const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 100 }
    expect((await sent("POST", "/api/skus", boss, sku)).status).toBe(201)
  })

  it("is given a token that is shown once, kept by nobody on the way, and never the same", async () => {
    const made = await sent("POST", "/api/carts", {})
    expect(made).toMatchObject({
      status: 201,
      headers: { "cache-control": "no-store" },
      json: { cartToken: expect.stringMatching(/^hfc_[\w-]{22}$/) }
    })
    expect(await newCart()).not.toBe(made.json.cartToken)
    const keyed = await sent("POST", "/api/carts", { "idempotency-key": "one" })
    expect(keyed).toMatchObject({ status: 400, json: { issues: [{ path: "idempotency-key" }] } })
  })

  it("holds, resizes, extends, reads and releases for their own orders, under keys of their own", async () => {
    const [cart, other] = [await newCart(), await newCart()]
    const orderId = freshOrder()
    const key = { "idempotency-key": "mine" }
    const first = await hold(cart, orderId, key)
    expect(first.status).toBe(201)
    expect(first.json.ownerId).toMatch(/^cart:[0-9a-f]{64}$/)
    expect(first.text).not.toContain(cart)
    expect((await hold(cart, orderId, key)).headers["idempotent-replayed"]).toBe("true")
    expect((await hold(other, freshOrder(), key)).status).toBe(201)
    const one = `${held}/${first.json.id}`
    const own = { "holdfast-cart": cart }
    expect((await sent("POST", `${one}/resize`, own, { quantity: 2 })).status).toBe(200)
    expect((await sent("POST", `${one}/extend`, own, { ttl: 60 })).status).toBe(200)
    expect((await sent("GET", one, own)).json.quantity).toBe(2)
    for (const headers of [{ "holdfast-cart": other }, ann]) {
      expect((await sent("GET", one, headers)).status).toBe(404)
      expect((await sent("POST", `${one}/release`, headers)).status).toBe(404)
    }
    expect((await sent("POST", `${one}/confirm`, own)).status).toBe(401)
    expect((await sent("GET", "/api/inventory/mug", own)).status).toBe(401)
    expect((await sent("POST", `${one}/release`, own)).status).toBe(200)
  })

  it("gets nothing for a header that is no token, and is who they show to be beside a cart", async () => {
    for (const token of ["", "hfc_short", `hfc_${"a".repeat(23)}`, "Bearer x"]) {
      const answer = await hold(token, freshOrder())
      expect([token, answer.status]).toEqual([token, 401])
      if (token !== "") expect(answer.text).not.toContain(token)
    }
    const cart = await newCart()
    const made = await hold(cart, freshOrder(), ann)
    expect(made.json.ownerId).toBe("ann")
    const nobody = await sent(
      "POST",
      held,
      {},
      { skuId: "mug", quantity: 1, orderId: freshOrder() }
    )
    expect(nobody.status).toBe(401)
  })

  it("gets answers that no cache on the way keeps for others, whatever is answered", async () => {
    const cart = await newCart()
    const orderId = freshOrder()
    const own = { "holdfast-cart": cart }
    const path = `/api/inventory/orders/${orderId}/reservations`
    const answers = [
      await sent("GET", path, own),
      await hold(cart, orderId),
      await sent("GET", path, own),
      await sent("GET", "/api/skus", own),
      await sent("POST", held, own, { quantity: "many" })
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 201, 200, 401, 400])
    expect(answers.map(({ headers }) => headers["cache-control"])).toEqual(
      answers.map(() => "no-store")
    )
    // Caches keep nothing of who shows a token either, as long as no answer says that they may.
    expect((await sent("GET", path, boss)).headers["cache-control"]).toBeUndefined()
  })

  it("becomes a person, who claims the order with the token and nothing less", async () => {
    const [cart, other] = [await newCart(), await newCart()]
    const orderId = freshOrder()
    await hold(cart, orderId)
    const path = `/api/orders/${orderId}/claim`
    const claim = (who: object, token?: string) =>
      sent("POST", path, { ...who, ...(token === undefined ? {} : { "holdfast-cart": token }) })
    expect((await claim(ann, other)).status).toBe(404)
    expect(await claim(ann)).toMatchObject({
      ...{ status: 400, json: { issues: [{ path: "holdfast-cart" }] } }
    })
    expect((await claim({}, cart)).status).toBe(401)
    const claimed = await claim(ann, cart)
    expect(claimed).toMatchObject({
      ...{ status: 200, json: { orderId, reservations: [{ ownerId: "ann", status: "PENDING" }] } }
    })
    expect((await claim(ann, cart)).json).toEqual(claimed.json)
    expect((await claim(bob, cart)).status).toBe(404)
    expect((await hold(cart, orderId)).status).toBe(404)
    const events = await sent("GET", `/api/events?orderId=${orderId}`, boss)
    expect(events.json.items.at(-1)).toMatchObject({
      ...{ eventType: "ordering.claim.made", aggregateType: "CLAIM", version: 1 },
      payload: { orderId, ownerId: "ann", cartId: expect.stringMatching(/^cart:/) }
    })
    expect(events.text).not.toContain(cart)
    const admin = { "x-asker": JSON.stringify({ id: "root", kind: "USER", roles: ["ADMIN"] }) }
    const audit = await sent("GET", "/api/audit?operation=ClaimOrder", admin)
    expect(audit.json.items[0]).toMatchObject({
      ...{ operation: "ClaimOrder", principal: { kind: "USER", id: "ann" } },
      targets: expect.arrayContaining([`ORDER:${orderId}`])
    })
    expect(audit.text).not.toContain(cart)
  })
})

describe("S9 the carts of an address", () => {
  const { call } = serverForTests({
    authenticate,
    guests: true,
    limits: { carts: { count: 3, windowMillis: 60_000 } }
  })
  const bring = async (token: string) => {
    const headers = { "holdfast-cart": token }
    return (await call("GET", "/api/inventory/orders/none", { headers })).status
  }

  it("are limited, whether it asks for them or makes them up, and one that is known is not counted", async () => {
    const { json } = await call("POST", "/api/carts")
    for (let n = 0; n < 5; n++) expect(await bring(json.cartToken)).toBe(404)
    expect(await bring(`hfc_${"a".repeat(22)}`)).toBe(404)
    expect(await bring(`hfc_${"b".repeat(22)}`)).toBe(404)
    expect(await bring(`hfc_${"c".repeat(22)}`)).toBe(429)
    expect(await call("POST", "/api/carts")).toMatchObject({
      ...{ status: 429, json: { limit: "address-carts" } }
    })
    expect(await bring(`hfc_${"a".repeat(22)}`)).toBe(404)
    expect(await bring(json.cartToken)).toBe(404)
  })
})

describe("S9 where guests are not let in", () => {
  const { call } = serverForTests({ authenticate })
  const trusting = serverForTests({ guests: true })

  it("there are no carts, and one that is brought along is nothing", async () => {
    for (const one of [call, trusting.call]) {
      expect(await one("POST", "/api/carts")).toMatchObject({
        ...{ status: 403, json: { type: "urn:holdfast:problem:no-guests" } }
      })
    }
    const headers = { "holdfast-cart": `hfc_${"a".repeat(22)}` }
    expect((await call("GET", "/api/inventory/orders/none", { headers })).status).toBe(401)
  })
})
