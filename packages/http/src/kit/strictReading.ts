/**
 * Reads requests strictly for every endpoint: the body before anything else, and when any part of
 * the request does not fit its schema, every bad field of every part in one answer.
 */
import { InvalidInput } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpMethod from "effect/http/HttpMethod"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { StrictReading } from "../HoldfastApi.ts"
import { HttpSettings } from "./HttpOptions.ts"
import { LinesMax } from "./LinesMax.ts"
import { plainResponse, refusalResponse, tooManyLines } from "./problemResponse.ts"
import { readBody } from "./readBody.ts"

/** Bad fields that one answer names, so that a megabyte of them does not make ten of answer. */
const issuesMax = 1_000

const strict = { errors: "all", onExcessProperty: "error" } as const

type Decode = (input: unknown) => ReadonlyArray<InvalidInput.FieldIssue>

const decodeOf = (
  schema: Schema.Top | undefined,
  options: typeof strict | { readonly errors: "all" }
): Decode => {
  if (schema === undefined) return () => []
  const decode = Schema.decodeUnknownResult(schema as Schema.Codec<unknown, unknown>, options)
  return (input) =>
    Result.match(decode(input), {
      onSuccess: () => [],
      onFailure: ({ issue }) => InvalidInput.fieldIssues(issue)
    })
}

/** Every parameter is unknown to an endpoint that takes none. */
const unknownIn: Decode = (query) =>
  Object.keys(query as object).map((path) => ({ path, message: InvalidInput.unknownField([]) }))

/** The parameters of a query that may be given once. */
const singlesIn = (query: Schema.Top): ReadonlySet<string> => {
  const { ast } = Schema.toEncoded(query)
  const fields = SchemaAST.isObjects(ast) ? ast.propertySignatures : []
  return new Set(
    fields.filter(({ type }) => !SchemaAST.isArrays(type)).map(({ name }) => String(name))
  )
}

/** A parameter that is given twice has no one value that could be wrong. */
const queryIssues = (query: Schema.Top): Decode => {
  const decode = decodeOf(Schema.toCodecArrayFromSingle(query), strict)
  const singles = singlesIn(query)
  return (input) => {
    const repeated = Object.entries(input as object)
      .filter(([name, value]) => Array.isArray(value) && singles.has(name))
      .map(([path]) => ({ path, message: "must be given once; it was given more than once" }))
    const isRepeated = (path: string) => repeated.some((issue) => issue.path === path)
    return [...repeated, ...decode(input).filter(({ path }) => !isRepeated(path))]
  }
}

/** Names the bound of this server, which is below that of the engine. */
const linesIssues = (
  payload: unknown,
  issues: ReadonlyArray<InvalidInput.FieldIssue>,
  linesMax: number
): ReadonlyArray<InvalidInput.FieldIssue> => {
  const lines: unknown = Object(payload).lines
  return Array.isArray(lines) && lines.length > linesMax
    ? [...issues.filter(({ path }) => path !== "lines"), tooManyLines(linesMax)]
    : issues
}

const payloadOf = (endpoint: HttpApiEndpoint.Top): Schema.Top | undefined => {
  const schemas = endpoint.payload.get("application/json")?.schemas
  return schemas === undefined || schemas.length === 1 ? schemas?.[0] : Schema.Union(schemas)
}

/** The bad fields of every part of a request to one endpoint. */
const issuesIn = (endpoint: HttpApiEndpoint.Top, linesMax: number) => {
  const params = decodeOf(endpoint.params, strict)
  const query = endpoint.query === undefined ? unknownIn : queryIssues(endpoint.query)
  const headers = decodeOf(endpoint.headers, { errors: "all" })
  const payload = decodeOf(payloadOf(endpoint), strict)
  return (parts: {
    readonly params: unknown
    readonly query: unknown
    readonly headers: unknown
    readonly payload: unknown
  }): ReadonlyArray<InvalidInput.FieldIssue> =>
    [
      ...params(parts.params),
      ...query(parts.query),
      ...headers(parts.headers),
      ...linesIssues(parts.payload, payload(parts.payload), linesMax)
    ].slice(0, issuesMax)
}

/** Reads requests strictly. */
export const layerStrictReading: Layer.Layer<StrictReading, never, HttpSettings> = Layer.effect(
  StrictReading,
  Effect.gen(function* () {
    const settings = yield* HttpSettings
    const known = new Map<string, ReturnType<typeof issuesIn>>()
    const issuesOf = (endpoint: HttpApiEndpoint.Top) => {
      const name = `${endpoint.method} ${endpoint.path}`
      const linesMax = Context.get(endpoint.annotations, LinesMax) ?? settings.requestLinesMax
      const issues = known.get(name) ?? issuesIn(endpoint, linesMax)
      known.set(name, issues)
      return issues
    }
    const invalid = Effect.fnUntraced(function* (endpoint: HttpApiEndpoint.Top) {
      const { context } = Fiber.getCurrent() as Fiber.Fiber<unknown>
      const request = Context.getUnsafe(context, HttpServerRequest.HttpServerRequest)
      const body = hasBody(endpoint) ? yield* readBody(request, settings) : Result.succeed(null)
      if (Result.isFailure(body)) return body.failure
      const issues = issuesOf(endpoint)({
        params: Context.getUnsafe(context, HttpRouter.RouteContext).params,
        query: Context.getUnsafe(context, HttpServerRequest.ParsedSearchParams),
        headers: request.headers,
        payload: body.success ?? (acceptsNothing(endpoint) ? null : undefined)
      })
      return refusalResponse({ _tag: "InvalidInput", issues })
    })
    const unfit = (endpoint: HttpApiEndpoint.Top, error: HttpApiSchemaError) =>
      error.kind === "Body" || error.kind === "ResponseHeaders"
        ? Effect.as(
            Effect.logError("an answer did not fit its schema", error.cause),
            plainResponse(500)
          )
        : invalid(endpoint)
    return (app, { endpoint }) => {
      const answered = Effect.catch(app, (error) =>
        HttpApiSchemaError.is(error) ? unfit(endpoint, error) : Effect.fail(error)
      )
      const read =
        endpoint.query !== undefined
          ? answered
          : Effect.flatMap(HttpServerRequest.ParsedSearchParams, (query) =>
              Object.keys(query).length === 0 ? answered : invalid(endpoint)
            )
      if (!hasBody(endpoint)) return takesFiles(endpoint) ? namingTypes(read, endpoint) : read
      return Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
        Effect.flatMap(readBody(request, settings), (body) =>
          Result.isFailure(body) ? Effect.succeed(body.failure) : read
        )
      )
    }
  })
)

/** Whether a request has a body of other types than JSON. */
const takesFiles = (endpoint: HttpApiEndpoint.Top): boolean =>
  HttpMethod.hasBody(endpoint.method) && endpoint.payload.size > 0

/** Says which types a body may have, where it has another one. */
const namingTypes = <E, R>(
  app: Effect.Effect<HttpServerResponse, E, R>,
  { payload }: HttpApiEndpoint.Top
) => {
  const types = [...payload.keys()].join(", ")
  const wrongType = plainResponse(415, `The body must have one of these as content-type: ${types}`)
  return Effect.map(app, (response) => (response.status === 415 ? wrongType : response))
}

/** Whether a request has a body of JSON; a file is read by its endpoint, part by part. */
const hasBody = (endpoint: HttpApiEndpoint.Top): boolean =>
  HttpMethod.hasBody(endpoint.method) &&
  (endpoint.payload.size === 0 || endpoint.payload.has("application/json"))

const acceptsNothing = (endpoint: HttpApiEndpoint.Top): boolean => {
  const payload = payloadOf(endpoint)
  return payload !== undefined && Schema.is(payload)(null)
}
