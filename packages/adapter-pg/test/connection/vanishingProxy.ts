/**
 * A TCP proxy that parts a client from its server as a network does: the client vanishes and the
 * server does not learn of it, so that it goes on with what it was sent; or both stay connected and no byte
 * moves between them any more.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"

const start = async (serverPort: number) => {
  const pairs = new Set<readonly [client: Socket, upstream: Socket]>()
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1")
    const pair = [client, upstream] as const
    pairs.add(pair)
    let hasVanished = false
    let isSilent = false
    client.on("data", (chunk) => {
      if (!isSilent) upstream.write(chunk)
    })
    upstream.on("data", (chunk) => {
      if (!isSilent && !client.destroyed) client.write(chunk)
    })
    client.on("silence", () => {
      isSilent = true
    })
    for (const socket of pair) socket.on("error", () => undefined)
    client.on("vanish", () => {
      hasVanished = true
      client.destroy()
    })
    client.on("close", () => {
      if (!hasVanished) upstream.destroy()
    })
    upstream.on("close", () => {
      pairs.delete(pair)
      client.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    /** The same connection URL, by way of the proxy. */
    url: (serverUrl: string): string => {
      const url = new URL(serverUrl)
      url.port = String(port)
      return url.href
    },
    /** Cuts every client off; connections that are made afterwards pass. */
    vanish: (): void => {
      for (const [client] of pairs) client.emit("vanish")
    },
    /** Drops every byte of every connection from now on; those made afterwards pass. */
    silence: (): void => {
      for (const [client] of pairs) client.emit("silence")
    },
    close: (): void => {
      server.close()
      for (const [client, upstream] of pairs) {
        client.destroy()
        upstream.destroy()
      }
    }
  }
}

/** Such a proxy for the lifetime of a scope. */
export const scopedVanishingProxy = (serverPort: number) =>
  Effect.acquireRelease(
    Effect.promise(() => start(serverPort)),
    (proxy) => Effect.sync(proxy.close)
  )
