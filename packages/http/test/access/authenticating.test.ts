/** Who asks is known before a route takes the request; and what else must be well to be ready. */
import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Authenticator, Unauthenticated } from "../../src/index.ts"
import { serverForTests } from "../server.ts"

const admin = (id: string): Principal => ({ id, kind: "USER", roles: ["ADMIN"] })

let isAway = false

const authenticate: Authenticator = ({ headers: { authorization } }) => {
  if (isAway)
    return Effect.fail(new StoreError({ reason: "Unavailable", message: "keys are away" }))
  if (authorization === undefined) return Effect.succeed(anonymousPrincipal)
  return authorization.startsWith("Bearer admin-")
    ? Effect.succeed(admin(authorization.slice(7)))
    : Effect.fail(new Unauthenticated({ reason: "made up", challenge: "Bearer" }))
}

describe("a server that asks who sends a request", () => {
  const { call, get } = serverForTests({ authenticate })
  const as = (id: string, more: Readonly<Record<string, string>> = {}) => ({
    headers: { authorization: `Bearer ${id}`, ...more }
  })

  it("answers whether it lives, and with its documents, to everybody", async () => {
    for (const path of ["/health/live", "/health/ready", "/", "/openapi.json", "/docs"]) {
      expect((await get(path)).status).toBe(200)
      expect((await call("GET", path, as("made-up"))).status).toBe(200)
    }
  })

  it("answers nothing else to who shows nothing, or something that is not taken", async () => {
    for (const path of ["/api/skus", "/api/events", "/api/webhooks", "/api/skus?x=/docs"]) {
      for (const answer of [await get(path), await call("GET", path, as("made-up"))]) {
        expect(answer).toMatchObject({
          status: 401,
          headers: { "www-authenticate": expect.stringMatching(/^Bearer/) },
          json: { type: "urn:holdfast:problem:unauthenticated", status: 401 }
        })
      }
    }
  })

  it("answers 503 with when to come back, while nobody can say who asks", async () => {
    isAway = true
    for (const [method, body] of [["GET"], ["POST", {}]] as const) {
      const answer = await call(method, "/api/skus", { ...as("admin-ada"), ...(body && { body }) })
      expect(answer).toMatchObject({
        status: 503,
        headers: { "retry-after": "2" },
        json: {
          type: "urn:holdfast:problem:store-unavailable",
          reason: "Unavailable",
          detail: expect.stringContaining("keys are away")
        }
      })
      expect(answer.headers["www-authenticate"]).toBeUndefined()
    }
    isAway = false
  })

  it("keeps the keys of two principals apart, and writes down who acted", async () => {
    const key = { "idempotency-key": "one" }
    const body = (skuId: string) => ({ skuId, code: skuId, name: skuId, initialStock: 3 })
    const sent = (id: string, skuId: string) =>
      call("POST", "/api/skus", { ...as(id, key), body: body(skuId) })
    expect((await sent("admin-ada", "mug")).status).toBe(201)
    expect((await sent("admin-eve", "cup")).status).toBe(201)
    expect((await sent("admin-ada", "cup")).status).toBeGreaterThanOrEqual(400)
    const { json } = await call("GET", "/api/inventory/cup/movements", as("admin-ada"))
    expect(json.items[0]).toMatchObject({ actor: "admin-eve" })
  })
})

describe("what else must be well before a server is ready", () => {
  let found: Effect.Effect<ReadonlyArray<string>, StoreError> = Effect.succeed([])
  const { get } = serverForTests({ alsoReady: Effect.suspend(() => found) })

  const answering = (name: string) => ({ name, status: "ok", found: "its database answers" })

  it("is a note, or the reason why it is not", async () => {
    const { json } = await get("/health/ready")
    expect(json).toEqual({
      status: "ready",
      checks: [answering("inventory"), answering("catalog")]
    })
    found = Effect.succeed(["the issuer is away"])
    expect(await get("/health/ready")).toMatchObject({
      ...{ status: 200, json: { status: "ready", notes: ["the issuer is away"] } }
    })
    found = Effect.fail(new StoreError({ reason: "Unavailable", message: "no keys yet" }))
    expect(await get("/health/ready")).toMatchObject({
      ...{ status: 503, json: { reason: "Unavailable" } }
    })
    expect((await get("/health/live")).status).toBe(200)
  })
})
