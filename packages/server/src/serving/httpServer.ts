/**
 * The listening socket. It answers by itself the requests that arrive before the routes are ready.
 * No client can hold a connection without end: headers, a whole request and an idle connection each
 * have a time limit. A server that leaves closes each connection with its next answer. Stopping
 * refuses new connections, lets running requests be answered, and drops what is left after the
 * drain time.
 */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse
} from "node:http"
import type { Duplex } from "node:stream"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { rawProblem, startingAnswer } from "@holdfast/http"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { type CommandFailure, failure } from "../cli/CommandFailure.ts"
import type { ServerLife } from "./ServerLife.ts"

/** Where the server listens, and how long it waits. */
export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  readonly drainMillis: number
  readonly life: ServerLife
}

type Fields = OutgoingHttpHeaders | Array<OutgoingHttpHeader>

const keepAliveMillis = 65_000

/** How long a client may take to send a request; what the handler takes is limited elsewhere. */
const receiveMillisMax = 30_000

/** Answers in place of the routes until they are ready and add a listener of their own. */
const answerWhileStarting = (server: Server): void => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    // Unread input would reset the connection and lose the answer.
    request.resume()
    const { body, headers, status } = startingAnswer(request.url ?? "")
    response.writeHead(status, headers).end(body)
  }
  const handOver = (event: string) => {
    if (event !== "request") return
    server.off("newListener", handOver)
    server.off("request", answer)
  }
  server.on("request", answer)
  server.on("newListener", handOver)
}

/**
 * A server whose answers, once it leaves or closes, make the client use a new connection. An idle
 * connection that nobody closes would delay the stop.
 */
const makeServer = (life: ServerLife): Server => {
  const halfAnswered = new WeakSet<Duplex>()
  class DrainingResponse extends ServerResponse {
    override writeHead(status: number, reason?: string | Fields, headers?: Fields): this {
      if (life.isLeaving || !server.listening) this.setHeader("connection", "close")
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
  // A request that the parser cannot read reaches no route, and is answered with a problem here.
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable && !halfAnswered.has(socket)) socket.end(rawProblem(error.code))
    else socket.destroy()
  })
  answerWhileStarting(server)
  return server
}

const failureOf = (options: HttpServerOptions, cause: unknown): CommandFailure => {
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
      const server = makeServer(options.life)
      const http = yield* NodeHttpServer.make(() => server, {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: options.drainMillis
      }).pipe(Effect.mapError((error) => failureOf(options, error.cause)))
      // Registered last, so it runs before the wait for the connections to end.
      yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
      return http
    })
  )
