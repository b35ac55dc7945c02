// The GraphQL API of a server: there when it is switched on, and what its settings do.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it, vi } from "vitest"
import { holdfast, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-graphql-"))
afterAll(() => rmSync(folder, { recursive: true }))

const ask = async (url: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body)
  })
  return { status: response.status, text: await response.text() }
}

describe("a server with --graphql", () => {
  it("answers a query and a mutation, and a page for people in development", async () => {
    await using server = await startServer(["--memory", "--demo", "--graphql"])
    const query = "{ products(first: 2) { nodes { name } } }"
    const products = JSON.parse((await ask(server.url, { query })).text)
    expect(products.data.products.nodes).toHaveLength(2)
    const register = `mutation { registerSku(input: { skuId: "mug-blue", code: "MUG", name: "Mug", initialStock: 10 }) {
      ... on RegisterSkuDone { answer { id stock { availableQuantity } } } } }`
    expect(
      JSON.parse((await ask(server.url, { query: register })).text).data.registerSku.answer
    ).toEqual({
      id: "mug-blue",
      stock: { availableQuantity: 10 }
    })
    const page = await fetch(`${server.url}/graphql`, { headers: { accept: "text/html" } })
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(server.try.at(-1)).toContain(`curl ${server.url}/graphql`)
    // A token that nobody vouches for is turned away here as in REST.
    const denied = await ask(server.url, { query }, { authorization: "Bearer nonsense" })
    expect(denied.status).toBe(401)
    await server.stop()
  })

  it("has no GraphQL without it, and shows no schema where it is no development", async () => {
    await using without = await startServer(["--memory", "--auth", "none"])
    expect((await ask(without.url, { query: "{ __typename }" })).status).toBe(404)
    await without.stop()
    await using server = await startServer(["--memory", "--auth", "none", "--graphql"])
    expect((await ask(server.url, { query: "{ __schema { types { name } } }" })).text).toContain(
      "introspection"
    )
    await server.stop()
  })

  it("answers only the documents of a file", async () => {
    const file = join(folder, "documents.json")
    writeFileSync(file, JSON.stringify({ locations: "{ locations { id } }" }))
    await using server = await startServer([
      ...["--memory", "--auth", "none", "--graphql", "--graphql-persisted-only", file]
    ])
    expect(JSON.parse((await ask(server.url, { documentId: "locations" })).text)).toEqual({
      data: { locations: [{ id: "default" }] }
    })
    expect((await ask(server.url, { query: "{ locations { id } }" })).status).toBe(400)
    await server.stop()
  })

  it.each([
    [["--graphql-introspection", "on"], "--graphql-introspection needs --graphql"],
    [
      ["--graphql", "--graphql-persisted-only", "nowhere.json"],
      "--graphql-persisted-only nowhere.json cannot be read: there is no such file"
    ]
  ])("refuses %s", async (flags, words) => {
    const { code, stderr } = await holdfast(["serve", "--memory", ...flags], { cwd: folder })
    expect(code).not.toBe(0)
    expect(stderr).toContain(words)
  })

  it.each([
    ["{ locations { id } }", "it is not JSON"],
    ["[]", "it must be a JSON object of documents by their ids"],
    ["{}", "it has no document, so nothing could be asked"],
    ['{"a":"{ __typename }","b":{"c":1}}', 'the document "b" is not a text']
  ])("refuses a file that says %s", async (text, why) => {
    const file = join(folder, "wrong.json")
    writeFileSync(file, text)
    const { code, stderr } = await holdfast([
      ...["serve", "--memory", "--graphql", "--graphql-persisted-only", file]
    ])
    expect(code).toBe(2)
    expect(stderr).toContain(`--graphql-persisted-only ${file} cannot be used: ${why}`)
    expect(stderr).not.toMatch(/ENOENT|SyntaxError|Unexpected/)
  })
})
