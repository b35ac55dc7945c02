// What requests draw from the limits: as much as the same would as requests of REST.

import type { Principal } from "@holdfast/core/access"
import { expect, it } from "vitest"
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
