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
const preface = Buffer.from("PRI", "latin1")

/** Whether first bytes are those of HTTP/2; undefined while they may still become either. */
const isHttp2 = (bytes: Buffer): boolean | undefined => {
  const known = Math.min(bytes.length, preface.length)
  if (!bytes.subarray(0, known).equals(preface.subarray(0, known))) return false
  return known === preface.length ? true : undefined
}

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
    let first: Buffer = Buffer.alloc(0)
    const judge = (bytes: Buffer) => {
      // A network may deliver them one by one.
      first = first.length === 0 ? bytes : Buffer.concat([first, bytes])
      const isOfGrpc = isHttp2(first)
      if (isOfGrpc === undefined) return
      clearTimeout(timer)
      socket.pause()
      socket.off("data", judge)
      socket.off("error", drop)
      socket.unshift(first)
      if (!isOfGrpc) toHttp(socket)
      else if (board.accept === undefined) drop()
      else board.accept(socket)
      process.nextTick(() => socket.resume())
    }
    socket.on("data", judge)
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
