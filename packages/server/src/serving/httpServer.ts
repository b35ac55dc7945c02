/**
 * The listening socket, in the clear or over TLS. It answers by itself the requests that arrive before
 * the routes are ready. No client can hold a connection without end: a head, a whole request, an idle
 * connection and one whose client does not read each have a time limit. A server that leaves closes
 * each connection with its next answer. Stopping refuses new connections, lets running requests be
 * answered, and drops what is left after the drain time.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { type KeptAnswers, startingAnswer } from "@holdfast/http"
import { answerKept } from "@holdfast/http/node"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { guardOwnMachine } from "../access/ownMachine.ts"
import { isLoopbackHost } from "../cli/authSettings.ts"
import { type CommandFailure, failure } from "../cli/CommandFailure.ts"
import type { TlsSettings } from "../cli/network/tlsSettings.ts"
import { headersOfAll, type ListeningServer, makeAnswers } from "./network/answers.ts"
import {
  type ConnectionLimits,
  checkMillis,
  connectionLimits,
  headBytesMax
} from "./network/connectionLimits.ts"
import { type Switchboard, splitConnections, splitRequests } from "./network/Switchboard.ts"
import { makeTlsServer } from "./network/tlsServer.ts"
import type { ServerLife } from "./ServerLife.ts"

/** Where the server listens, and how long it waits. */
export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  readonly drainMillis: number
  /** How long a client may take to send a request; what the handler takes is limited elsewhere. */
  readonly receiveMillis: number
  /** How long an answer may be silent on its way, as an event stream may. */
  readonly silentMillis: number
  /** How to speak TLS; in the clear without it. */
  readonly tls: TlsSettings | undefined
  readonly life: ServerLife
  /** What else arrives at the port; undefined where nothing does. */
  readonly board: Switchboard | undefined
  /** Answers that may be given again before the routes are asked. */
  readonly kept: KeptAnswers
  /** Pages of other sites that may ask a server for this machine alone; undefined where others may ask, too. */
  readonly allowedOrigins: ReadonlyArray<string> | undefined
}

/** Answers in place of the routes until they are ready and add a listener of their own. */
const answerWhileStarting = (server: ListeningServer): void => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    // Unread input would reset the connection and lose the answer.
    request.resume()
    const { body, headers, status } = startingAnswer(request.url ?? "")
    // HTTP/2 has no header about its connection.
    const { connection: _, ...others } = headers
    response.writeHead(status, request.httpVersionMajor === 1 ? headers : others).end(body)
  }
  const handOver = (event: string) => {
    if (event !== "request") return
    server.off("newListener", handOver)
    server.off("request", answer)
  }
  server.on("request", answer)
  server.on("newListener", handOver)
}

/** Has each request answered by what is kept, if it can be, before the routes see it. */
const answerKeptFirst = (server: ListeningServer, kept: KeptAnswers): void => {
  const emit = server.emit.bind(server) as (
    event: string,
    ...about: ReadonlyArray<unknown>
  ) => boolean
  const taking = (event: string, ...about: ReadonlyArray<unknown>): boolean => {
    if (event !== "request") return emit(event, ...about)
    const [request, response] = about as [IncomingMessage, ServerResponse]
    answerKept(kept, request, response, () => emit(event, request, response))
    return true
  }
  server.emit = taking as typeof server.emit
}

const makePlainServer = (
  { Http1, toUnreadable }: ReturnType<typeof makeAnswers>,
  limits: ConnectionLimits
) => {
  const server = createServer({
    ServerResponse: Http1,
    requestTimeout: limits.receiveMillisMax,
    headersTimeout: limits.headMillisMax,
    keepAliveTimeout: limits.idleMillisMax,
    connectionsCheckingInterval: checkMillis,
    maxHeaderSize: headBytesMax,
    // A header that may be given once and is given twice has no value that anybody meant.
    joinDuplicateHeaders: true
  })
  server.timeout = limits.stillMillisMax
  server.on("clientError", toUnreadable)
  return server
}

const makeServer = (options: HttpServerOptions) =>
  Effect.gen(function* () {
    const { allowedOrigins, board, host, life, tls } = options
    const limits = connectionLimits(options)
    // A browser that has met it on "localhost" would ask every other server there for TLS.
    const headers = headersOfAll(tls !== undefined && !isLoopbackHost(host))
    let server: ListeningServer | undefined
    const answers = makeAnswers({ life, headers, isListening: () => server?.listening === true })
    if (tls === undefined) {
      const plain = makePlainServer(answers, limits)
      if (board !== undefined) splitConnections(plain, limits, board)
      server = plain
    } else server = yield* makeTlsServer({ tls, life, limits, answers })
    answerKeptFirst(server, options.kept)
    if (board !== undefined) splitRequests(server, board)
    if (allowedOrigins !== undefined) guardOwnMachine(server, allowedOrigins)
    answerWhileStarting(server)
    return server
  })

/** What is connected, to be cut off at the end. */
const trackSockets = (server: ListeningServer): ReadonlySet<Socket> => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  return sockets
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
      const server = yield* makeServer(options)
      const sockets = trackSockets(server)
      const http = yield* NodeHttpServer.make(() => server, {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: options.drainMillis
      }).pipe(Effect.mapError((error) => failureOf(options, error.cause)))
      if (options.board !== undefined) {
        options.board.portOf = () => ("port" in http.address ? http.address.port : options.port)
      }
      // Registered last, so it runs before the wait for the connections to end.
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          for (const socket of sockets) socket.destroy()
        })
      )
      return http
    })
  )
