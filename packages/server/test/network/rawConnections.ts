/** Connections to a server under test over which a test sends bytes as they are. */
import { connect, type Socket } from "node:net"

/** What came back until the other side hung up, or for so long. */
export const exchange = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    let heard = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(bytes, "latin1")))
    socket.on("data", (part) => {
      heard += part.toString("latin1")
    })
    socket.on("error", () => resolve(heard))
    socket.on("close", () => resolve(heard))
  })

/** The statuses of the answers in what came back. */
export const statusesIn = (heard: string): ReadonlyArray<number> =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

/** A connection that a test holds. */
export interface HeldConnection {
  readonly socket: Socket
  /** How long after its opening it ended, in milliseconds, and what came back. */
  readonly ended: Promise<{ readonly millis: number; readonly heard: string }>
}

/** Opens a connection, sends something, and holds it until the other side lets go. */
export const hold = (port: number, bytes: string): Promise<HeldConnection> =>
  new Promise((resolve, reject) => {
    const openedAt = performance.now()
    let heard = ""
    const socket = connect(port, "127.0.0.1")
    const ended = new Promise<{ millis: number; heard: string }>((done) => {
      socket.on("close", () => done({ millis: performance.now() - openedAt, heard }))
    })
    socket.on("data", (part) => {
      heard += part.toString("latin1")
    })
    socket.on("error", reject)
    socket.once("connect", () => {
      socket.write(bytes)
      resolve({ socket, ended })
    })
  })
