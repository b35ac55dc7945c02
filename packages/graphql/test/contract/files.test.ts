/**
 * The committed schema is the one that the sources make, and breaks nothing that the last release
 * promised. `pnpm contract` writes it; `pnpm contract release` also records it as the one that later
 * versions must not break.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  lexicographicSortSchema,
  printSchema,
  validateSchema
} from "graphql"
import { expect, it } from "vitest"
import { makeSchema } from "../../src/index.ts"

const pathOf = (file: string) => fileURLToPath(new URL(`../../../../${file}`, import.meta.url))
const current = "docs/graphql/schema.graphql"
const released = "docs/graphql/released.graphql"

const schema = makeSchema({ inventory: true, catalog: true })
const sdlOf = (it: GraphQLSchema) => `${printSchema(lexicographicSortSchema(it))}\n`
const updated = process.env["UPDATE_CONTRACT"]

const breaksOf = (now: GraphQLSchema) =>
  findBreakingChanges(buildSchema(readFileSync(pathOf(released), "utf8")), now).map(
    ({ description }) => description
  )

if (updated !== undefined) {
  mkdirSync(pathOf("docs/graphql"), { recursive: true })
  writeFileSync(pathOf(current), sdlOf(schema))
}
if (updated === "break" || (updated === "release" && breaksOf(schema).length === 0)) {
  writeFileSync(pathOf(released), sdlOf(schema))
}

it("schema.graphql is as the sources make it; if not, run `pnpm contract`", () => {
  expect(readFileSync(pathOf(current), "utf8")).toBe(sdlOf(schema))
})

it("is a schema that graphql-js accepts, whatever is served", () => {
  for (const inventory of [true, false]) {
    for (const catalog of [true, false]) {
      if (inventory || catalog) {
        expect(validateSchema(makeSchema({ inventory, catalog }))).toEqual([])
      }
    }
  }
})

it("breaks nothing that the last release promised to clients", () => {
  expect(breaksOf(schema)).toEqual([])
})

it("notices a field that is gone, a type that changed, and an argument that is needed", () => {
  const sdl = readFileSync(pathOf(released), "utf8")
  const broken = sdl
    .replace("  backorderLimit: Units!\n", "")
    .replace("  priority: Units!\n", "  priority: String!\n")
    .replace("  sku(skuId: ID!): Sku", "  sku(skuId: ID!, at: DateTime!): Sku")
  expect(breaksOf(buildSchema(broken))).toEqual(
    expect.arrayContaining([
      "Sku.backorderLimit was removed.",
      expect.stringMatching(/priority changed type from Units! to String!\./),
      "A required arg at on Query.sku was added."
    ])
  )
})
