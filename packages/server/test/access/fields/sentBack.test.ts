// Every field of every answer of the REST API is sent back as input, to every endpoint that changes
// something: what an operation does not take is refused by its name, and nothing has changed.
import { guestOf } from "@holdfast/core/access"
import * as OpenApi from "effect/http-api/OpenApi"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { HoldfastApi } from "../../../../http/src/HoldfastApi.ts"
import { askerHeader } from "../../../../http/test/access/askers.ts"
import { type Given, prepare } from "../../../../http/test/access/inputs.ts"
import { openWorld, type World } from "../../../../http/test/access/world.ts"
import { type Endpoint, endpoints, requestOf } from "../matrixEndpoints.ts"

type Fields = Readonly<Record<string, unknown>>

const root = { id: "root", kind: "USER", roles: ["ADMIN"] }

let world: World
let given: Given

beforeAll(async () => {
  world = await openWorld()
  given = { ...(await prepare(world)), ownerId: "ann" }
})
afterAll(() => world.close())

const nameOf = ({ endpoint, group }: Endpoint) => `${group}.${endpoint}`

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The fields of an answer, at every depth, with a value of each. */
const collect = (value: unknown, into: Map<string, unknown>): void => {
  if (Array.isArray(value)) for (const one of value) collect(one, into)
  if (!isFields(value)) return
  for (const [name, held] of Object.entries(value)) {
    // What is known of a customer is the host's own.
    if (name === "customer") continue
    if (!into.has(name) || into.get(name) === null) into.set(name, held)
    collect(held, into)
  }
}

const ask = async (request: Request, by: object = root) => {
  request.headers.set(askerHeader, JSON.stringify(by))
  const response = await world.fetch(request)
  if (response.headers.get("content-type")?.includes("json") !== true) {
    await response.body?.cancel()
    return { status: response.status, body: undefined }
  }
  return { status: response.status, body: (await response.json()) as unknown }
}

// biome-ignore lint/suspicious/noExplicitAny: a document is read by those who know what is in it
type Any = any
const document: Any = OpenApi.fromApi(HoldfastApi)

const resolved = (schema: Any): Any =>
  schema?.$ref === undefined
    ? schema
    : resolved(document.components.schemas[schema.$ref.split("/").at(-1)])

/** What a schema of the document has as fields; of an array, what its elements have. */
const takenIn = (given: Any): ReadonlySet<string> => {
  const schema = resolved(given) ?? {}
  const parts: ReadonlyArray<Any> = [
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? [])
  ]
  const own = Object.keys(schema.properties ?? {})
  return new Set([
    ...own,
    ...parts.flatMap((part) => [...takenIn(part)]),
    ...(schema.items === undefined ? [] : takenIn(schema.items))
  ])
}

const bodyOf = ({ method, path }: Endpoint): Any => {
  const written = path.replace(/:(\w+)/g, "{$1}")
  return document.paths[written]?.[method.toLowerCase()]?.requestBody?.content?.["application/json"]
    ?.schema
}

/** Those that take a body of JSON. */
const changing = () =>
  endpoints().filter(
    (one) => ["POST", "PUT", "PATCH"].includes(one.method) && bodyOf(one) !== undefined
  )

/** Every field of every answer: of what is read, and of what each change answers. */
const answered = async () => {
  const fields = new Map<string, unknown>()
  let answers = 0
  for (const one of endpoints()) {
    if (one.path.endsWith("/stream")) continue
    const input = await one.make(given)
    const { body, status } = await ask(requestOf(one.method, one.path, input, nameOf(one)))
    if (status >= 400 || body === undefined) continue
    answers++
    collect(body, fields)
  }
  return { fields, answers }
}

/** Where the logs of both contexts end. */
const ends = async () => {
  const end = async (context: string) => {
    let after = 0
    while (true) {
      const url = `http://shop.test/api/events?context=${context}&after=${after}&size=200`
      const { body } = await ask(new Request(url))
      const { items, next } = body as { items: ReadonlyArray<unknown>; next: number }
      if (items.length === 0) return after
      after = next
    }
  }
  return [await end("inventory"), await end("catalog")]
}

/** The ways to send a field with a body: at its top, and in the first of each list of things. */
const placesIn = (body: Fields): ReadonlyArray<readonly [string, (name: string) => unknown]> => [
  ["", () => undefined],
  ...Object.entries(body).flatMap(([list, value]) =>
    Array.isArray(value) && isFields(value[0])
      ? [[`${list}.0.`, (name: string) => value[0][name]] as const]
      : []
  )
]

const withField = (body: Fields, place: string, name: string, value: unknown): Fields => {
  const [list] = place.split(".")
  if (place === "" || list === undefined) return { ...body, [name]: value }
  const [first, ...others] = body[list] as ReadonlyArray<Fields>
  return { ...body, [list]: [{ ...first, [name]: value }, ...others] }
}

const taken = (schema: Any, place: string): ReadonlySet<string> => {
  if (place === "") return takenIn(schema)
  const [list = ""] = place.split(".")
  const parts = [resolved(schema), ...(resolved(schema)?.anyOf ?? []).map(resolved)]
  return new Set(parts.flatMap((part) => [...takenIn(part?.properties?.[list])]))
}

describe("S9 what was answered, sent back as input", () => {
  it("is refused by its name at every endpoint that does not take it, and changes nothing", async () => {
    const { answers, fields } = await answered()
    // Or the test shows nothing.
    expect(answers).toBeGreaterThan(70)
    expect(fields.size).toBeGreaterThan(100)
    for (const name of [
      "ownerId",
      "version",
      "reservedQuantity",
      "createdAt",
      "status",
      "balanceAfter"
    ]) {
      expect([...fields.keys()]).toContain(name)
    }
    const wrong: Array<string> = []
    let sent = 0
    for (const one of changing()) {
      const input = await one.make(given)
      const model = requestOf(one.method, one.path, input, nameOf(one))
      const body = JSON.parse(await model.clone().text()) as Fields
      const before = await ends()
      for (const [place] of placesIn(body)) {
        const known = taken(bodyOf(one), place)
        for (const [name, value] of fields) {
          if (known.has(name)) continue
          sent++
          const request = new Request(model.url, {
            method: one.method,
            headers: model.headers,
            body: JSON.stringify(withField(body, place, name, value))
          })
          const { body: answer, status } = await ask(request)
          // A bulk request answers line by line, and this line has changed nothing.
          const isRefused = status === 400 || Object(answer).changed === 0
          const words = JSON.stringify(answer ?? "")
          if (!isRefused || !words.includes(`"${place}${name}"`)) {
            wrong.push(`${nameOf(one)} ${place}${name}: ${status} ${words.slice(0, 200)}`)
          }
        }
      }
      if (JSON.stringify(await ends()) !== JSON.stringify(before)) {
        wrong.push(`${nameOf(one)} has changed something`)
      }
    }
    console.log(
      `${fields.size} fields of ${answers} answers, sent back to ${changing().length} endpoints: ` +
        `${sent} requests, ${wrong.length} wrong`
    )
    expect(wrong.slice(0, 20)).toEqual([])
    expect(changing().length).toBeGreaterThan(50)
  })

  it("lets nobody but a manager or a service say whose an order is, or that it is paid", async () => {
    const { fresh, skuId } = given
    const user = { id: "zoe", kind: "USER", roles: ["USER"] }
    const reserved = (more: object) => ({ orderId: fresh("order"), skuId, quantity: 1, ...more })
    const reserve = (body: object) =>
      new Request("http://shop.test/api/inventory/reservations", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body)
      })
    const before = await ends()
    for (const more of [{ ownerId: "ann" }, { ownerId: guestOf(given.cartId).id }]) {
      expect((await ask(reserve(reserved(more)), user)).status).toBe(403)
    }
    for (const by of [user, root]) {
      expect((await ask(reserve(reserved({ actor: "ann" })), by)).status).toBe(400)
    }
    expect(await ends()).toEqual(before)
    const own = await ask(reserve(reserved({ ownerId: "zoe" })), user)
    expect(own).toMatchObject({ status: 201, body: { ownerId: "zoe" } })
  })
})
