// The matrix of permissions: every operation of every table, for everybody who may ask, through the
// library and through the REST API. What must come of it follows from the permission of the row.
import { anonymousPrincipal, guestOf, type Permission, type Principal } from "@holdfast/core/access"
import { auditOperations } from "@holdfast/core/audit"
import { operations as catalogRows } from "@holdfast/core/catalog"
import { eventOperations, webhookOperations } from "@holdfast/core/events"
import { importOperations } from "@holdfast/core/exchange"
import { operations as inventoryRows } from "@holdfast/core/inventory"
import { orderFlowOperations } from "@holdfast/core/ordering"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { permissionOf, routePermissions } from "../../../http/src/access/routePermissions.ts"
import { HoldfastApi } from "../../../http/src/HoldfastApi.ts"
import {
  type Asker,
  askerHeader,
  askers,
  countsOf,
  credentialAskers,
  guestAskers,
  type Outcome
} from "../../../http/test/access/askers.ts"
import {
  type Given,
  type MakeInput,
  ofCatalog,
  ofInventory,
  prepare
} from "../../../http/test/access/inputs.ts"
import { asking, openWorld, type World } from "../../../http/test/access/world.ts"
import { authentication, credentials } from "./credentials.ts"
import { endpoints, requestOf } from "./matrixEndpoints.ts"

type Rows = { readonly [name: string]: { readonly permission: Permission } }

let world: World
let given: Omit<Given, "ownerId">
let everyone: ReadonlyArray<Asker>
const scope = Scope.makeUnsafe()
const proofs = Effect.runPromise(Effect.provideService(authentication, Scope.Scope, scope))

beforeAll(async () => {
  world = await openWorld((await proofs).authenticate)
  given = await prepare(world)
  const { cartId, cartToken } = given
  everyone = [
    ...askers,
    ...guestAskers({ cartToken, guest: guestOf(cartId) }),
    ...credentialAskers(credentials)
  ]
})
afterAll(async () => {
  await world.close()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

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
  const {
    instance: _,
    type,
    ...problem
  } = (await response.json()) as {
    readonly type: string
    readonly instance: string
  }
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
  for (const asker of everyone) {
    const seen = await seenBy(asker)
    cases.push({
      what: `${what} by ${asker.name}`,
      seen,
      expected: asker.expected(permission)
    })
  }
  return cases
}

/** What a request of somebody shows. */
const shownBy = ({ principal, shows }: Asker, permission: Permission) =>
  shows?.(permission) ?? { [askerHeader]: JSON.stringify(principal(permission)) }

/**
 * Who somebody is to a host of the library, which asks as the server does who bears a proof, and takes
 * for nobody who bears none that is good.
 */
const foundFor = async (asker: Asker, permission: Permission): Promise<Principal> => {
  const { authorization } = asker.shows?.(permission) ?? {}
  if (authorization === undefined) return asker.principal(permission)
  const request = { headers: { authorization } } as unknown as HttpServerRequest
  const { authenticate } = await proofs
  return Effect.runPromise(
    Effect.catch(authenticate(request), () => Effect.succeed(anonymousPrincipal))
  )
}

/** Says how large the matrix is, for whoever reads the log of the tests. */
const told = (door: string, cases: ReadonlyArray<Case>) => {
  const found = mismatches(cases)
  const columns = new Set(everyone.map(({ name }) => name)).size
  console.log(
    `the matrix of permissions through ${door}: ${cases.length / columns} rows × ${columns} ` +
      `columns = ${cases.length} cases, ${found.length} mismatches`
  )
  return found
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
            const principal = await foundFor(asker, permission)
            const asked = asking(principal)(method(input as never))
            return Effect.runPromise(
              Effect.match(asked, { onSuccess: () => "ALLOWED", onFailure: outcomeOf })
            )
          }))
        )
      }
    }
    expect(told("the library", cases)).toEqual([])
    expect(countsOf(cases.map(({ expected }) => expected))).toEqual({
      ALLOWED: 576,
      ABSENT: 26,
      FORBIDDEN: 248,
      UNAUTHENTICATED: 590
    })
  })

  it("agrees with every row through the REST API, at every endpoint", async () => {
    const cases: Array<Case> = []
    for (const { endpoint, group, make, method, operation, path } of endpoints()) {
      cases.push(
        ...(await casesOf(`${group}.${endpoint}`, operation.permission, async (asker) => {
          const input = await make({ ...given, ownerId: asker.ownerId })
          const request = requestOf(method, path, input, `${group}.${endpoint}`)
          for (const [name, value] of Object.entries(shownBy(asker, operation.permission))) {
            request.headers.set(name, value)
          }
          return outcomeOfAnswer(await world.fetch(request))
        }))
      )
    }
    expect(told("the REST API", cases)).toEqual([])
    expect(countsOf(cases.map(({ expected }) => expected))).toEqual({
      ALLOWED: 696,
      ABSENT: 30,
      FORBIDDEN: 322,
      UNAUTHENTICATED: 712
    })
  })

  it("reaches every operation through an endpoint, but for those that have none", async () => {
    const reached = new Set(endpoints().map(({ operation }) => operation.name))
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

  it("answers 401 with a challenge where nobody vouches for the request", async () => {
    const response = await world.fetch(new Request("http://shop.test/api/skus"))
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="holdfast"'
    ])
    expect(await response.json()).toMatchObject({ type: "urn:holdfast:problem:unauthenticated" })
    for (const path of ["/", "/health/live", "/health/ready", "/openapi.json", "/docs"]) {
      const open = await world.fetch(new Request(`http://shop.test${path}`))
      expect([path, open.status]).toEqual([path, 200])
      await open.body?.cancel()
    }
  })

  it("says in the document that every endpoint may ask, but for those of health and carts", () => {
    const { paths } = OpenApi.fromApi(HoldfastApi)
    const asks = Object.entries(paths).flatMap(([path, item]) =>
      Object.values(item as Record<string, { readonly responses: object }>).map(
        ({ responses }) => [path, "401" in responses && "403" in responses] as const
      )
    )
    expect(asks.length).toBeGreaterThan(80)
    expect(asks.filter(([, may]) => !may).sort()).toEqual([
      ["/api/carts", false],
      ["/health/live", false],
      ["/health/ready", false],
      ["/health/startup", false]
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
