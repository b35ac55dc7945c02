/** Names the request in each problem answer, so that its lines of log and its span can be found. */
import { notingSpan } from "@holdfast/core/tracing"
import * as Fiber from "effect/Fiber"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { problemContentType } from "../Problem.ts"
import { requestIdOf } from "./requestId.ts"

const decoder = new TextDecoder()

/** The answer with an `instance`, a URN of the id of the request, if it is a problem as JSON. */
export const withInstance = (
  request: HttpServerRequest,
  response: HttpServerResponse.HttpServerResponse
): HttpServerResponse.HttpServerResponse => {
  const { body } = response
  if (body._tag !== "Uint8Array" || body.contentType !== problemContentType) return response
  const text = decoder.decode(body.body)
  if (!text.endsWith("}")) return response
  const id = requestIdOf(request)
  notingSpan(Fiber.getCurrent())?.attribute("http.request.id", id)
  const { "content-length": _, ...headers } = response.headers
  return HttpServerResponse.text(`${text.slice(0, -1)},"instance":"urn:uuid:${id}"}`, {
    status: response.status,
    contentType: problemContentType,
    headers,
    cookies: response.cookies
  })
}
