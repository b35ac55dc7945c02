// The matrix of permissions: every operation of every table, for everybody who may ask, through the
// library and through the REST API. What must come of it follows from the permission of the row.
import type { Permission, PermittedOperation } from "@holdfast/core/access"
import { auditOperations } from "@holdfast/core/audit"
import { operations as catalogRows } from "@holdfast/core/catalog"
import { eventOperations, webhookOperations } from "@holdfast/core/events"
import { importOperations } from "@holdfast/core/exchange"
import { operations as inventoryRows } from "@holdfast/core/inventory"
import { orderFlowOperations } from "@holdfast/core/ordering"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { permissionOf, routePermissions } from "../../src/access/routePermissions.ts"
import { HoldfastApi } from "../../src/HoldfastApi.ts"
import { type Asker, askers, countsOf, type Outcome } from "./askers.ts"
import { type Given, type MakeInput, ofCatalog, ofInventory, prepare } from "./inputs.ts"
import { askerHeader, asking, openWorld, type World } from "./world.ts"

type Rows = { readonly [name: string]: { readonly permission: Permission } }

let world: World
let given: Omit<Given, "ownerId">

beforeAll(async () => {
  world = await openWorld()
  given = await prepare(world)
})
afterAll(() => world.close())

const absent = new Set(["BundleNotFound", "OrderNotFound", "OrderNotPlaced", "ReservationNotFound"])

/** What a refusal of the library comes to. */
const outcomeOf = (refusal: { readonly _tag: string }): Outcome | string => {
  if (refusal._tag === "Forbidden") return "FORBIDDEN"
  if (refusal._tag === "Unauthenticated") return "UNAUTHENTICATED"
  return absent.has(refusal._tag) ? "ABSENT" : JSON.stringify(refusal)
}

/** What an answer of the REST API comes to. */
const outcomeOfAnswer = async (response: Response): Promise<Outcome | string> => {
  const { headers, status } = response
  if (status < 400) {
    await response.body?.cancel()
    return "ALLOWED"
  }
  const { type, ...problem } = (await response.json()) as { readonly type: string }
  const slug = type.replace("urn:holdfast:problem:", "")
  if (status === 401 && slug === "unauthenticated" && headers.has("www-authenticate")) {
    return "UNAUTHENTICATED"
  }
  if (status === 403 && slug === "forbidden") return "FORBIDDEN"
  // Who may send it again is answered that there is nothing to send.
  if (slug === "webhook-delivery-not-found") return "ALLOWED"
  const isAbsent = ["bundle", "order", "reservation"].some((word) => slug.startsWith(word))
  return status === 404 && isAbsent ? "ABSENT" : JSON.stringify({ slug, ...problem })
}

/** One case of the matrix: an operation, who asks, and what came of it. */
interface Case {
  readonly what: string
  readonly seen: Outcome | string
  readonly expected: Outcome
}

const casesOf = async (
  what: string,
  permission: Permission,
  seenBy: (asker: Asker) => Promise<Outcome | string>
): Promise<ReadonlyArray<Case>> => {
  const cases: Array<Case> = []
  for (const asker of askers) {
    const seen = await seenBy(asker)
    cases.push({
      what: `${what} by ${asker.name}`,
      seen,
      expected: asker.expected(permission)
    })
  }
  return cases
}

const mismatches = (cases: ReadonlyArray<Case>) =>
  cases.filter(({ expected, seen }) => expected !== seen)

const tables: ReadonlyArray<["inventory" | "catalog", Rows, Readonly<Record<string, MakeInput>>]> =
  [
    ["inventory", inventoryRows, ofInventory],
    ["catalog", catalogRows, ofCatalog]
  ]

/** What the engine does by itself has no method among the services; see `as.test.ts`. */
const withoutMethod = new Set(["expireLapsed"])

describe("S9 the matrix of permissions", () => {
  it("agrees with every row through the library", async () => {
    const cases: Array<Case> = []
    for (const [context, rows, inputs] of tables) {
      for (const [name, { permission }] of Object.entries(rows)) {
        if (withoutMethod.has(name)) continue
        const make = inputs[name]
        if (make === undefined) throw new Error(`${context}.${name} has no input`)
        cases.push(
          ...(await casesOf(`${context}.${name}`, permission, async (asker) => {
            const input = await make({ ...given, ownerId: asker.ownerId })
            const method = world.method(context, name)
            if (method === undefined) throw new Error(`${context}.${name} is no method`)
            const asked = asking(asker.principal(permission))(method(input as never))
            return Effect.runPromise(
              Effect.match(asked, { onSuccess: () => "ALLOWED", onFailure: outcomeOf })
            )
          }))
        )
      }
    }
    expect(mismatches(cases)).toEqual([])
    expect(countsOf(cases.map(({ expected }) => expected))).toEqual({
      ALLOWED: 353,
      ABSENT: 13,
      FORBIDDEN: 231,
      UNAUTHENTICATED: 83
    })
  })

  it("agrees with every row through the REST API, at every endpoint", async () => {
    const cases: Array<Case> = []
    for (const { endpoint, group, make, method, operation, path } of await endpoints()) {
      cases.push(
        ...(await casesOf(`${group}.${endpoint}`, operation.permission, async (asker) => {
          const input = await make({ ...given, ownerId: asker.ownerId })
          const request = requestOf(method, path, input, `${group}.${endpoint}`)
          request.headers.set(askerHeader, JSON.stringify(asker.principal(operation.permission)))
          return outcomeOfAnswer(await world.fetch(request))
        }))
      )
    }
    expect(mismatches(cases)).toEqual([])
    expect(countsOf(cases.map(({ expected }) => expected))).toEqual({
      ALLOWED: 403,
      ABSENT: 15,
      FORBIDDEN: 305,
      UNAUTHENTICATED: 101
    })
  })

  it("reaches every operation through an endpoint, but for those that have none", async () => {
    const reached = new Set((await endpoints()).map(({ operation }) => operation.name))
    const rows = {
      ...inventoryRows,
      ...catalogRows,
      ...webhookOperations,
      ...eventOperations,
      ...importOperations,
      ...orderFlowOperations,
      ...auditOperations
    }
    const unreached = Object.keys(rows).filter((name) => !reached.has(name))
    expect(unreached.sort()).toEqual([
      "byExternalIds",
      "expireLapsed",
      "followStock",
      "handleOrderEvent",
      "levels",
      "ping",
      "reconcile",
      "reconciledLevels",
      "stockAsOf",
      "subscribe"
    ])
  })

  it("has a permission for every endpoint, and none beside", () => {
    const known: Array<string> = []
    HttpApi.reflect(HoldfastApi, {
      onGroup: () => undefined,
      onEndpoint: ({ endpoint, group }) => {
        known.push(`${group.identifier}.${endpoint.identifier}`)
        expect(permissionOf(group.identifier, endpoint.identifier).permission).toBeDefined()
      }
    })
    const listed = Object.entries(routePermissions).flatMap(([group, rows]) =>
      Object.keys(rows).map((endpoint) => `${group}.${endpoint}`)
    )
    expect(listed.sort()).toEqual(known.sort())
    expect(() => permissionOf("orders", "steal")).toThrow("orders.steal has no permission")
  })

  it("answers 401 with the challenge of the host where nobody vouches for the request", async () => {
    const response = await world.fetch(new Request("http://shop.test/api/skus"))
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="test"'
    ])
    expect(await response.json()).toMatchObject({ type: "urn:holdfast:problem:unauthenticated" })
    for (const path of ["/", "/health/live", "/health/ready", "/openapi.json", "/docs"]) {
      const open = await world.fetch(new Request(`http://shop.test${path}`))
      expect([path, open.status]).toEqual([path, 200])
      await open.body?.cancel()
    }
  })

  it("says in the document that every endpoint may ask, but for those of health", () => {
    const { paths } = OpenApi.fromApi(HoldfastApi)
    const asks = Object.entries(paths).flatMap(([path, item]) =>
      Object.values(item as Record<string, { readonly responses: object }>).map(
        ({ responses }) => [path, "401" in responses && "403" in responses] as const
      )
    )
    expect(asks.length).toBeGreaterThan(80)
    expect(asks.filter(([, may]) => !may)).toEqual([
      ["/health/live", false],
      ["/health/ready", false]
    ])
  })

  it("takes nobody for somebody whose name cannot be kept", async () => {
    for (const principal of [
      { id: "x".repeat(256), kind: "USER", roles: ["ADMIN"] },
      { id: "", kind: "USER", roles: ["ADMIN"] },
      { id: "root", kind: "USER", roles: ["ROOT"] },
      { id: "root", kind: "KING", roles: ["ADMIN"] },
      null
    ]) {
      const headers = { [askerHeader]: JSON.stringify(principal) }
      const response = await world.fetch(new Request("http://shop.test/api/skus", { headers }))
      expect([principal, response.status]).toEqual([principal, 401])
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="holdfast"')
    }
  })

  it("keeps the keys of two administrators apart, and the secrets of their webhooks", async () => {
    const make = async (id: string, url: string) => {
      const headers = {
        "content-type": "application/json",
        "idempotency-key": "my-first",
        [askerHeader]: JSON.stringify({ id, kind: "USER", roles: ["ADMIN"] })
      }
      const sent = { method: "POST", headers, body: JSON.stringify({ url }) }
      return (await world.fetch(new Request("http://shop.test/api/webhooks", sent))).json()
    }
    const url = "https://shop.example/own"
    const first = await make("root", url)
    expect(await make("root", url)).toEqual(first)
    const other = (await make("toor", url)) as Readonly<Record<string, unknown>>
    expect(other["webhookId"]).not.toBe((first as typeof other)["webhookId"])
    expect(await make("root", `${url}/2`)).toMatchObject({ status: 422, key: "my-first" })
  })

  it("refuses who may not ask before anything of the request is read", async () => {
    const body = "{ this is no JSON"
    const headers = { "content-type": "application/json" }
    const url = "http://shop.test/api/inventory/mug/receive"
    const sent = { method: "POST", headers, body }
    expect((await world.fetch(new Request(url, sent))).status).toBe(401)
    const user = JSON.stringify({ id: "ann", kind: "USER", roles: ["USER"] })
    const asked = new Request(url, { ...sent, headers: { ...headers, [askerHeader]: user } })
    expect((await world.fetch(asked)).status).toBe(403)
  })
})

/** An endpoint, its operation, and how its input is made. */
interface Endpoint {
  readonly group: string
  readonly endpoint: string
  readonly method: string
  readonly path: string
  readonly operation: PermittedOperation
  readonly make: MakeInput
}

let madeWebhook: string | undefined

const webhookInput: MakeInput = async ({ fresh }) => {
  if (madeWebhook === undefined) {
    const made = await asAdmin("POST", "/api/webhooks", { url: "https://shop.example/first" })
    madeWebhook = (made as { readonly webhookId: string }).webhookId
  }
  return { webhookId: madeWebhook, description: fresh("webhook") }
}

const asAdmin = async (method: string, path: string, body: object): Promise<unknown> => {
  const root = JSON.stringify({ id: "root", kind: "USER", roles: ["ADMIN"] })
  const headers = { "content-type": "application/json", [askerHeader]: root }
  const sent = { method, headers, body: JSON.stringify(body) }
  return (await world.fetch(new Request(`http://shop.test${path}`, sent))).json()
}

const ofWebhook: MakeInput = async (of) => ({
  webhookId: ((await webhookInput(of)) as { readonly webhookId: string }).webhookId
})

const webhookInputs: Readonly<Record<string, MakeInput>> = {
  createWebhook: ({ fresh }) => ({ url: `https://shop.example/${fresh("hook")}` }),
  updateWebhook: webhookInput,
  deleteWebhook: async ({ fresh }) => {
    const made = await asAdmin("POST", "/api/webhooks", {
      url: `https://shop.example/${fresh("gone")}`
    })
    return { webhookId: (made as { readonly webhookId: string }).webhookId }
  },
  webhooks: () => ({}),
  replayWebhook: async (of) => ({ ...(await ofWebhook(of)), after: 0 }),
  redeliverToWebhook: async (of) => ({ ...(await ofWebhook(of)), positions: [1] })
}

const importId = "00000000-0000-4000-8000-000000000001"

const inputFor = (group: string, name: string): MakeInput => {
  if (group === "webhooks") return webhookInputs[name] ?? ofWebhook
  if (group === "health" || group === "audit") return () => ({})
  if (group === "history") return ofInventory["sku"] as MakeInput
  const inCatalog = ["products", "options", "categories", "attributes"].includes(group)
  const make = (inCatalog ? ofCatalog : ofInventory)[name]
  return make ?? (() => ({}))
}

const endpoints = async (): Promise<ReadonlyArray<Endpoint>> => {
  const all: Array<Endpoint> = []
  HttpApi.reflect(HoldfastApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { identifier, method, path }, group }) => {
      const operation = permissionOf(group.identifier, identifier)
      const one = { group: group.identifier, endpoint: identifier, method, path, operation }
      if (group.identifier !== "imports") {
        all.push({ ...one, make: inputFor(group.identifier, operation.name) })
      } else if (identifier !== "bring") {
        // That of a file of stock: who may not bring it may not ask after it.
        const { permission } = importOperations.importStock
        const row = { name: operation.name, permission }
        all.push({ ...one, operation: row, make: () => ({ importId }) })
      } else {
        const rows = { products: "importProducts", categories: "importCategories" } as const
        const others = { skus: "importSkus", stock: "importStock" } as const
        for (const [kind, name] of Object.entries({ ...rows, ...others })) {
          const { permission } = importOperations[name]
          all.push({ ...one, operation: { name, permission }, make: () => ({ kind }) })
        }
      }
    }
  })
  return all
}

/** The request of an endpoint: what its path names comes from the input, and so does the rest. */
const requestOf = (
  method: string,
  template: string,
  input: Readonly<Record<string, unknown>>,
  endpoint: string
): Request => {
  const rest = new Map(Object.entries(input))
  const path = template.replace(/:(\w+)/g, (_, name: string) => {
    const value = rest.get(name)
    rest.delete(name)
    return encodeURIComponent(String(value))
  })
  const url = new URL(path, "http://shop.test")
  if (endpoint === "imports.bring") {
    return new Request(url, {
      method,
      headers: { "content-type": "text/csv" },
      body: "code\nMUG\n"
    })
  }
  const fields = Object.fromEntries(rest)
  if (method === "GET" || method === "DELETE") {
    for (const [name, value] of rest) {
      for (const one of [value].flat()) url.searchParams.append(name, String(one))
    }
    return new Request(url, { method })
  }
  const isOneLine = endpoint === "reservations.reserve"
  const [line] = isOneLine ? (fields["lines"] as ReadonlyArray<object>) : []
  const body = isOneLine ? { orderId: fields["orderId"], ...line } : fields
  const headers = { "content-type": "application/json" }
  return new Request(url, { method, headers, body: JSON.stringify(body) })
}
