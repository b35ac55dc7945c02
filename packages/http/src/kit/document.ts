/**
 * What the OpenAPI document has beyond the schemas of the endpoints: the types of parameters, the
 * problems that any request can meet, and links from one operation to another. All of it is derived
 * from the document, so a new endpoint needs no line here.
 */

import { isForGuests, type Permission } from "@holdfast/core/access"
import {
  facetsMax,
  productsOfPageDefault,
  productsOfPageMax,
  skippedMax
} from "@holdfast/core/catalog"
import { reportDaysDefault, reportDaysMax, reportSizeDefault } from "@holdfast/core/engine"
import { balanceMax, EventType, pageSizeDefault } from "@holdfast/core/inventory"
import { permissionOf } from "../access/routePermissions.ts"
import { minVersionPattern } from "../caching/cacheHeaders.ts"
import { ifMatchPattern, ifNoneMatchPattern } from "../caching/entityTags.ts"
import { messageIdPattern } from "../events/serverSentEvents.ts"
import { plainProblems, problemContentType, problemType } from "./Problem.ts"

type Json = Record<string, unknown>

/** The parts of an operation that are changed here. */
interface Operation {
  readonly operationId: string
  readonly parameters: Array<{
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    schema: Json
    style?: string
    explode?: boolean
  }>
  readonly requestBody?: {
    required: boolean
    readonly content: Readonly<Record<string, { readonly schema: Json }>>
  }
  readonly responses: Record<string, Json>
  security?: ReadonlyArray<Json>
}

/** The parts of the document that are changed here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Record<string, Json>
    responses?: Record<string, Json>
    securitySchemes?: Record<string, Json>
  }
}

/** Query parameters arrive as text; these are what the text must be. */
const queryTypes: Readonly<Record<string, Json>> = {
  size: { type: "integer", minimum: 1, maximum: 1_000, default: pageSizeDefault },
  after: { type: "integer", minimum: 0, maximum: balanceMax, default: 0 },
  before: { type: "integer", minimum: 0, maximum: balanceMax },
  minVersion: { type: "integer", minimum: 0, maximum: balanceMax }
}

const listOf = (items: Json, maxItems: number): Json => ({
  type: "array",
  items,
  minItems: 1,
  maxItems
})
const skuId = { $ref: "#/components/schemas/SkuId" }
const attributeCode = { $ref: "#/components/schemas/AttributeCode" }
const locationId = { $ref: "#/components/schemas/LocationId" }

/** Query parameters that are lists. */
const queryLists: Readonly<Record<string, Json>> = {
  skuIds: listOf(skuId, 100),
  codes: listOf(attributeCode, 100),
  facets: listOf(attributeCode, facetsMax),
  optionIds: listOf({ $ref: "#/components/schemas/OptionId" }, 100),
  aggregateIds: listOf({ anyOf: [skuId, locationId] }, 100),
  types: listOf({ type: "string", enum: EventType.literals }, 16)
}

const isFlag = ({ enum: words }: Json): boolean =>
  Array.isArray(words) && words.length === 2 && words.includes("true") && words.includes("false")

const position: Json = { type: "integer", minimum: 0, maximum: balanceMax }

/** Headers that are read as something else than text. */
const headerTypes: Readonly<Record<string, Json>> = {
  "if-match": { type: "string", pattern: ifMatchPattern.source },
  "if-min-version": { type: "string", pattern: minVersionPattern.source },
  "if-none-match": { type: "string", pattern: ifNoneMatchPattern.source }
}

/** How a page of products is asked for. */
const ofProducts: Readonly<Record<string, Json>> = {
  page: {
    type: "integer",
    minimum: 0,
    maximum: skippedMax,
    default: 0,
    description: `At most ${skippedMax} products may stand before the page; further on, use \`cursor\`.`
  },
  size: {
    type: "integer",
    minimum: 1,
    maximum: productsOfPageMax,
    default: productsOfPageDefault
  }
}

/** What a report covers. */
const ofReports: Readonly<Record<string, Json>> = {
  days: { type: "integer", minimum: 1, maximum: reportDaysMax, default: reportDaysDefault },
  size: { type: "integer", minimum: 1, maximum: 1_000, default: reportSizeDefault }
}

/** Parameters of one operation that differ from those of the same name. */
const typesOf: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  "events.stream": {
    after: position,
    "last-event-id": { type: "string", pattern: messageIdPattern }
  },
  "products.list": ofProducts,
  "categories.products": ofProducts,
  "stockReports.mostMissed": ofReports,
  "productReports.mostViewed": ofReports
}

const typeParameters = ({ operationId, parameters }: Operation): void => {
  for (const parameter of parameters) {
    const own = typesOf[operationId]?.[parameter.name]
    if (own !== undefined) parameter.schema = own
    if (own !== undefined) continue
    const header = parameter.in === "header" ? headerTypes[parameter.name] : undefined
    if (header !== undefined) parameter.schema = { ...parameter.schema, ...header }
    if (parameter.in !== "query") continue
    const known = queryTypes[parameter.name]
    if (known !== undefined) parameter.schema = known
    else if (isFlag(parameter.schema)) parameter.schema = { type: "boolean" }
    const list = queryLists[parameter.name]
    if (list === undefined) continue
    parameter.schema = list
    parameter.style = "form"
    parameter.explode = true
  }
}

/** The parameters that name attributes by their codes, as one object: each field is a parameter. */
const narrowByAttributes = ({ operationId, parameters }: Operation): void => {
  if (operationId !== "products.list" && operationId !== "categories.products") return
  parameters.push({
    name: "attributes",
    in: "query",
    required: false,
    description:
      "Products with any of these values of an attribute, and of all attributes that are named: " +
      "`attributes.color=red&attributes.color=blue`. A number may have a range instead: " +
      "`attributes.weight.from=1&attributes.weight.to=5`.",
    style: "form",
    explode: true,
    schema: {
      type: "object",
      patternProperties: {
        "^attributes\\.[a-z][a-z0-9_-]{0,63}$": {
          type: "array",
          items: { type: "string", pattern: "^[\\x21-\\x7e]{1,255}$" },
          minItems: 1,
          maxItems: 50
        },
        "^attributes\\.[a-z][a-z0-9_-]{0,63}\\.(?:from|to)$": { type: "number" }
      },
      additionalProperties: false,
      maxProperties: facetsMax
    }
  })
}

/** What a stream says about the library that made it is for nobody else. */
const plainStreams = ({ responses }: Operation): void => {
  for (const { content } of Object.values(responses)) {
    const stream = (content as Record<string, Json> | undefined)?.["text/event-stream"]
    if (stream !== undefined) delete stream["x-effect-stream"]
  }
}

/** A reader who has the answer already gets it confirmed, and nothing else. */
const confirmCached = ({ parameters, responses }: Operation): void => {
  if (parameters.some(({ name }) => name === "if-none-match")) {
    responses["304"] = { description: "The answer is the one that `if-none-match` names." }
  }
}

/** A body that may be null may also be left out. */
const freeBody = ({ requestBody }: Operation): void => {
  if (requestBody === undefined) return
  const { anyOf } = requestBody.content["application/json"]?.schema ?? {}
  const isFree = Array.isArray(anyOf) && anyOf.some(({ type }: Json) => type === "null")
  if (isFree) requestBody.required = false
}

/** What is sent is a line. The server answers anything else, but invites nobody to send it. */
const onlyLines = ({ requestBody }: Operation): void => {
  const { properties } = requestBody?.content["application/json"]?.schema ?? {}
  const { items } = (properties as { readonly lines?: { readonly items?: Json } })?.lines ?? {}
  const kinds = items?.["anyOf"]
  if (items === undefined || !Array.isArray(kinds)) return
  items["anyOf"] = kinds.filter((line: Json) => line["$ref"] !== undefined)
}

/** The problems about the form of a request, and those of any request. */
const ofAny = {
  "414": "AddressTooLong",
  "429": "RateLimited",
  "431": "HeadersTooLarge",
  "500": "InternalError"
} as const
const ofBodies = {
  "408": "RequestTimeout",
  "413": "ContentTooLarge",
  "415": "UnsupportedMediaType"
} as const
const ofAddresses = { "404": "NotFound", "405": "MethodNotAllowed" } as const

const sharedResponses = (): Record<string, Json> => {
  const schema = { $ref: "#/components/schemas/Problem" }
  const named = { ...ofAny, ...ofBodies, ...ofAddresses }
  return Object.fromEntries(
    Object.entries(named).map(([status, name]) => {
      const [slug, title] = plainProblems[Number(status)] ?? ["", ""]
      const description = `${title} (${problemType(slug)})`
      return [name, { description, content: { [problemContentType]: { schema } } }]
    })
  )
}

const problemSchema: Json = {
  type: "object",
  description: "A problem, after RFC 9457; a refusal adds fields of its own.",
  properties: {
    type: { type: "string", pattern: "^urn:holdfast:problem:[a-z-]+$" },
    title: { type: "string" },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string" },
    instance: {
      type: "string",
      description: "Names the request: a URN of its id, which its lines of log have too"
    }
  },
  required: ["type", "title", "status"]
}

/** Any request may be unreadable, if only for a parameter that does not exist. */
const badRequest = {
  description: "The request cannot be read",
  content: {
    [problemContentType]: { schema: { $ref: "#/components/schemas/InvalidInputProblem" } }
  }
}

/**
 * What nobody knows, or a path that is nothing: `GET /api/inventory/orders` asks for no SKU, since
 * that word begins other paths.
 */
const orNothing = (operation: Operation): void => orProblem(operation, "404")

/** What an operation answers with a status, or any problem of that status. */
const orProblem = ({ responses }: Operation, status: string): void => {
  const content = responses[status]?.["content"] as Record<string, { schema: Json }> | undefined
  const problem = content?.[problemContentType]
  if (problem === undefined) return
  problem.schema = { anyOf: [problem.schema, { $ref: "#/components/schemas/Problem" }] }
}

const shareProblems = (operation: Operation): void => {
  operation.responses["400"] ??= badRequest
  const isAddressed = operation.parameters.some((parameter) => parameter.in === "path")
  if (isAddressed) orNothing(operation)
  // A limit that the server was given is another reason than a queue that is full.
  orProblem(operation, "429")
  const shared = {
    ...(operation.requestBody === undefined ? {} : ofBodies),
    ...(isAddressed ? ofAddresses : {}),
    ...ofAny
  }
  for (const [status, name] of Object.entries(shared)) {
    operation.responses[status] ??= { $ref: `#/components/responses/${name}` }
  }
}

/** Which field of an answer is the id in the path of another operation. */
const idsIn: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "skus.register": { skuId: "/id" },
  "locations.register": { locationId: "/id" },
  "products.create": { productId: "/id" },
  "products.duplicate": { productId: "/id" },
  "categories.create": { categoryId: "/id" },
  "reservations.reserve": { reservationId: "/id", orderId: "/orderId", skuId: "/skuId" },
  "orders.add": { orderId: "/orderId", reservationId: "/reservations/0/id" },
  "orders.replace": { orderId: "/orderId", reservationId: "/reservations/0/id" }
}

const linkOperations = (operations: ReadonlyArray<Operation>): void => {
  for (const operation of operations) {
    for (const [parameter, pointer] of Object.entries(idsIn[operation.operationId] ?? {})) {
      for (const { operationId, parameters } of operations) {
        const inPath = parameters.filter((it) => it.in === "path").map(({ name }) => name)
        if (inPath.length !== 1 || inPath[0] !== parameter) continue
        const granted = operation.responses["201"] ?? operation.responses["200"]
        if (granted === undefined) continue
        const links = (granted["links"] ?? {}) as Json
        links[operationId] = {
          operationId,
          parameters: { [parameter]: `$response.body#${pointer}` }
        }
        granted["links"] = links
      }
    }
  }
}

/** The ways to show who asks. */
const securitySchemes: Record<string, Json> = {
  token: {
    ...{ type: "http", scheme: "bearer", bearerFormat: "JWT" },
    description: "A token of an issuer, or a development token: of a person, or of a service."
  },
  serviceKey: {
    ...{ type: "http", scheme: "bearer", bearerFormat: "hf_…" },
    description: "The key of a service, from `holdfast keys create`."
  },
  clientCertificate: {
    type: "mutualTLS",
    description: "A client certificate, whose name is that of a service."
  },
  cart: {
    ...{ type: "apiKey", in: "header", name: "Holdfast-Cart" },
    description: "The token of a guest's cart, from `POST /api/carts`, where guests are let in."
  }
}

/**
 * Who may ask: each entry would do alone. With a token it names the least role of a person, or a scope
 * of a service. Who asks for nothing has an empty list.
 */
const securityOf = ({ role, scopes, ...rest }: Permission): ReadonlyArray<Json> => {
  if (role === "ANYONE") return []
  const ofServices = scopes.flatMap((scope) =>
    ["token", "serviceKey", "clientCertificate"].map((scheme) => ({ [scheme]: [scope] }))
  )
  const ofGuests = isForGuests({ role, scopes, ...rest }) ? [{ cart: [] }] : []
  return [{ token: [role] }, ...ofServices, ...ofGuests]
}

const secure = (operation: Operation): void => {
  const [group = "", endpoint = ""] = operation.operationId.split(".")
  operation.security = securityOf(permissionOf(group, endpoint).permission)
}

/** The completed document. */
export const completeDocument = (made: Record<string, unknown>): Record<string, unknown> => {
  const document = made as unknown as Document
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  for (const operation of operations) {
    typeParameters(operation)
    narrowByAttributes(operation)
    freeBody(operation)
    onlyLines(operation)
    plainStreams(operation)
    confirmCached(operation)
    shareProblems(operation)
    secure(operation)
  }
  linkOperations(operations)
  document.components.schemas["Problem"] = problemSchema
  document.components.responses = sharedResponses()
  document.components.securitySchemes = securitySchemes
  return made
}

/** The completed document of a server that asks nobody who they are. */
export const openDocument = (made: Record<string, unknown>): Record<string, unknown> => {
  const {
    components,
    paths,
    security: _all,
    ...document
  } = completeDocument(made) as unknown as Document & { readonly security?: unknown }
  const { securitySchemes: _, ...shared } = components
  const open = Object.entries(paths).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, { security: _, ...operation }]) => [
        method,
        operation
      ])
    )
  ])
  return { ...document, components: shared, paths: Object.fromEntries(open) }
}
