/** Requests from a tool that knows only the document: none of them is bad input. */
import { contextOf } from "@holdfast/core/events"
import { beforeAll, describe, expect, it } from "vitest"
import { type Answer, serverForTests } from "../server.ts"
import { deafSender } from "../webhooks/deafSender.ts"
import { addressOf, type Made, Maker, type Operation, operationsOf } from "./requestsOf.ts"

const { call, get, post, sku } = serverForTests({ webhooks: { sender: deafSender } })

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 7)
const requestsEach = 40

/** The items of a list that differ in a field, the first of each. */
const distinctBy = (field: string, list: ReadonlyArray<Record<string, unknown>>) => [
  ...new Map(list.map((item) => [item[field] ?? item, item])).values()
]

/** A value of the catalog without what its lists may not hold twice. */
const withoutTwins = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutTwins)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const key = { skuMappings: "skuId", images: "url", options: "optionId", choices: "value" }[
        name
      ]
      const held = withoutTwins(field)
      return [name, key === undefined || !Array.isArray(held) ? held : distinctBy(key, held)]
    })
  )
}

/** Says one of two lists, of which exactly one must be given. */
const eitherList = (fields: Record<string, unknown>): Record<string, unknown> => {
  const { optionIds, skuIds = ["sku-1"], ...rest } = fields
  return optionIds === undefined ? { ...rest, skuIds } : { ...rest, optionIds }
}

const ofContext = (types: unknown, context: unknown): ReadonlyArray<string> =>
  (types as ReadonlyArray<string>).filter((type) => {
    const isCatalog = contextOf(type) === "catalog"
    return isCatalog === (context === "catalog")
  })

/** Types of events are of the context that is asked, and a type or none is left of them. */
const withinContext = (
  field: string,
  { context, orderId, ...fields }: Record<string, unknown>
): Record<string, unknown> => {
  const named = context === undefined ? fields : { ...fields, context }
  const asked = orderId === undefined || context === "catalog" ? named : { ...named, orderId }
  const { [field]: types, ...rest } = asked
  const own = Array.isArray(types) ? ofContext(types, context) : []
  return own.length === 0 ? rest : { ...rest, [field]: own }
}

/**
 * What no schema can express: a cursor comes from a page, nothing has happened after now, one image
 * is primary, what is asked of the audit log is the name of an operation, and so on.
 */
const sayable = (operation: Operation, made: Made): Made => {
  const isMappings = operation.path.endsWith("/products/sku-mappings")
  const { cursor: _, ...asked } = made.query
  if (typeof asked["page"] === "number") asked["page"] %= 40
  if (asked["q"] !== undefined || asked["sort"] === "relevance") asked["q"] = "socks"
  if (operation.path === "/api/audit") {
    if (asked["operation"] !== undefined) asked["operation"] = "reserve"
    if (asked["from"] !== undefined) delete asked["until"]
  }
  const isPriced = asked["priceFrom"] !== undefined || asked["priceTo"] !== undefined
  if (isPriced) asked["currency"] = "EUR"
  else delete asked["currency"]
  const isQuestion = operation.method === "GET" && isMappings
  const isEvents = operation.path === "/api/events"
  const query = isQuestion ? eitherList(asked) : isEvents ? withinContext("types", asked) : asked
  if (typeof made.body !== "object" || made.body === null) return { ...made, query }
  const {
    cursor: __,
    primaryCategoryId,
    ...body
  } = withoutTwins(made.body) as Record<string, unknown>
  const years = { occurredAt: 2020, publishAt: 2020, unpublishAt: 2090 }
  for (const [name, year] of Object.entries(years)) {
    const instant = body[name]
    if (typeof instant === "string") body[name] = `${year}${instant.slice(4)}`
  }
  if (body["toLocationId"] !== undefined && body["toLocationId"] === body["fromLocationId"]) {
    body["toLocationId"] = "elsewhere"
  }
  const { categoryIds, images, options } = body
  if (primaryCategoryId !== undefined && Array.isArray(categoryIds) && categoryIds.length > 0) {
    body["primaryCategoryId"] = categoryIds[0]
  }
  // What has a unit or choices depends on the kind, which a change does not name.
  if (operation.path.startsWith("/api/product-attributes")) {
    const { choices, kind, unit, ...rest } = body
    const isChoice = kind === "CHOICE"
    const first = { value: "one" }
    const parts = {
      ...(kind === undefined ? {} : { kind }),
      ...(kind === "NUMBER" && unit !== undefined ? { unit } : {}),
      ...(isChoice
        ? { choices: Array.isArray(choices) && choices.length > 0 ? choices : [first] }
        : {})
    }
    return { ...made, query, body: { ...rest, ...parts } }
  }
  // An entry that names no option of the product is a new one, and needs a name.
  if (Array.isArray(options)) body["options"] = options.map((it) => ({ name: "One size", ...it }))
  if (Array.isArray(images)) {
    body["images"] = images.map((image, n) => ({ ...image, isPrimary: n === 0 }))
  }
  const isWebhook = operation.path.startsWith("/api/webhooks")
  // What is known of a webhook that is changed is that it may be of any context.
  if (operation.method === "PATCH" && isWebhook) delete body["eventTypes"]
  if (isWebhook) return { ...made, query, body: withinContext("eventTypes", body) }
  return { ...made, query, body: isMappings ? eitherList(body) : body }
}

let document: unknown
let operations: ReadonlyArray<Operation> = []
let known: Record<string, ReadonlyArray<unknown>> = {}

beforeAll(async () => {
  document = (await get("/openapi.json")).json
  operations = operationsOf(document).filter(({ isStream }) => !isStream)
  const skuId = await sku(1_000)
  await post("/api/locations", { locationId: "east", name: "East" })
  const orderIds = Array.from({ length: 20 }, (_, n) => `o-${n}`)
  const holds: Array<string> = []
  for (const orderId of orderIds) {
    const hold = await post("/api/inventory/reservations", { skuId, quantity: 2, orderId })
    holds.push(hold.json.id)
    if (orderId > "o-5") await post(`/api/inventory/reservations/${hold.json.id}/confirm`)
  }
  const categories: Array<string> = []
  for (const name of ["Socks", "Hats", "Warm socks"]) {
    const parentId = name.startsWith("Warm") ? categories[0] : null
    categories.push((await post("/api/categories", { name, parentId })).json.id)
  }
  const attributes: Array<string> = []
  for (const code of ["size", "washable"]) {
    const kind = { size: "NUMBER", washable: "BOOLEAN" }[code]
    attributes.push((await post("/api/product-attributes", { code, name: code, kind })).json.id)
  }
  const products: Array<string> = []
  const options: Array<string> = []
  for (let n = 0; n < 12; n++) {
    const option = {
      name: "One size",
      price: { amount: "9.90", currency: "EUR" },
      skuMappings: [{ skuId, quantity: 1 }]
    }
    const product = {
      name: `Socks ${n}`,
      type: "NORMAL",
      options: [option, option],
      slug: `s-${n}`
    }
    const { json } = await post("/api/products", { ...product, categoryIds: [categories[0]] })
    products.push(json.id)
    options.push(json.options[0].id)
  }
  const places = ["default", "east"]
  known = {
    productId: products,
    productIds: [products.slice(0, 3)],
    optionId: options,
    optionIds: [options.slice(0, 2)],
    categoryId: categories,
    attributeId: attributes,
    codes: [["size", "nobody"]],
    facets: [["size", "washable"]],
    categoryIds: [categories.slice(0, 2)],
    parentId: [categories[1], null],
    slug: ["s-0", "s-1", "s-2"],
    skuId: [skuId],
    skuIds: [[skuId]],
    orderId: orderIds,
    reservationId: holds,
    locationId: places,
    fromLocationId: places,
    toLocationId: places
  }
})

describe("a request that the document allows", () => {
  it(`is never bad input, whatever the operation (seed ${seed})`, async () => {
    const refused: Array<string> = []
    const statuses = new Map<string, Map<number, number>>()
    for (const [index, operation] of operations.entries()) {
      const maker = new Maker(document, seed * 1_000 + index, known)
      const counted = new Map<number, number>()
      statuses.set(operation.operationId, counted)
      for (let n = 0; n < requestsEach; n++) {
        const made = sayable(operation, maker.request(operation))
        const address = addressOf(operation, made)
        const { body, headers } = made
        const sent = body === undefined ? { headers } : { headers, body }
        const answer: Answer = await call(operation.method, address, sent)
        counted.set(answer.status, (counted.get(answer.status) ?? 0) + 1)
        if (![400, 405, 408, 413, 415, 431].includes(answer.status) && answer.status < 500) continue
        refused.push(
          `${operation.method} ${address} ${JSON.stringify(sent)}: ${answer.status} ${answer.text}`
        )
      }
    }
    expect(refused).toEqual([])
    expect(operations.length).toBeGreaterThan(60)
    // A run in which nothing is granted would prove nothing.
    const granted = [...statuses].filter(([, counted]) =>
      [...counted.keys()].some((status) => status < 300)
    )
    expect(granted.length / operations.length).toBeGreaterThan(0.7)
  }, 120_000)
})
