// Documents made of the schema at random, with arguments that fit and that do not: none is a 500, none
// is answered with what is for the log alone, and none writes but by a mutation that says so.
import * as Effect from "effect/Effect"
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType
} from "graphql"
import { beforeAll, describe, expect, it } from "vitest"
import { prepare } from "../../http/test/access/inputs.ts"
import { makeSchema } from "../src/index.ts"
import { type Answer, worldForTests } from "./asking.ts"

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 11)
const documents = Number(process.env["HOLDFAST_FUZZ_DOCUMENTS"] ?? 10_000)

const { ask, post, world } = worldForTests({ introspection: true })
const schema = makeSchema({ inventory: true, catalog: true })

/** Random numbers of a seed, the same ones each time. */
class Dice {
  private state: number

  constructor(from: number) {
    this.state = from
  }

  /** A whole number below a bound. */
  below(bound: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.state / 2 ** 32) * bound)
  }

  one<A>(of: ReadonlyArray<A>): A {
    return of[this.below(of.length)] as A
  }
}

const ids = [
  "mug",
  "cup",
  "here",
  "nobody",
  "order-1",
  "00000000-0000-4000-8000-000000000000",
  "a b",
  ""
]
const wrong = [
  "null",
  "true",
  "[]",
  "{}",
  "-1",
  "1e400",
  "9007199254740993",
  '"\\u0000"',
  '"x"',
  "1.5",
  "$v",
  "SOME"
]

class Maker {
  private readonly dice: Dice
  private aliases = 0

  constructor(dice: Dice) {
    this.dice = dice
  }

  private value(type: GraphQLInputType, depth: number): string {
    if (this.dice.below(25) === 0) return this.dice.one(wrong)
    if (!isNonNullType(type) && this.dice.below(12) === 0) return "null"
    const inner = getNullableType(type)
    if (isListType(inner)) {
      const items = Array.from({ length: this.dice.below(3) }, () =>
        this.value(inner.ofType, depth + 1)
      )
      return `[${items.join(", ")}]`
    }
    const named = getNamedType(inner)
    if (isEnumType(named)) return this.dice.one(named.getValues()).name
    if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields())
        .filter((field) => isNonNullType(field.type) || (depth < 4 && this.dice.below(3) === 0))
        .map((field) => `${field.name}: ${this.value(field.type, depth + 1)}`)
      return `{ ${fields.join(", ")} }`
    }
    switch (named.name) {
      case "Int":
      case "Units":
        return String(this.dice.one([0, 1, 2, 3, 7, 20, 1_000]))
      case "Float":
        return this.dice.one(["0", "1.5", "2.25"])
      case "Boolean":
        return this.dice.one(["true", "false"])
      case "DateTime":
        return this.dice.one(['"2026-01-31T09:30:00Z"', '"2026-02-30T00:00:00Z"', '"soon"'])
      case "Money":
        return this.dice.one([
          '{ amount: "5.00", currency: "EUR" }',
          '{ amount: "5.001", currency: "EUR" }'
        ])
      case "JSON":
        return this.dice.one(["{ a: 1 }", "[1, 2]", '"x"', "null"])
      default:
        return JSON.stringify(this.dice.one(ids))
    }
  }

  private argsOf(args: ReadonlyArray<GraphQLArgument>): string {
    const given = args
      .filter((arg) => isNonNullType(arg.type) || this.dice.below(4) === 0)
      .map((arg) => `${arg.name}: ${this.value(arg.type, 0)}`)
    return given.length === 0 ? "" : `(${given.join(", ")})`
  }

  private fieldOf(field: GraphQLField<unknown, unknown>, depth: number): string {
    const alias = this.dice.below(15) === 0 ? `x${this.aliases++}: ` : ""
    const directive =
      this.dice.below(30) === 0 ? ` @include(if: ${this.dice.one(["true", "false"])})` : ""
    return `${alias}${field.name}${this.argsOf(field.args)}${directive}${this.selection(getNamedType(field.type), depth + 1)}`
  }

  private selection(type: ReturnType<typeof getNamedType>, depth: number): string {
    if (isUnionType(type)) {
      const members = type.getTypes().filter(() => this.dice.below(6) === 0)
      const parts = members.map(
        (member) => `... on ${member.name}${this.selection(member, depth + 1)}`
      )
      return ` { __typename ... on Refusal { problem message } ${parts.join(" ")} }`
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return ""
    const fields = Object.values(type.getFields()).filter(
      ({ type: inner }) => depth < 8 || !isObjectType(getNamedType(inner))
    )
    const some = fields.filter(() => this.dice.below(depth < 4 ? 3 : 5) === 0)
    const texts = some.map((field) => this.fieldOf(field, depth))
    return ` { __typename ${texts.join(" ")} }`
  }

  document(): { readonly text: string; readonly writes: boolean } {
    const writes = this.dice.below(3) === 0
    const root = writes ? schema.getMutationType() : schema.getQueryType()
    const fields = Object.values(root?.getFields() ?? {})
    const texts = Array.from(
      { length: 1 + this.dice.below(2) },
      (_, n) => `r${n}: ${this.fieldOf(this.dice.one(fields), 0)}`
    )
    return { text: `${writes ? "mutation" : "query"} { ${texts.join(" ")} }`, writes }
  }
}

const eventsOf = async (): Promise<number> => {
  const [stock, products] = await Promise.all(
    (["inventory", "catalog"] as const).map((context) =>
      Effect.runPromise(
        world().method(context, "events")?.({ size: 1_000 } as never) ?? Effect.succeed([])
      )
    )
  )
  return [stock, products].flatMap((page) => (page as { items: ReadonlyArray<unknown> }).items)
    .length
}

beforeAll(async () => {
  await prepare(world())
})

const outcomes = new Map<string, number>()

/** What must hold for every answer. */
const expectFit = (answer: Answer, text: string) => {
  expect(answer.status, text).toBeLessThan(500)
  const codes = answer.errors?.map(({ extensions }) => extensions?.code) ?? []
  expect(codes, `${text}\n${answer.text}`).not.toContain("internal-error")
  const what =
    answer.data === undefined || answer.data === null
      ? "refused"
      : codes.length > 0
        ? "in part"
        : "answered"
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
}

describe(`documents of the seed ${seed}`, () => {
  it(`are answered or refused, ${documents} of them, and questions write nothing`, async () => {
    const maker = new Maker(new Dice(seed))
    let before = await eventsOf()
    for (let n = 0; n < documents; n++) {
      const { text, writes } = maker.document()
      expectFit(await ask(text), text)
      if (n % 50 !== 49 && !writes) continue
      const after = await eventsOf()
      if (!writes) expect(after, text).toBe(before)
      before = after
    }
    for (const what of ["answered", "in part", "refused"]) {
      expect(
        outcomes.get(what) ?? 0,
        `${what} in ${JSON.stringify([...outcomes])}`
      ).toBeGreaterThan(documents / 40)
    }
  }, 600_000)

  it("are refused when a character is wrong, and write nothing", async () => {
    const dice = new Dice(seed + 1)
    const maker = new Maker(dice)
    const before = await eventsOf()
    for (let n = 0; n < documents / 4; n++) {
      const { text, writes } = maker.document()
      if (writes) continue
      const at = dice.below(text.length)
      const cut = `${text.slice(0, at)}${dice.one(["", "}", "{", '"', "\\", "\u0000", "…", "#"])}${text.slice(at + 1)}`
      const answer = await ask(cut)
      expect(answer.status, cut).toBeLessThan(500)
    }
    expect(await eventsOf()).toBe(before)
  }, 600_000)

  it.each([
    "",
    "null",
    "[]",
    "[null]",
    "{",
    '{"query":1}',
    '{"query":null}',
    '{"query":"{__typename}","variables":[]}',
    '{"query":"{__typename}","operationName":1}',
    '{"query":"{__typename}","extensions":"x"}',
    '{"documentId":1}',
    '"x"',
    "1",
    '[[{"query":"{__typename}"}]]',
    `{"query":"${"\\u0000".repeat(100)}"}`,
    `${"[".repeat(200)}${"]".repeat(200)}`
  ])("a body that is no request: %s", async (body) => {
    const answer = await post(body)
    expect(answer.status).toBeGreaterThanOrEqual(
      body.startsWith("[n") || body.startsWith("[[{") ? 200 : 400
    )
    expect(answer.status).toBeLessThan(500)
  })
})
