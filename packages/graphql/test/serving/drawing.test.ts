// What requests draw from the limits: as much as the same would as requests of REST.

import type { Principal } from "@holdfast/core/access"
import { describe, expect, it } from "vitest"
import { worldForTests } from "../asking.ts"

const window = { windowMillis: 600_000 }
const { post } = worldForTests(
  {},
  { limits: { principal: { writes: { count: 5, ...window }, reads: { count: 5, ...window } } } }
)

const somebody = (id: string): Principal => ({ id, kind: "USER", roles: ["ADMIN"] })

const commands = (count: number, from = 0): string =>
  Array.from(
    { length: count },
    (_, n) => `a${from + n}: receive(input: { skuId: "none", quantity: 1 }) { __typename }`
  ).join(" ")

it.each([
  ["side by side", (n: number) => `mutation { ${commands(n)} }`],
  [
    "in a fragment",
    (n: number) => `mutation { ...All } fragment All on Mutation { ${commands(n)} }`
  ],
  [
    "in fragments within fragments, spread twice",
    (n: number) =>
      `mutation { ...Some ...Some ... on Mutation { ${commands(1)} } } ` +
      `fragment Some on Mutation { ${commands(1, 1)} ...Rest } ` +
      `fragment Rest on Mutation { ${commands(n - 2, 2)} }`
  ]
])("each command of a mutation is a write: %s", async (where, mutation) => {
  const at = await post({ query: mutation(5) }, somebody(`at ${where}`))
  expect(Object.keys(at.data ?? {}), at.text).toHaveLength(5)
  const over = await post({ query: mutation(6) }, somebody(`over ${where}`))
  expect(over.status, over.text).toBe(429)
  expect(JSON.parse(over.text)).toMatchObject({ limit: "principal-writes" })
})

it("each query of a batch is a read, one that cannot be executed too", async () => {
  const batch = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ query: n === 0 ? "{ nothing }" : "{ __typename }" }))
  expect((await post(batch(5), somebody("five"))).status).toBe(200)
  expect((await post(batch(6), somebody("six"))).status).toBe(429)
})

describe("who is not let in", () => {
  const { world } = worldForTests(
    {},
    { limits: { address: { reads: { count: 5, ...window }, writes: { count: 5, ...window } } } }
  )

  const guess = async (path: string, n: number) => {
    const response = await world().fetch(
      new Request(`http://shop.example${path}`, {
        method: path === "/graphql" ? "POST" : "GET",
        headers: { "content-type": "application/json", authorization: `Bearer guess-${n}` },
        ...(path === "/graphql" ? { body: '{"query":"{ __typename }"}' } : {})
      })
    )
    return response.status
  }

  it("draws from their address, so that nobody may guess on and on", async () => {
    const statuses: Array<number> = []
    for (let n = 0; n < 8; n++) statuses.push(await guess("/graphql", n))
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    // One bucket: it is empty at the other door too.
    expect(await guess("/api/inventory/mug", 9)).toBe(429)
  })
})

it("a body that cannot be read is a read", async () => {
  const statuses: Array<number> = []
  for (let n = 0; n < 6; n++)
    statuses.push((await post("{", somebody("who writes no JSON"))).status)
  expect(statuses).toEqual([400, 400, 400, 400, 400, 429])
})
