/** What goes back to a client: results of operations, with the statuses that GraphQL over HTTP has. */
import { requestIdOf } from "@holdfast/http"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type ExecutionResult, GraphQLError } from "graphql"
import { masked } from "./asking.ts"
import type { Media } from "./requests.ts"

/** How one operation ended: before it was executed, or with its result. */
export interface Ended {
  /** The status in the modern media type. */
  readonly status: number
  readonly body: ExecutionResult
  /** Whether the request itself could not be read, which is no 200 in any media type. */
  readonly isBadRequest?: boolean
  readonly allow?: string
}

/** graphql-js tells callers what a resolver threw: only what was meant for them leaves. */
const shown = (error: GraphQLError): GraphQLError => {
  const { originalError } = error
  if (originalError == null || originalError instanceof GraphQLError) return error
  const { extensions, message } = masked()
  return new GraphQLError(message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions
  })
}

/** A result without what is for the log alone. */
export const maskedResult = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map(shown) }

/** An operation that was not executed. */
export const notExecuted = (
  errors: ReadonlyArray<GraphQLError>,
  more: Partial<Ended> = {}
): Ended => ({ status: 400, body: { errors }, ...more })

/** A request that cannot be read. */
export const badRequest = (message: string, code = "invalid-input"): Ended =>
  notExecuted([new GraphQLError(message, { extensions: { code } })], { isBadRequest: true })

/** A result that was executed; one without data is a refusal of the whole operation. */
export const executed = (result: ExecutionResult): Ended => ({
  status: result.data === undefined ? 400 : 200,
  body: maskedResult(result)
})

/** The result with the id of its request in each error, so that its lines of log can be found. */
export const named = (request: HttpServerRequest, result: ExecutionResult): object =>
  result.errors === undefined
    ? result
    : {
        ...result,
        errors: result.errors.map((error) => ({
          ...error.toJSON(),
          extensions: { ...error.extensions, instance: `urn:uuid:${requestIdOf(request)}` }
        }))
      }

const modern = "application/graphql-response+json"

const statusIn = (media: Media, { isBadRequest = false, status }: Ended): number =>
  media === modern || status === 405 || isBadRequest ? status : 200

const typeOf = (media: Media): string =>
  `${media === "text/event-stream" ? "application/json" : media}; charset=utf-8`

/** The answer to one operation. */
export const answerOne = (
  request: HttpServerRequest,
  media: Media,
  ended: Ended,
  headers: Record<string, string> = {}
) =>
  HttpServerResponse.text(JSON.stringify(named(request, ended.body)), {
    status: statusIn(media, ended),
    contentType: typeOf(media),
    headers: { ...headers, ...(ended.allow === undefined ? {} : { allow: ended.allow }) }
  })

/** The answer to a batch: one result for each operation, in their order. */
export const answerBatch = (request: HttpServerRequest, media: Media, all: ReadonlyArray<Ended>) =>
  HttpServerResponse.text(JSON.stringify(all.map(({ body }) => named(request, body))), {
    status: 200,
    contentType: typeOf(media)
  })
