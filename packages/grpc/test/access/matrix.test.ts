// The matrix of permissions through gRPC: every method of the contexts, for everybody who may ask. What must
// come of it follows from the permission of the row alone, as it does for REST.
import type { Permission } from "@holdfast/core/access"
import { operations as catalog } from "@holdfast/core/catalog"
import { operations as inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { askers, countsOf, type Outcome } from "../../../http/test/access/askers.ts"
import { type Given, ofCatalog, ofInventory, prepare } from "../../../http/test/access/inputs.ts"
import { elsewhere } from "../../src/serving/contextHandlers.ts"
import type { Ended } from "../calling.ts"
import { asker, asWorld, believing, type GrpcWorld, openGrpcWorld } from "./world.ts"

let world: GrpcWorld
let given: Omit<Given, "ownerId">

beforeAll(async () => {
  world = await openGrpcWorld({ authenticate: believing })
  given = await prepare(asWorld(world))
})
afterAll(() => world.close())

const cases = [
  { context: "inventory" as const, rows: inventory, inputs: ofInventory },
  { context: "catalog" as const, rows: catalog, inputs: ofCatalog }
].flatMap(({ context, inputs, rows }) =>
  Object.entries(rows as Readonly<Record<string, { readonly permission: Permission }>>)
    .filter(([name]) => !elsewhere.has(name))
    .map(([name, { permission }]) => ({
      context,
      name,
      permission,
      input: inputs[name]
    }))
)

/** What an answer comes to. */
const outcomeOf = ({ answer, code, reason, ...more }: Ended): string => {
  if (code === 0) return "ALLOWED"
  if (code === 7 && reason === "FORBIDDEN") return "FORBIDDEN"
  if (code === 16 && reason === "UNAUTHENTICATED") return "UNAUTHENTICATED"
  const isAbsent = /^(BUNDLE|ORDER|RESERVATION)_NOT_/.test(reason ?? "")
  return isAbsent && (code === 5 || code === 9)
    ? "ABSENT"
    : JSON.stringify({ code, reason, ...more })
}

const seen: Array<Outcome> = []

describe("who may do what is the same as in REST", () => {
  it.each(cases)("$context.$name", async ({ context, input, name, permission }) => {
    expect(input, "the tests have no input for it").toBeDefined()
    for (const { expected, name: who, ownerId, principal } of askers) {
      const asked = (await input?.({ ...given, ownerId } as Given)) ?? {}
      const ended = await world.client.call(context, name, asked, asker(principal(permission)))
      const must = expected(permission)
      seen.push(must)
      expect(outcomeOf(ended), `${who} ${name}`).toBe(must)
    }
  })

  it("has asked for every outcome often", () => {
    const counts = countsOf(seen)
    expect(counts.ALLOWED).toBeGreaterThan(250)
    expect(counts.FORBIDDEN).toBeGreaterThan(100)
    expect(counts.ABSENT).toBeGreaterThan(8)
    expect(counts.UNAUTHENTICATED).toBeGreaterThan(70)
  })
})

describe("what is denied", () => {
  const deniedOf = async (operation: string) => {
    const pages = await Promise.all(
      world.audits.map((audit) => Effect.runPromise(audit.list({ operation, limit: 100 })))
    )
    return pages.flat()
  }

  it("is recorded by the command, with what it names and who asked", async () => {
    const user = { id: "zoe", kind: "USER", roles: ["USER"] } as const
    const denied = await world.client.call(
      "inventory",
      "receive",
      { skuId: "mug", quantity: 1 },
      asker(user)
    )
    expect(denied).toMatchObject({ code: 7, reason: "FORBIDDEN" })
    await expect
      .poll(async () => JSON.stringify(await deniedOf("ReceiveStock")))
      .toMatch(/zoe.*SKU:mug|SKU:mug.*zoe/)
  })

  it("is recorded by the operation with a capital where there is no command, as over REST", async () => {
    const user = { id: "zoe", kind: "USER", roles: ["USER"] } as const
    await world.client.call("inventory", "sku", { skuId: "mug" }, asker(user))
    await expect
      .poll(async () => JSON.stringify(await deniedOf("Sku")))
      .toMatch(/zoe.*SKU:mug|SKU:mug.*zoe/)
    expect(await deniedOf("sku")).toEqual([])
  })

  it("is the same whoever nobody vouches for, and says nothing of why", async () => {
    const ended = await world.client.call("catalog", "createCategory", { name: "Mine" })
    expect(ended).toMatchObject({ code: 16, reason: "UNAUTHENTICATED" })
    expect(JSON.stringify(ended)).not.toContain("nobody asks")
    await expect.poll(async () => (await deniedOf("CreateCategory")).length).toBeGreaterThan(0)
  })
})
