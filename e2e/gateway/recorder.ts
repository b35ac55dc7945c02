/**
 * A service behind a gateway that writes down what reaches it. It speaks HTTP/1.1 and HTTP/2 over TLS to
 * who shows a certificate of its authority, answers every request with its name, and gRPC's question for
 * its health as well as that of HTTP.
 */
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders
} from "node:http2"
import type { AddressInfo, Socket } from "node:net"
import type { Certified } from "../../test-servers/src/index.ts"

/** A request that reached the service. */
export interface Recorded {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: number
}

/** A running service. */
export interface Recorder extends AsyncDisposable {
  readonly port: number
  /** What reached it, health checks left out. */
  readonly requests: Array<Recorded>
  /** Whether it says that it is ready. */
  isReady: boolean
  /** Ends at once: every connection is cut. */
  readonly die: () => Promise<void>
}

/** The message of gRPC's health service that says SERVING, or NOT_SERVING. */
const servingFrame = (isServing: boolean) => Buffer.from([0, 0, 0, 0, 2, 8, isServing ? 1 : 2])

const answerGrpc = (response: Http2ServerResponse, body?: Buffer) => {
  response.setHeader("content-type", "application/grpc")
  response.addTrailers({ "grpc-status": "0" })
  response.end(body ?? Buffer.alloc(0))
}

const answerWith = (
  recorder: Recorder,
  name: string,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  bytes: number
) => {
  const { headers, method, url: path } = request
  if (path === "/grpc.health.v1.Health/Check") {
    return answerGrpc(response, servingFrame(recorder.isReady))
  }
  if (path === "/health/ready" && headers["user-agent"]?.startsWith("test") !== true) {
    response.statusCode = recorder.isReady ? 200 : 503
    return response.end()
  }
  recorder.requests.push({ method, path, headers, bytes })
  if (headers["content-type"] === "application/grpc") return answerGrpc(response)
  response.setHeader("content-type", "application/json")
  return response.end(JSON.stringify({ service: name }))
}

/** Starts a service with a certificate. */
export const startRecorder = async (
  name: string,
  certified: Certified,
  ca: string
): Promise<Recorder> => {
  const sockets = new Set<Socket>()
  const server = createSecureServer({
    ...certified,
    ...{ ca, allowHTTP1: true, minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: true }
  })
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  server.on("request", (request, response) => {
    let bytes = 0
    request.on("data", (part: Buffer) => {
      bytes += part.length
    })
    request.on("end", () => answerWith(recorder, name, request, response, bytes))
    request.on("error", () => undefined)
  })
  server.on("sessionError", () => undefined)
  const die = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const recorder: Recorder = {
    port,
    requests: [],
    isReady: true,
    die,
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await die()
    }
  }
  return recorder
}
