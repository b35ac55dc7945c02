/**
 * The listening socket. Nothing that a client does holds a connection for ever: headers, a whole
 * request and an idle connection each have their time. Stopping refuses new connections, lets
 * requests in flight be answered, and gives up on what is left after the drain time.
 */
import { createServer, type Server } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import type * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import { type CommandFailure, failure } from "../CommandFailure.ts"

/** Where the server listens, and how long it waits. */
export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  readonly requestTimeoutMillis: number
  readonly drainMillis: number
}

const keepAliveMillis = 65_000

/** A server that tells clients of idle connections to come back on a new one once it is closing. */
const makeServer = (options: HttpServerOptions): Server => {
  const server = createServer({
    requestTimeout: options.requestTimeoutMillis,
    headersTimeout: Math.min(10_000, options.requestTimeoutMillis),
    keepAliveTimeout: keepAliveMillis,
    connectionsCheckingInterval: 1_000
  })
  server.on("request", (_, response) => {
    if (!server.listening) response.setHeader("connection", "close")
  })
  return server
}

const told = (options: HttpServerOptions, cause: unknown): CommandFailure => {
  const { code, message } = cause as { readonly code?: string; readonly message?: string }
  const { host, port } = options
  switch (code) {
    case "EADDRINUSE":
      return failure(
        "PortInUse",
        `port ${port} of ${host} is in use; stop the other server, or choose another --port`
      )
    case "EACCES":
      return failure(
        "PortForbidden",
        `this user may not listen on port ${port}; choose a higher --port`
      )
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return failure(
        "HostUnknown",
        `${host} is not an address of this machine; choose another --host`
      )
    default:
      return failure("CannotListen", `cannot listen on ${host} port ${port}: ${message ?? code}`)
  }
}

/** Listens for the lifetime of the layer. */
export const layerHttpServer = (
  options: HttpServerOptions
): Layer.Layer<
  HttpServer.HttpServer | Layer.Success<typeof NodeHttpServer.layerHttpServices>,
  CommandFailure
> =>
  Layer.merge(
    NodeHttpServer.layerServer(() => makeServer(options), {
      host: options.host,
      port: options.port,
      gracefulShutdownTimeout: options.drainMillis
    }).pipe(
      Layer.catch((error: ServeError) =>
        Layer.effectContext(Effect.fail(told(options, error.cause)))
      )
    ),
    NodeHttpServer.layerHttpServices
  )
