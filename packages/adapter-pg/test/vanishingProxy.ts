/**
 * A TCP proxy whose clients can vanish without the server being told, as when a network parts: what
 * the server was sent it goes on with, and its answers reach nobody.
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
    client.on("data", (chunk) => upstream.write(chunk))
    upstream.on("data", (chunk) => {
      if (!client.destroyed) client.write(chunk)
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
