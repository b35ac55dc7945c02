/** Requests that are almost right: each has one wrong value. */
import { beforeAll, describe, expect, it } from "vitest"
import { addressOf, Maker, type Operation, operationsOf } from "../document/requestsOf.ts"
import { serverForTests } from "../server.ts"
import { deafSender } from "../webhooks/deafSender.ts"

const { call, get, post, sku } = serverForTests({ webhooks: { sender: deafSender } })

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 7)
const requestsEach = 60

/** Values as JSON text, because parsing loses a number that is too large for a double. */
const wrongValues: ReadonlyArray<string> = [
  ...["null", "true", "false", "[]", "{}", "[[[[1]]]]", '{"a":{"b":{"c":null}}}', "[1,2,3]", '""'],
  ...["0", "-0", "-1", "1.5", "1e400", "-1e400", "9007199254740991", "9007199254740992"],
  ...["9007199254740993", "1000000001", "0.1000000000000001", "1e-400", "-9007199254740993"],
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ufeffx"', '"\\u202ex"'],
  ...['"x\\u200b"', '" "', '"\\u00a0"', '"e\\u0301"', '"\\ufffd"', '"__proto__"', '"constructor"'],
  ...['"NaN"', '"Infinity"', '"2026-02-30T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"1"', '"%00"'],
  ...[
    '"\'; drop table skus; --"',
    '"../../etc/passwd"',
    '"${7*7}"',
    '"<script>"',
    '{"__proto__":1}'
  ],
  JSON.stringify("x".repeat(20_000)),
  JSON.stringify("\u{1f9e6}".repeat(300)),
  JSON.stringify(Array.from({ length: 3_000 }, () => "x")),
  `${"[".repeat(70)}${"]".repeat(70)}`,
  `{"a":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`
]

const wrongAddresses: ReadonlyArray<string> = [
  ...[
    "%00",
    "%",
    "%ff",
    "%C0%AF",
    "%2e%2e",
    "%2F",
    "a%2fb",
    "%F0%9F%98%80",
    "%ED%A0%80",
    "%EF%BB%BF"
  ],
  ...[
    "x".repeat(300),
    "0",
    "-1",
    "null",
    "undefined",
    "__proto__",
    "%20",
    "a%0Ab",
    ";",
    "reservations"
  ]
]

const wrongHeaders: ReadonlyArray<readonly [string, string]> = [
  ["idempotency-key", ""],
  ["idempotency-key", "k".repeat(256)],
  ["idempotency-key", "\u00e9"],
  ["x-correlation-id", "\u00ff\u00fe"],
  ["x-correlation-id", "c".repeat(300)],
  ["traceparent", "00-zz"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", "text/plain"],
  ["accept", "image/png"],
  ["content-encoding", "gzip"]
]

/** The JSON of a value, with one of its leaves replaced by that text, or with a field added. */
const withWrong = (maker: Maker, value: unknown, wrong: string): string => {
  if (Array.isArray(value) && value.length > 0 && maker.between(0, 3) > 0) {
    const at = maker.between(0, value.length - 1)
    const parts = value.map((item, n) =>
      n === at ? withWrong(maker, item, wrong) : JSON.stringify(item)
    )
    return `[${parts.join(",")}]`
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const fields = Object.entries(value)
    const at = maker.between(-1, fields.length - 1)
    const parts = fields.map(([name, field], n) => {
      const text = n === at ? withWrong(maker, field, wrong) : JSON.stringify(field)
      return `${JSON.stringify(name)}:${text}`
    })
    return `{${[...parts, ...(at < 0 ? [`"surprise":${wrong}`] : [])].join(",")}}`
  }
  return wrong
}

/** One request that is wrong somewhere: address, query, header or body. */
const wrongRequest = (maker: Maker, operation: Operation) => {
  const made = maker.request(operation)
  const { cursor: _, ...query } = made.query
  let address = addressOf(operation, { ...made, query })
  const headers: Record<string, string> = { ...made.headers }
  let raw = made.body === undefined ? undefined : JSON.stringify(made.body)
  const places = [
    () => {
      const [path = "", search] = address.split("?")
      const steps = path.split("/")
      const at = operation.path.split("/").findIndex((step) => step.startsWith("{"))
      steps[at < 0 ? steps.length - 1 : at] = maker.one(wrongAddresses)
      address = steps.join("/") + (search === undefined ? "" : `?${search}`)
    },
    () => {
      const names = [...operation.parameters.map(({ name }) => name), "cursor", "surprise", ""]
      const name = encodeURIComponent(maker.one(names))
      const pair = `${name}=${maker.one(wrongAddresses)}`
      const twice = maker.between(0, 1) === 0 ? `${pair}&${pair}` : pair
      address += `${address.includes("?") ? "&" : "?"}${twice}`
    },
    () => {
      const [name, value] = maker.one(wrongHeaders)
      headers[name] = value
    },
    ...[1, 2, 3].map(() => () => {
      raw = withWrong(maker, made.body ?? {}, maker.one(wrongValues))
    })
  ]
  maker.one(operation.method === "GET" ? places.slice(0, 3) : places)()
  return { address, sent: { headers, ...(raw === undefined ? {} : { raw }) } }
}

let document: unknown
let operations: ReadonlyArray<Operation> = []
let known: Record<string, ReadonlyArray<unknown>> = {}

beforeAll(async () => {
  document = (await get("/openapi.json")).json
  operations = operationsOf(document).filter(({ isStream }) => !isStream)
  const skuId = await sku(1_000)
  const hold = await post("/api/inventory/reservations", { skuId, quantity: 2, orderId: "o-1" })
  known = { skuId: [skuId], orderId: ["o-1"], reservationId: [hold.json.id] }
})

describe("a request with one wrong value", () => {
  it(`causes no 500 and is answered with a problem, whatever the operation (seed ${seed})`, async () => {
    const broken: Array<string> = []
    const statuses = new Map<number, number>()
    for (const [index, operation] of operations.entries()) {
      const maker = new Maker(document, seed * 10_000 + index, known)
      for (let n = 0; n < requestsEach; n++) {
        const { address, sent } = wrongRequest(maker, operation)
        const answer = await call(operation.method, address, sent)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        if (answer.status < 500) continue
        broken.push(`${operation.method} ${address} ${JSON.stringify(sent)}: ${answer.text}`)
      }
    }
    expect(broken).toEqual([])
    expect(statuses.get(400)).toBeGreaterThan(500)
    expect(statuses.get(415)).toBeGreaterThan(10)
  }, 120_000)
})
