/**
 * A request as its client sent it, whatever a host has done to it. A mount cuts its path off the
 * address and keeps the whole address as `originalUrl`. A body parser reads the body and leaves the
 * result as `body`.
 */
import type { IncomingMessage } from "node:http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import { plainResponse } from "../kit/problemResponse.ts"
import type { App } from "../mounting/mount.ts"

/** A request with the fields that hosts add to it. */
interface HostRequest extends IncomingMessage {
  readonly originalUrl?: unknown
  readonly body?: unknown
}

/** The whole address of a request, also under a mount, and without an origin that it may name. */
export const addressOf = ({ originalUrl, url = "/" }: HostRequest): string => {
  const address = typeof originalUrl === "string" && originalUrl !== "" ? originalUrl : url
  return address.replace(/^https?:\/\/[^/?#]*\/?/iu, "/") || "/"
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const bytesOf = (body: unknown): Uint8Array => {
  if (body instanceof Uint8Array) return body
  return encoder.encode(typeof body === "string" ? body : (JSON.stringify(body) ?? ""))
}

/** The headers without what is true of the body no longer, once a host has read it. */
const headersOfRead = (headers: Headers.Headers, body: unknown): Headers.Headers => {
  const plain = Headers.remove(headers, "content-encoding")
  const type = plain["content-type"]
  return type === undefined || body instanceof Uint8Array
    ? plain
    : Headers.set(plain, "content-type", type.split(";", 1)[0] ?? "")
}

/** The same request with a body that is here already. */
const withBody = (request: HttpServerRequest, bytes: Uint8Array): HttpServerRequest =>
  Object.create(request, {
    text: { value: Effect.succeed(decoder.decode(bytes)) },
    arrayBuffer: { value: Effect.succeed(Uint8Array.from(bytes).buffer) },
    modify: {
      value: (change: Parameters<HttpServerRequest["modify"]>[0]) =>
        withBody(request.modify(change), bytes)
    }
  })

const hasSentBody = ({ headers }: HostRequest): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

const mounting =
  "The host read the body before the request came here, and left nothing of it. " +
  "Mount Holdfast before what reads bodies, or leave what was read as `body` of the request"

const bodyIsGone = Effect.as(Effect.logError(mounting), plainResponse(500, mounting))

/** Answers a request as it was sent. */
export const asSent = (app: App): App =>
  Effect.withFiber((fiber) => {
    const request = Context.getUnsafe(fiber.context, HttpServerRequest)
    const source = request.source as HostRequest
    const address = addressOf(source)
    const whole = address === source.url ? request : request.modify({ url: address })
    if (!source.readableEnded) {
      return whole === request ? app : Effect.provideService(app, HttpServerRequest, whole)
    }
    if (source.body === undefined && hasSentBody(source)) return bodyIsGone
    const read = whole.modify({ headers: headersOfRead(request.headers, source.body) })
    return Effect.provideService(app, HttpServerRequest, withBody(read, bytesOf(source.body ?? "")))
  })
