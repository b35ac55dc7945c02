/**
 * The listening socket. Nothing that a client does holds a connection for ever: headers, a whole
 * request and an idle connection each have their time. Stopping refuses new connections, lets
 * requests in flight be answered, and gives up on what is left after the drain time.
 */
import {
  createServer,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse
} from "node:http"
import type { Duplex } from "node:stream"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { rawProblem } from "@holdfast/http"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { type CommandFailure, failure } from "../CommandFailure.ts"

/** Where the server listens, and how long it waits. */
export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  readonly drainMillis: number
}

type Fields = OutgoingHttpHeaders | Array<OutgoingHttpHeader>

const keepAliveMillis = 65_000

/** How long a client may take to send a request; what the handler takes is limited elsewhere. */
const receiveMillisMax = 30_000

/**
 * A server whose answers, once it is closing, tell the client to come back on a new connection:
 * an idle connection that nobody closes would hold up the stop.
 */
const makeServer = (): Server => {
  const halfAnswered = new WeakSet<Duplex>()
  class DrainingResponse extends ServerResponse {
    override writeHead(status: number, reason?: string | Fields, headers?: Fields): this {
      if (!server.listening) this.setHeader("connection", "close")
      const { socket } = this
      if (socket !== null) {
        halfAnswered.add(socket)
        this.once("finish", () => halfAnswered.delete(socket))
      }
      return typeof reason === "object"
        ? super.writeHead(status, reason)
        : super.writeHead(status, reason, headers)
    }
  }
  const server = createServer({
    ServerResponse: DrainingResponse,
    requestTimeout: receiveMillisMax,
    headersTimeout: 10_000,
    keepAliveTimeout: keepAliveMillis,
    connectionsCheckingInterval: 1_000
  })
  // What the parser cannot read never reaches a route, and is told as a problem all the same.
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable && !halfAnswered.has(socket)) socket.end(rawProblem(error.code))
    else socket.destroy()
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

/** Listens for the lifetime of the layer. What is still connected at its end is cut off. */
export const layerHttpServer = (
  options: HttpServerOptions
): Layer.Layer<HttpServer.HttpServer, CommandFailure> =>
  Layer.effect(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      const server = makeServer()
      const http = yield* NodeHttpServer.make(() => server, {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: options.drainMillis
      }).pipe(Effect.mapError((error) => told(options, error.cause)))
      // Registered last, so it runs before the wait for the connections to end.
      yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
      return http
    })
  )
