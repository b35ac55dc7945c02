// The matrix of permissions through GraphQL: every operation that has a field, for everybody who may ask.
// What must come of it follows from the permission of the row alone, as it does for REST.
import {
  anonymousPrincipal,
  type Permission,
  type PermittedOperation,
  type Principal
} from "@holdfast/core/access"
import { operations as catalog } from "@holdfast/core/catalog"
import { operations as inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { getNamedType, isObjectType, isUnionType } from "graphql"
import { beforeAll, describe, expect, it } from "vitest"
import { askers, countsOf, guestAskers, type Outcome } from "../../../http/test/access/askers.ts"
import { type Given, ofCatalog, ofInventory, prepare } from "../../../http/test/access/inputs.ts"
import { makeSchema } from "../../src/index.ts"
import { catalogRows, inventoryRows, type Row } from "../../src/schema/rows.ts"
import { type Answer, worldForTests } from "../asking.ts"

const { ask, post, world } = worldForTests({ limits: { cost: 100_000 } })
const schema = makeSchema({ inventory: true, catalog: true })

const contexts = [
  { context: "inventory", rows: inventoryRows, table: inventory, inputs: ofInventory },
  { context: "catalog", rows: catalogRows, table: catalog, inputs: ofCatalog }
] as const

const fields = contexts.flatMap(({ context, inputs, rows, table }) =>
  Object.entries(rows as Readonly<Record<string, Row>>).flatMap(([name, row]) =>
    "absent" in row
      ? []
      : [
          {
            context,
            name,
            row,
            permission: (table as Readonly<Record<string, Pick<PermittedOperation, "permission">>>)[
              name
            ]?.permission as Permission,
            input: inputs[name]
          }
        ]
  )
)

/** Fields of a type that are no edges: what anybody who gets the answer may see. */
const leafOf = (field: string): string => {
  const type = schema.getQueryType()?.getFields()[field]?.type
  const named = type && getNamedType(type)
  if (isObjectType(named)) return " { __typename }"
  return isUnionType(named) ? " { __typename }" : ""
}

const argsOf = (field: string, input: object) => {
  const args = schema.getQueryType()?.getFields()[field]?.args ?? []
  const given = args.filter(({ name }) => name in input)
  const declared = given.map(({ name, type }) => `$${name}: ${type}`).join(", ")
  const passed = given.map(({ name }) => `${name}: $${name}`).join(", ")
  return given.length === 0 ? ["", ""] : [`(${declared})`, `(${passed})`]
}

const documentOf = ({ name, row }: (typeof fields)[number], input: object) => {
  if ("query" in row) {
    const [declared, passed] = argsOf(row.query, input)
    return {
      text: `query ${declared} { answer: ${row.query}${passed}${leafOf(row.query)} }`,
      variables: input
    }
  }
  const type = schema.getMutationType()?.getFields()[name]?.args[0]?.type
  return {
    text: `mutation ($input: ${type}) { answer: ${name}(input: $input) { __typename ... on Refusal { problem } } }`,
    variables: { input }
  }
}

/** What an answer comes to. */
const outcomeOf = ({ data, errors }: Answer): string => {
  const code = errors?.[0]?.extensions?.code ?? data?.answer?.problem
  if (code === "forbidden") return "FORBIDDEN"
  if (code === "unauthenticated") return "UNAUTHENTICATED"
  if (
    ["order-not-found", "reservation-not-found", "bundle-not-found", "order-not-placed"].includes(
      code
    )
  ) {
    return "ABSENT"
  }
  return code === undefined ? "ALLOWED" : `${code}: ${errors?.[0]?.message}`
}

let given: Omit<Given, "ownerId">

beforeAll(async () => {
  given = await prepare(world())
})

const seen: Array<Outcome> = []

describe("who may do what is the same as in REST", () => {
  it.each(fields)("$context.$name", async (field) => {
    expect(field.input, "the tests have no input for it").toBeDefined()
    const { cartId, cartToken } = given
    const guest: Principal = { id: cartId, kind: "ANONYMOUS", roles: [] }
    const everybody = [...askers, ...guestAskers({ cartToken, guest })]
    for (const { expected, name, ownerId, principal, shows } of everybody) {
      const input = (await field.input?.({ ...given, ownerId } as Given)) ?? {}
      const { text, variables } = documentOf(field, input)
      const body = { query: text, variables }
      const who = shows === undefined ? principal(field.permission) : anonymousPrincipal
      const answer = await post(body, who, shows?.(field.permission))
      const must = expected(field.permission)
      seen.push(must)
      expect(outcomeOf(answer), `${name} ${field.name} ${answer.text}`).toBe(must)
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
  const user = { id: "ann", kind: "USER", roles: ["USER"] } as const
  const deniedOf = async (operation: string) => {
    const pages = await Promise.all(
      world().audits.map((audit) => Effect.runPromise(audit.list({ operation, limit: 10 })))
    )
    return pages.flat()
  }

  it("is recorded in the audit log, by the command and by what it names", async () => {
    const answer = await ask(
      'mutation { receive(input: { skuId: "mug", quantity: 1 }) { __typename } }',
      {},
      user
    )
    expect(answer.data).toEqual({ receive: { __typename: "Forbidden" } })
    await expect.poll(() => deniedOf("ReceiveStock")).not.toEqual([])
  })

  it("is denied for an edge alone, and what is beside it is answered", async () => {
    const query = `query ($id: ID!) { product(productId: $id) {
      name options { skuMappings { stock { status } sku { name } } } } }`
    const { data, errors } = await ask(query, { id: given.productId }, user)
    expect(data.product.options[0].skuMappings).toEqual([
      { stock: { status: "known" }, sku: null },
      { stock: { status: "known" }, sku: null }
    ])
    expect(errors?.map(({ extensions, path }) => [path?.join("."), extensions.code])).toEqual([
      ["product.options.0.skuMappings.0.sku", "forbidden"],
      ["product.options.0.skuMappings.1.sku", "forbidden"]
    ])
  })
})
