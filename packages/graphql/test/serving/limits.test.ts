// Each limit of a request, at it and over it, and documents that were made to hurt.
import { describe, expect, it } from "vitest"
import { worldForTests } from "../asking.ts"

const { ask, post } = worldForTests({ introspection: true })

const code = "request-too-large"

const nested = (depth: number): string => {
  // sku { stock { sku { … } } }: each pair is two levels.
  let inner = depth % 2 === 0 ? "id" : "skuId"
  for (let level = depth - 1; level >= 1; level--) {
    inner = `${level % 2 === 1 ? "sku" : "stock"}${level === 1 ? '(skuId: "none")' : ""} { ${inner} }`
  }
  return `{ ${inner} }`
}

const aliases = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, n) => `a${n}: __typename`).join(" ")} }`

const directives = (count: number): string =>
  `{ __typename ${"@include(if: true) ".repeat(count)} }`

const tokens = (count: number): string =>
  `{ stocks(skuIds: [${'"a" '.repeat(count - 12)}]) { unknownSkuIds } }`

const characters = (count: number): string => `{ __typename }${" ".repeat(count - 14)}`

const cost = (rows: number): string => {
  // A page costs its rows; two pages of at most 1,000 each beside others.
  const pages = Array.from({ length: Math.floor(rows / 1_000) }, (_, n) => [n, 1_000] as const)
  const rest = rows % 1_000
  const all = rest === 0 ? pages : [...pages, [pages.length, rest] as const]
  return `{ ${all.map(([n, first]) => `a${n}: skus(first: ${first}) { pageInfo { endCursor } }`).join(" ")} }`
}

describe("each limit is kept, and what is at it is answered", () => {
  it.each([
    ["depth", 10, nested(10), nested(11)],
    ["aliases", 20, aliases(20), aliases(21)],
    ["tokens", 2_000, tokens(2_000), tokens(2_001)],
    ["characters", 50_000, characters(50_000), characters(50_001)],
    ["cost", 5_000, cost(5_000), cost(5_001)]
  ])("%s of %i", async (limit, max, at, over) => {
    const answered = await ask(at)
    expect(answered.data, answered.text).toBeDefined()
    const refused = await ask(over)
    expect(refused.status).toBe(400)
    expect(refused.data).toBeUndefined()
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code, limit, max })
  })

  it("directives of 10", async () => {
    // One directive may stand once in a place, so they stand in ten places.
    const spread = (count: number) =>
      `{ ${Array.from({ length: count }, () => "__typename @include(if: true)").join(" ")} }`
    expect((await ask(spread(10))).data).toEqual({ __typename: "Query" })
    for (const query of [spread(11), directives(50)]) {
      const refused = await ask(query)
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code, limit: "directives", max: 10 })
    }
  })

  it("a batch of 10", async () => {
    const one = { query: "{ __typename }" }
    const answered = await post(Array.from({ length: 10 }, () => one))
    expect(JSON.parse(answered.text)).toHaveLength(10)
    const refused = await post(Array.from({ length: 11 }, () => one))
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code, limit: "batch", found: 11 })
  })

  it("what a batch costs, it costs together", async () => {
    const refused = await post([{ query: cost(3_000) }, { query: cost(2_001) }])
    expect(refused.errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 5_001 })
    expect(
      JSON.parse((await post([{ query: cost(3_000) }, { query: cost(2_000) }])).text)
    ).toHaveLength(2)
  })

  it("cost counts what variables ask for", async () => {
    const query =
      "query ($n: Int!, $m: Int!) { a: skus(first: $n) { nodes { id reservations(first: $m) { nodes { id } } } } }"
    expect((await ask(query, { n: 20, m: 200 })).data).toBeDefined()
    const refused = await ask(query, { n: 100, m: 100 })
    expect(refused.errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 10_100 })
  })

  it("cost counts null as what is left out, written or in a variable", async () => {
    const pages = (count: number, first: string) =>
      Array.from(
        { length: count },
        (_, n) =>
          `a${n}: skus(first: ${first}) { nodes { id reservations(first: ${first}) { nodes { id } } } }`
      ).join(" ")
    const written = await ask(`{ ${pages(12, "null")} }`)
    const varied = await ask(`query ($n: Int) { ${pages(12, "$n")} }`, { n: null })
    for (const { errors } of [written, varied]) {
      expect(errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 12 * (20 + 20 * 20) })
    }
    expect((await ask(`{ ${pages(11, "null")} }`)).data).toBeDefined()
  })

  it("cost counts what variables that are left out ask for by their defaults", async () => {
    const query = (count: number) =>
      `query ($n: Int = ${count}) { skus(first: $n) { nodes { id reservations(first: $n) { nodes { id } } } } }`
    const refused = await ask(query(100))
    expect(refused.errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 10_100 })
    expect((await ask(query(60))).data).toBeDefined()
    // The default counts only for who leaves the variable out.
    expect((await ask(query(100), { n: 10 })).data).toBeDefined()
    const ids = Array.from({ length: 600 }, (_, n) => `"a${n}"`).join(" ")
    const many = `query ($ids: [ID!]! = [${ids}]) { ${Array.from({ length: 9 }, (_, n) => `a${n}: stocks(skuIds: $ids) { unknownSkuIds }`).join(" ")} }`
    expect((await ask(many)).errors?.[0]?.extensions).toMatchObject({ limit: "cost", found: 5_400 })
  })
})

/** Each fragment has the next one twice, deeper by two. */
const fragmentBomb = (levels: number): string =>
  [
    '{ sku(skuId: "a") { ...f0 } }',
    ...Array.from(
      { length: levels },
      (_, n) =>
        `fragment f${n} on Sku { stock { sku { ...f${n + 1} } } levels { sku { ...f${n + 1} } } }`
    ),
    `fragment f${levels} on Sku { id }`
  ].join("\n")

describe("documents that were made to hurt are refused in less than 50 ms of processor time", () => {
  it.each([
    ["a document of 1 MiB of fields", { query: `{ ${"__typename ".repeat(95_000)} }` }],
    ["a document of 1 MiB in one name", { query: `{ ${"x".repeat(1_040_000)} }` }],
    ["10,000 aliases", { query: aliases(10_000) }],
    [
      "circular fragments",
      { query: "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }" }
    ],
    ["a fragment that is itself", { query: "{ ...a } fragment a on Query { ...a }" }],
    ["2^40 fields by fragments", { query: fragmentBomb(40) }],
    ["50 directives", { query: directives(50) }],
    [
      "fields within fields, 900 deep",
      { query: `${'{ sku(skuId: "a") '.repeat(900)}${"}".repeat(900)}` }
    ],
    [
      "300 fields that overlap",
      {
        query: `{ ${'sku(skuId: "a") { id } '.repeat(220)} ...on Query { ${'stock(skuId: "b") { skuId } '.repeat(1)} } `
      }
    ],
    [
      "introspection in circles",
      {
        query: `{ __schema { types { ${"fields { type { ".repeat(8)} name ${"} } ".repeat(8)} } } }`
      }
    ]
  ])("%s", async (_about, body) => {
    const text = JSON.stringify(body)
    // What is compiled on the first way through is not the price of a request.
    await post(text)
    const before = process.cpuUsage()
    const answer = await post(text)
    const { system, user } = process.cpuUsage(before)
    expect(answer.status, answer.text.slice(0, 200)).toBe(400)
    expect(answer.errors?.length).toBeGreaterThan(0)
    expect((system + user) / 1_000).toBeLessThan(50)
  })

  it("a body of more than 1 MiB is not read", async () => {
    const answer = await post({ query: `{ ${"__typename ".repeat(100_000)} }` })
    expect(answer.status).toBe(413)
  })
})
