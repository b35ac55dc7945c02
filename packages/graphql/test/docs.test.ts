// The queries of the documentation are valid, are within the limits, and are answered as they stand.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { buildSchema, parse, validate } from "graphql"
import { beforeAll, describe, expect, it } from "vitest"
import { type Given, prepare } from "../../http/test/access/inputs.ts"
import { limitsDefault } from "../src/serving/Limits.ts"
import { worldForTests } from "./asking.ts"

const textOf = (file: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${file}`, import.meta.url)), "utf8")
const page = textOf("docs/doors/GRAPHQL.md")
const blocks = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, text = ""]) => text)
const bodies = [...page.matchAll(/-d '(\{"query".*?\})'/g)].map(
  ([, body = "{}"]) => JSON.parse(body).query as string
)

const { ask, world } = worldForTests()
let given: Omit<Given, "ownerId">

beforeAll(async () => {
  given = await prepare(world())
})

const variablesOf = (text: string): object =>
  text.includes("ProductPage")
    ? { id: given.productId }
    : text.includes("CategoryPage")
      ? { id: given.categoryId }
      : text.includes("query Stock")
        ? { id: given.skuId }
        : { orderId: "order-of-the-page", key: "key-of-the-page", skuIds: ["mug"] }

describe("docs/doors/GRAPHQL.md", () => {
  it("has queries", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(5)
    expect(bodies.length).toBe(2)
  })

  it.each([...blocks, ...bodies])("%s", async (text) => {
    const schema = buildSchema(textOf("docs/graphql/schema.graphql"))
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([])
    if (text.includes("subscription")) return
    const answer = await ask(text, variablesOf(text))
    expect(answer.errors, answer.text).toBeUndefined()
    for (const value of Object.values(answer.data)) expect(value).not.toBeNull()
  })

  it("names each limit with its number", () => {
    for (const [name, number] of Object.entries(limitsDefault)) {
      expect(page).toContain(`| \`${name}\` | ${number.toLocaleString("en-US")} |`)
    }
  })
})
