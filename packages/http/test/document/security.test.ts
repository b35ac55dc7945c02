// The security of each operation in the OpenAPI document is its row in the table of permissions.
import type { Permission } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { permissionOf } from "../../src/access/routePermissions.ts"
import { serverForTests } from "../server.ts"
import { operationsOf } from "./requestsOf.ts"

const { get } = serverForTests({
  authenticate: () => Effect.succeed({ id: "root", kind: "USER", roles: ["ADMIN"] })
})
const open = serverForTests()

interface Documented {
  readonly security: ReadonlyArray<Readonly<Record<string, ReadonlyArray<string>>>>
  readonly responses: Readonly<Record<string, unknown>>
}

/** What the document lists by a scheme, in its order. */
const listed = ({ security }: Documented, scheme: string): ReadonlyArray<string> =>
  security.flatMap((entry) => entry[scheme] ?? [])

/** What must be listed, written down apart from the code that makes the document. */
const expectedOf = ({ isOwn, role, scopes }: Permission) => ({
  token: role === "ANYONE" ? [] : [role, ...scopes],
  serviceKey: [...scopes],
  clientCertificate: [...scopes],
  isForCarts: role === "USER" && isOwn === true
})

describe("the security in the document", () => {
  it("says of every operation what its permission says, and nothing of the open ones", async () => {
    const { json } = await get("/openapi.json")
    const schemes = Object.keys(json.components.securitySchemes)
    expect(schemes).toEqual(["token", "serviceKey", "clientCertificate", "cart"])
    const open: Array<string> = []
    let forCarts = 0
    const all = operationsOf(json)
    for (const { method, operationId, path } of all) {
      const documented = json.paths[path][method.toLowerCase()] as Documented
      const [group = "", endpoint = ""] = operationId.split(".")
      const { permission } = permissionOf(group, endpoint)
      const isForCarts = documented.security.some((entry) => "cart" in entry)
      expect([
        operationId,
        {
          token: listed(documented, "token"),
          serviceKey: listed(documented, "serviceKey"),
          clientCertificate: listed(documented, "clientCertificate"),
          isForCarts
        }
      ]).toEqual([operationId, expectedOf(permission)])
      for (const entry of documented.security) {
        expect(Object.keys(entry)).toHaveLength(1)
        expect(schemes).toEqual(expect.arrayContaining(Object.keys(entry)))
      }
      if (isForCarts) forCarts += 1
      if (documented.security.length === 0) open.push(operationId)
      else expect(Object.keys(documented.responses)).toEqual(expect.arrayContaining(["401", "403"]))
    }
    expect(all.length).toBeGreaterThan(90)
    expect(forCarts).toBe(15)
    expect(open.sort()).toEqual(["carts.create", "health.live", "health.ready", "health.startup"])
  })

  it("names the ways to show who asks as they go over the wire", async () => {
    const { json } = await get("/openapi.json")
    expect(json.components.securitySchemes).toMatchObject({
      token: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      serviceKey: { type: "http", scheme: "bearer" },
      clientCertificate: { type: "mutualTLS" },
      cart: { type: "apiKey", in: "header", name: "Holdfast-Cart" }
    })
  })

  it("is in the page for people, which asks for a proof of each kind", async () => {
    const { status, text } = await get("/docs")
    expect(status).toBe(200)
    for (const scheme of ["serviceKey", "clientCertificate", "Holdfast-Cart", "stock:write"]) {
      expect(text).toContain(scheme)
    }
  })
})

describe("the document of a server that asks nobody", () => {
  it("is the same, and has nothing of security", async () => {
    const { json } = await open.get("/openapi.json")
    const { json: asking } = await get("/openapi.json")
    const isSecurity = (key: string) => key === "security" || key === "securitySchemes"
    const without = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(without)
      if (typeof value !== "object" || value === null) return value
      const kept = Object.entries(value).filter(([key]) => !isSecurity(key))
      return Object.fromEntries(kept.map(([key, held]) => [key, without(held)]))
    }
    expect(JSON.stringify(json).includes('"security')).toBe(false)
    expect(json).toEqual(without(asking))
    const [page, askingPage] = [await open.get("/docs"), await get("/docs")]
    expect([page.status, askingPage.status]).toEqual([200, 200])
    expect(page.text.includes("The key of a service")).toBe(false)
    expect(askingPage.text.includes("The key of a service")).toBe(true)
  })
})
