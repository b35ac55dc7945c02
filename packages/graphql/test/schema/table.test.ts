// The table of operations, gone through: what each is in GraphQL, with the refusals that it has at every
// door, under the codes of REST.
import {
  operations as catalog,
  refusals as catalogRefusals,
  everyRefusalOf as catalogRefusalsOf
} from "@holdfast/core/catalog"
import {
  operations as inventory,
  refusals as inventoryRefusals,
  everyRefusalOf as inventoryRefusalsOf
} from "@holdfast/core/inventory"
import { problemOfRefusal } from "@holdfast/http/kit"
import { getNamedType, isUnionType } from "graphql"
import { describe, expect, it } from "vitest"
import { makeSchema } from "../../src/index.ts"
import { codeOf, RefusalInterface, sentenceOf } from "../../src/schema/refusalTypes.ts"
import { catalogRows, inventoryRows, type Row } from "../../src/schema/rows.ts"

const schema = makeSchema({ inventory: true, catalog: true })
const queries = schema.getQueryType()?.getFields() ?? {}
const mutations = schema.getMutationType()?.getFields() ?? {}

const contexts = [
  { name: "inventory", rows: inventoryRows, table: inventory, refusalsOf: inventoryRefusalsOf },
  { name: "catalog", rows: catalogRows, table: catalog, refusalsOf: catalogRefusalsOf }
] as const

const all = contexts.flatMap(({ name: context, refusalsOf, rows, table }) =>
  Object.entries(table).map(([name, operation]) => ({
    context,
    name,
    operation: operation as { readonly summary: string; readonly command?: string },
    row: (rows as Readonly<Record<string, Row>>)[name],
    refusals: (refusalsOf as (name: string) => ReadonlyArray<string>)(name)
  }))
)

describe("every operation of core", () => {
  it("is counted", () => {
    expect(all.length).toBeGreaterThan(80)
    expect(
      all.filter(({ row }) => row !== undefined && "absent" in row).map(({ name }) => name)
    ).toEqual([
      ...["customer", "eraseCustomer", "expireLapsed"],
      ...["reconcile", "reconciledLevels", "ping", "ping"]
    ])
  })

  it.each(all)(
    "$context.$name is a field, or says why not",
    ({ name, operation, refusals, row }) => {
      if (row === undefined) throw new Error("it has no row")
      if ("absent" in row) {
        expect(row.absent.length).toBeGreaterThan(10)
        return
      }
      if ("query" in row) {
        expect(operation.command).toBeUndefined()
        expect(queries[row.query]?.description).toBe(`${operation.summary}.`)
        return
      }
      const field = mutations[name]
      const type = field && getNamedType(field.type)
      if (!isUnionType(type)) throw new Error("it answers with no union")
      expect(field?.args.map((arg) => arg.name)).toEqual(["input", "idempotencyKey"])
      expect(type.name).toBe(`${operation.command}Result`)
      expect(type.getTypes().map((member) => member.name)).toEqual([
        `${operation.command}Done`,
        ...refusals
      ])
    }
  )

  it("has no root field in GraphQL that is in no table", () => {
    const named = all.flatMap(({ name, row }) =>
      row === undefined || "absent" in row ? [] : ["query" in row ? row.query : name]
    )
    expect([...Object.keys(queries), ...Object.keys(mutations)].sort()).toEqual(named.sort())
  })
})

describe("every refusal", () => {
  const kinds = { ...catalogRefusals, ...inventoryRefusals }
  it.each(Object.entries(kinds))("%s has the code of REST", (tag, { slug, title }) => {
    const refusal = { _tag: tag } as never
    expect(`urn:holdfast:problem:${codeOf(refusal)}`).toBe(problemOfRefusal(kinds, refusal).type)
    expect(codeOf(refusal)).toBe(slug)
    // What only questions are refused with is an error, and no type.
    const isOfMutation = all.some(
      ({ refusals, row }) => row !== undefined && "mutation" in row && refusals.includes(tag)
    )
    const type = schema.getType(tag)
    if (isOfMutation) expect(type).toMatchObject({ description: `${title}.` })
  })

  it("is a type that can be asked for by what all have", () => {
    const { objects } = schema.getImplementations(
      schema.getType(RefusalInterface.name) as typeof RefusalInterface
    )
    const tags = new Set(
      all.flatMap(({ refusals, row }) => (row && "mutation" in row ? refusals : []))
    )
    expect(objects.map(({ name }) => name)).toEqual(expect.arrayContaining([...tags]))
    expect(sentenceOf({ _tag: "SkuNotFound", skuIds: ["x" as never] })).toContain('"x"')
  })
})
