/**
 * gRPC-Web: the same services for browsers, beside whatever else an HTTP server answers. connect-node
 * reads and writes the protocol; it is loaded when a host asks for it.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { type DescService, fromBinary, type Message } from "@bufbuild/protobuf"
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect"
import type { handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js"
import { registry } from "../contract/services.ts"
import { type Failure, WebCall } from "./WebCall.ts"

/** Handlers of a service, by the names of its methods, as grpc-js takes them. */
export interface ServiceHandlers {
  readonly service: DescService
  readonly handlers: ReadonlyMap<string, unknown>
}

/** Takes a request of gRPC-Web and answers true; answers false for any other, which it leaves alone. */
export type WebHandler = (request: IncomingMessage, response: ServerResponse) => boolean

/** gRPC-Web, as it is served. */
export interface Web {
  readonly take: WebHandler
  /** Waits until every call that is under way is answered. */
  readonly idle: () => Promise<void>
}

/** What a host decides about gRPC-Web. */
export interface WebOptions {
  /** The largest request, in bytes. */
  readonly messageBytesMax: number
  /** Sites whose pages may call, or `*`: none but the server's own unless given. */
  readonly corsOrigins: ReadonlyArray<string>
}

/** How long a browser may remember that a site is allowed, in seconds. */
const rememberSeconds = 600

/** What a page may send and read beside what gRPC-Web needs. */
const ownHeaders = {
  sent: ["authorization", "holdfast-cart", "idempotency-key", "traceparent", "x-correlation-id"],
  read: ["idempotent-replayed"]
}

interface Status {
  readonly details: ReadonlyArray<{ readonly typeUrl: string; readonly value: Uint8Array }>
}

/** The details of a status, which connect writes again. */
const detailsOf = ({ metadata }: Failure) => {
  const [bytes] = metadata.get("grpc-status-details-bin")
  const desc = registry.getMessage("google.rpc.Status")
  if (!Buffer.isBuffer(bytes) || desc === undefined) return []
  const { details } = fromBinary(desc, bytes) as unknown as Status
  return details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value
  }))
}

const isDuplex = (service: DescService): boolean =>
  service.methods.some(
    ({ methodKind }) => methodKind !== "unary" && methodKind !== "server_streaming"
  )

/** The headers that gRPC-Web sends, and those that it reads, as connect names them. */
interface WebHeaders {
  readonly allowedHeaders: ReadonlyArray<string>
  readonly exposedHeaders: ReadonlyArray<string>
}

/** Answers the preflight of a browser, and says who may read an answer. */
const crossOrigin =
  (cors: WebHeaders, { corsOrigins }: WebOptions) =>
  ({ headers, method }: IncomingMessage, response: ServerResponse): boolean => {
    const { origin } = headers
    const isAllowed = corsOrigins.includes("*") || corsOrigins.includes(origin ?? "")
    if (corsOrigins.length > 0) response.setHeader("vary", "Origin")
    if (origin !== undefined && isAllowed) {
      response.setHeader("access-control-allow-origin", corsOrigins.includes("*") ? "*" : origin)
      const read = [...cors.exposedHeaders, ...ownHeaders.read]
      response.setHeader("access-control-expose-headers", read.join(","))
    }
    if (method !== "OPTIONS") return false
    if (origin !== undefined && isAllowed) {
      const sent = [...cors.allowedHeaders, ...ownHeaders.sent]
      response.setHeader("access-control-allow-methods", "POST")
      response.setHeader("access-control-allow-headers", sent.join(","))
      response.setHeader("access-control-max-age", rememberSeconds)
    }
    response.writeHead(204).end()
    return true
  }

/** Makes gRPC-Web of the services. Those with streams from the client are not of the web. */
export const makeWeb = async (
  services: ReadonlyArray<ServiceHandlers>,
  options: WebOptions
): Promise<Web> => {
  const [connect, { connectNodeAdapter }] = await Promise.all([
    import("@connectrpc/connect"),
    import("@connectrpc/connect-node")
  ])
  const { Code, ConnectError, createContextKey, createContextValues } = connect
  const asSent = createContextKey<IncomingMessage | undefined>(undefined)
  const failed = (failure: Failure) =>
    new ConnectError(
      failure.details,
      failure.code as number,
      undefined,
      detailsOf(failure) as never
    )
  const callOf = (request: Message, context: HandlerContext) => {
    const sent = context.values.get(asSent)
    if (sent === undefined) throw new ConnectError("there is no request", Code.Internal)
    return new WebCall(request, sent, context)
  }
  const unary =
    (handler: handleUnaryCall<Message, Message>) => (request: Message, context: HandlerContext) =>
      new Promise<Message>((resolve, reject) =>
        handler(callOf(request, context).asSent as never, (error, message) =>
          message === undefined || message === null
            ? reject(failed(error as unknown as Failure))
            : resolve(message)
        )
      )
  const streamed = (handler: handleServerStreamingCall<Message, Message>) =>
    async function* (request: Message, context: HandlerContext) {
      const sent = context.values.get(asSent)
      // A stream may be silent for as long as nothing happens; a client that is gone is found by TCP.
      sent?.socket.setKeepAlive(true, 60_000)
      sent?.socket.setTimeout(0)
      const call = callOf(request, context)
      handler(call.asSent as never)
      try {
        yield* call.messages()
      } catch (failure) {
        throw failed(failure as Failure)
      }
    }
  const webbed = services.filter(({ service }) => !isDuplex(service))
  const paths = new Set(
    webbed.flatMap(({ service }) =>
      service.methods.map(({ name }) => `/${service.typeName}/${name}`)
    )
  )
  const adapter = connectNodeAdapter({
    ...{ connect: false, grpc: false, grpcWeb: true },
    readMaxBytes: options.messageBytesMax,
    contextValues: (request) =>
      createContextValues().set(asSent, request as unknown as IncomingMessage),
    routes: (router) => {
      for (const { handlers, service } of webbed) {
        const methods = service.methods.map(({ localName, methodKind, name }) => {
          const handler = handlers.get(name) as never
          return [localName, methodKind === "unary" ? unary(handler) : streamed(handler)] as const
        })
        router.service(service, Object.fromEntries(methods) as ServiceImpl<DescService>)
      }
    }
  })
  const allow = crossOrigin(connect.cors, options)
  let underWay = 0
  const waiting: Array<() => void> = []
  return {
    take: (request, response) => {
      if (!paths.has((request.url ?? "").split("?")[0] ?? "")) return false
      if (allow(request, response)) return true
      underWay += 1
      response.once("close", () => {
        underWay -= 1
        if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
      })
      adapter(request as never, response as never)
      return true
    },
    idle: () =>
      underWay === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
  }
}
