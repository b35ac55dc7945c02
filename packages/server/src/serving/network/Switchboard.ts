/**
 * What else arrives at the port of HTTP, where gRPC is served there too: connections of HTTP/2 in the clear,
 * and requests of gRPC-Web. gRPC joins when it is ready, and leaves before the port closes.
 */
import type { Server } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { WebHandler } from "@holdfast/grpc"
import type { ListeningServer } from "./answers.ts"

/** Who takes what arrives. */
export interface Switchboard {
  /** Takes connections that speak HTTP/2 from their first byte; there are none, where it is undefined. */
  accept: ((connection: Duplex) => void) | undefined
  /** Takes requests of gRPC-Web. */
  web: WebHandler | undefined
  /** Where the port of HTTP is, once it listens. */
  portOf: () => number
}

/** Before anybody has joined. */
export const makeSwitchboard = (): Switchboard => ({
  accept: undefined,
  web: undefined,
  portOf: () => 0
})

/** How the first bytes of a client of HTTP/2 begin: no method of HTTP/1.1 begins so. */
const preface = "PRI"

/** Hands each connection to HTTP/1.1 or to gRPC, as its first bytes say. */
export const splitConnections = (
  server: Server,
  { headMillisMax }: { readonly headMillisMax: number },
  board: Switchboard
): void => {
  const own = server.listeners("connection") as unknown as ReadonlyArray<(socket: Socket) => void>
  const toHttp = (socket: Socket) => {
    for (const listener of own) listener.call(server, socket)
  }
  for (const listener of own) server.off("connection", listener)
  server.on("connection", (socket: Socket) => {
    const drop = () => socket.destroy()
    // Whose it is, its first bytes say, which may not be long in coming.
    const timer = setTimeout(drop, headMillisMax)
    socket.once("error", drop)
    socket.once("close", () => clearTimeout(timer))
    socket.once("data", (bytes: Buffer) => {
      clearTimeout(timer)
      socket.pause()
      socket.off("error", drop)
      socket.unshift(bytes)
      const isHttp2 = bytes.toString("latin1", 0, preface.length) === preface
      if (!isHttp2) toHttp(socket)
      else if (board.accept === undefined) drop()
      else board.accept(socket)
      process.nextTick(() => socket.resume())
    })
  })
}

/** Lets gRPC-Web look at each request before the routes do. */
export const splitRequests = (server: ListeningServer, board: Switchboard): void => {
  const emit = server.emit.bind(server) as (
    event: string,
    ...about: ReadonlyArray<unknown>
  ) => boolean
  const taking = (event: string, ...about: ReadonlyArray<unknown>): boolean => {
    const [request, response] = about as unknown as Parameters<WebHandler>
    return (event === "request" && board.web?.(request, response)) || emit(event, ...about)
  }
  server.emit = taking as typeof server.emit
}
