// The route beside the audits: what GET keeps, documents that the server knows, masks, batches, and what
// is asked for in development alone.
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { prepare } from "../../../http/test/access/inputs.ts"
import { graphqlDoor } from "../../src/index.ts"
import { addressWith, readAnswer, worldForTests } from "../asking.ts"

const get = (
  query: string,
  headers: Record<string, string> = {},
  more: Record<string, string> = {}
) => new Request(addressWith({ query, ...more }), { headers })

describe("GET", () => {
  const { send, world } = worldForTests()

  it("answers queries with a tag, and a repeat with the tag with nothing", async () => {
    await prepare(world())
    const query = "query ($id: ID!) { sku(skuId: $id) { name } }"
    const more = { variables: JSON.stringify({ id: "mug" }) }
    const first = await readAnswer(await send(get(query, {}, more)))
    expect(first).toMatchObject({ status: 200, data: { sku: { name: "mug" } } })
    const etag = first.headers.get("etag") ?? ""
    expect(first.headers.get("cache-control")).toBe("private, no-cache")
    expect(first.headers.get("vary")).toBe("accept, authorization")
    const again = await send(get(query, { "if-none-match": etag }, more))
    expect([again.status, await again.text()]).toEqual([304, ""])
    await Effect.runPromise(world().inventory.updateSku({ skuId: "mug", name: "Mug of tin" }))
    const changed = await readAnswer(await send(get(query, { "if-none-match": etag }, more)))
    expect(changed).toMatchObject({ status: 200, data: { sku: { name: "Mug of tin" } } })
  })

  it("answers a repeat with nothing, too, when the answer was compressed", async () => {
    const query = `{ ${Array.from({ length: 15 }, (_, n) => `a${n}: stocks(skuIds: ["${"x".repeat(90)}"]) { unknownSkuIds }`).join(" ")} }`
    const zipped = { "accept-encoding": "gzip" }
    const first = await send(get(query, zipped))
    const etag = first.headers.get("etag") ?? ""
    expect(first.headers.get("content-encoding")).toBe("gzip")
    expect(etag).toMatch(/^W\//)
    for (const tags of [etag, `"other", ${etag}`, "*"]) {
      const again = await send(get(query, { ...zipped, "if-none-match": tags }))
      expect([again.status, await again.text()], tags).toEqual([304, ""])
    }
  })

  it("answers HEAD with what it would say to GET, and changes nothing", async () => {
    const asked = (query: string) => send(new Request(addressWith({ query }), { method: "HEAD" }))
    const read = await asked("{ __typename }")
    const got = await send(get("{ __typename }"))
    expect([read.status, read.headers.get("etag")]).toEqual([200, got.headers.get("etag")])
    expect(
      (await asked('mutation { release(input: { reservationId: "a" }) { __typename } }')).status
    ).toBe(405)
  })

  it("is not for mutations, and keeps no errors", async () => {
    const mutation = 'mutation { release(input: { reservationId: "a" }) { __typename } }'
    const refused = await send(get(mutation))
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST"])
    const wrong = await send(get('{ sku(skuId: "nobody") { name } }'))
    expect(wrong.headers.get("cache-control")).toBe("no-store")
  })

  it("has no page to try queries with, and does not show the schema", async () => {
    const page = await send(
      new Request("http://shop.example/graphql", { headers: { accept: "text/html" } })
    )
    expect(page.status).toBe(406)
    const schema = await readAnswer(await send(get("{ __schema { types { name } } }")))
    expect(schema.data).toBeUndefined()
    const guessed = await readAnswer(await send(get('{ skuu(skuId: "a") { name } }')))
    expect(guessed.errors?.[0]?.message).toBe('Cannot query field "skuu" on type "Query".')
  })
})

describe("in development", () => {
  const { send, ask } = worldForTests({ introspection: true })

  it("there is a page that loads nothing from elsewhere", async () => {
    const page = await send(
      new Request("http://shop.example/graphql", { headers: { accept: "text/html,*/*" } })
    )
    const html = await page.text()
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(html).not.toMatch(/(?:src|href)=|https?:\/\/(?!.*rfc-editor)/)
    const policy = page.headers.get("content-security-policy") ?? ""
    const [, script = ""] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
    expect(policy).toContain(
      `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`
    )
    expect(html).toContain("union ReserveStockResult = ReserveStockDone")
  })

  it("the schema may be asked for, and names are guessed", async () => {
    const { getIntrospectionQuery } = await import("graphql")
    const schema = await ask(getIntrospectionQuery())
    expect(schema.data.__schema.types.length).toBeGreaterThan(200)
    expect((await ask('{ skuu(skuId: "a") { name } }')).errors?.[0]?.message).toContain("sku")
  })
})

describe("documents that the server knows", () => {
  const text = "{ locations { id } }"
  const hash = createHash("sha256").update(text).digest("hex")
  const { post, send } = worldForTests({
    persisted: { [hash]: text, page: text },
    persistedOnly: true
  })

  it("are asked for by id, in either way, also by GET", async () => {
    const locations = [{ id: "default" }]
    expect((await post({ documentId: "page" })).data).toEqual({ locations })
    expect((await post({ documentId: `sha256:${hash}` })).data).toEqual({ locations })
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash } }
    expect((await post({ extensions })).data).toEqual({ locations })
    const byGet = await send(new Request(addressWith({ documentId: "page" })))
    expect((await readAnswer(byGet)).data).toEqual({ locations })
  })

  it("are the only ones", async () => {
    for (const body of [
      { query: text },
      { query: text, documentId: "other" },
      { documentId: "other" }
    ]) {
      const answer = await post(body)
      expect(answer.status).toBe(400)
      expect(answer.errors?.[0]?.extensions.code).toBe("document-not-known")
    }
    expect(() => graphqlDoor({ persistedOnly: true })).toThrow(/persisted/)
  })
})

describe("what goes wrong", () => {
  const { ask, post, world } = worldForTests()

  it("is not shown, but for what was meant for callers", async () => {
    const answer = await ask('{ sku(skuId: "nobody") { name } }')
    expect(answer.errors?.[0]).toMatchObject({
      path: ["sku"],
      extensions: {
        code: "sku-not-found",
        status: 404,
        refusal: "SkuNotFound",
        fields: { skuIds: ["nobody"] }
      }
    })
  })

  it("names an id that cannot be one, and answers what is beside it", async () => {
    const { data, errors } = await ask(`{
      sku(skuId: "a b") { name }
      product(productId: "x") { name }
      locations { id }
    }`)
    const refused = errors?.map(({ extensions, path }) => [
      path,
      extensions.code,
      extensions.fields
    ])
    expect(refused).toMatchObject([
      [["sku"], "invalid-input", { issues: [{ path: "skuId" }] }],
      [["product"], "invalid-input", { issues: [{ path: "productId" }] }]
    ])
    expect(data).toEqual({ sku: null, product: null, locations: [{ id: "default" }] })
  })

  it("names every bad field, as REST does", async () => {
    const query = `mutation { receive(input: { skuId: "a b", quantity: 0 }) {
      ... on InvalidInput { problem issues { path message } } } }`
    const { data } = await ask(query)
    expect(data.receive.issues.map(({ path }: { path: string }) => path)).toEqual([
      "skuId",
      "quantity"
    ])
    expect(data.receive.problem).toBe("invalid-input")
  })

  it("has no prototype to pollute", async () => {
    const body =
      '{"query":"mutation ($i: CreateProductInput!) { createProduct(input: $i) { __typename } }","variables":{"i":{"name":"x","type":"NORMAL","metadata":{"__proto__":{"polluted":true}}}}}'
    const answer = await post(body)
    expect(answer.status).toBe(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it("answers the parts of a batch by themselves, in their order", async () => {
    const answer = await post([
      { query: "{ locations { id } }" },
      { query: "{ nothing }" },
      {
        query:
          'mutation { registerLocation(input: { locationId: "shop", name: "Shop" }) { __typename } }'
      },
      { query: "{ locations { id } }" }
    ])
    expect(JSON.parse(answer.text)).toMatchObject([
      { data: { locations: [{ id: "default" }] } },
      { errors: [{ message: 'Cannot query field "nothing" on type "Query".' }] },
      { data: { registerLocation: { __typename: "RegisterLocationDone" } } },
      { data: { locations: [{ id: "default" }, { id: "shop" }] } }
    ])
    expect(world()).toBeDefined()
  })

  it("gives the first answer again under the same key, and refuses another command", async () => {
    const mutation = (name: string) =>
      `mutation { registerLocation(idempotencyKey: "k", input: { locationId: "attic", name: "${name}" }) {
        ... on RegisterLocationDone { isReplayed answer { name } } ... on Refusal { problem } } }`
    const answer = { name: "Attic" }
    expect((await ask(mutation("Attic"))).data.registerLocation).toEqual({
      isReplayed: false,
      answer
    })
    expect((await ask(mutation("Attic"))).data.registerLocation).toEqual({
      isReplayed: true,
      answer
    })
    expect((await ask(mutation("Cellar"))).data.registerLocation).toEqual({
      problem: "idempotency-mismatch"
    })
  })
})

describe("options", () => {
  it("are checked", () => {
    expect(() => graphqlDoor({ limits: { depth: 0 } })).toThrow(/limits.depth/)
    expect(() => graphqlDoor({ cacheSeconds: -1 })).toThrow(/cacheSeconds/)
  })
})

describe("limits of requests", () => {
  const minute = 60_000
  const { ask } = worldForTests(
    {},
    {
      limits: {
        principal: {
          reads: { count: 5, windowMillis: minute },
          writes: { count: 3, windowMillis: minute }
        }
      }
    }
  )

  it("count each command of a mutation, and each query", async () => {
    const release = (n: number) => `a${n}: release(input: { reservationId: "none" }) { __typename }`
    expect((await ask(`mutation { ${[1, 2, 3].map(release).join(" ")} }`)).status).toBe(200)
    const refused = await ask(`mutation { ${release(1)} }`)
    expect(refused.status).toBe(429)
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/)
    for (let n = 0; n < 5; n++) expect((await ask("{ __typename }")).status).toBe(200)
    expect((await ask("{ __typename }")).status).toBe(429)
  })
})
