// A TCP proxy on 127.0.0.1 between a client and its server, PostgreSQL or Kafka, that breaks the wire
// exactly where a test wants it: between a COMMIT and its answer, before the COMMIT arrives, after some
// answers, for ever (a stall), or from the start (refused). It reads just enough of the protocol to
// know where it is, changes no byte, and adds no delay. It never breaks anything that it was not told
// to break. For Kafka, "COMMIT" is a request to produce.

import type { AddressInfo } from "node:net"
import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { postgresWire, type Wire } from "./wires.ts"

/**
 * What the proxy does from now on, to connections old and new.
 * - `pass`: nothing but pass bytes on.
 * - `cut-commit-answer`: the server has committed, its answer is withheld and the wire is cut.
 * - `cut-commit-request`: the wire is cut before the server hears of the COMMIT.
 * - `cut-after`: the wire is cut when that many answers have passed in all (ReadyForQuery, for PostgreSQL).
 * - `stall`: connections are accepted and stay open, no byte moves.
 * - `refuse`: every connection is cut and nobody listens.
 *
 * `when` chooses the COMMITs to cut by their number since the behaviour began, from 1; all of them
 * unless given.
 */
export type Behaviour =
  | { readonly kind: "pass" }
  | {
      readonly kind: "cut-commit-answer" | "cut-commit-request"
      readonly when?: (commit: number) => boolean
    }
  | { readonly kind: "cut-after"; readonly answers: number }
  | { readonly kind: "stall" }
  | { readonly kind: "refuse" }

/** A running proxy. */
export interface TcpProxy {
  readonly port: number
  /** The same connection URL, by way of the proxy. */
  readonly url: (serverUrl: string) => string
  /** Changes the behaviour; resolved when it holds. */
  readonly behave: (behaviour: Behaviour) => Promise<void>
  /** How many connections were cut on purpose so far. */
  readonly cuts: () => number
  /** How many connections are open through the proxy now. */
  readonly open: () => number
  /** Cuts what is open and ends the proxy. */
  readonly close: () => Promise<void>
}

const listen = (server: ReturnType<typeof createServer>, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      resolve()
    })
  })

/** Starts a proxy to a server on this machine, passing everything on. */
export const startTcpProxy = async (
  serverPort: number,
  wire: Wire = postgresWire
): Promise<TcpProxy> => {
  let behaviour: Behaviour = { kind: "pass" }
  let commits = 0
  let answers = 0
  let cuts = 0
  const pairs = new Set<readonly [Socket, Socket]>()

  const chosen = (kind: Behaviour["kind"]): boolean => {
    if (behaviour.kind !== kind) return false
    commits++
    return !("when" in behaviour) || behaviour.when === undefined || behaviour.when(commits)
  }
  const cut = (pair: readonly [Socket, Socket]) => {
    cuts++
    for (const socket of pair) socket.destroy()
  }
  const answered = (): boolean => behaviour.kind === "cut-after" && ++answers >= behaviour.answers

  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1")
    const pair = [client, upstream] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on("error", () => undefined)
      socket.on("close", () => {
        pairs.delete(pair)
        for (const other of pair) other.destroy()
      })
      if (behaviour.kind === "stall") socket.pause()
    }
    const { asksToCommit, endsAnswer, isCommitAnswer, replies, requests } = wire()
    client.on("data", (chunk) => {
      for (const message of requests(chunk)) {
        if (asksToCommit(message) && chosen("cut-commit-request")) return cut(pair)
        upstream.write(message)
      }
    })
    upstream.on("data", (chunk) => {
      for (const message of replies(chunk)) {
        if (isCommitAnswer(message) && chosen("cut-commit-answer")) return cut(pair)
        client.write(message)
        if (endsAnswer(message) && answered()) return cut(pair)
      }
    })
  })
  await listen(server, 0)
  const { port } = server.address() as AddressInfo

  const stopListening = () => {
    server.close()
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }

  return {
    port,
    url: (serverUrl) => {
      const url = new URL(serverUrl)
      url.hostname = "127.0.0.1"
      url.port = String(port)
      return url.href
    },
    behave: async (next) => {
      const before = behaviour.kind
      behaviour = next
      commits = 0
      answers = 0
      if (next.kind === "refuse" && before !== "refuse") {
        cuts += pairs.size
        stopListening()
      }
      if (next.kind !== "refuse" && before === "refuse") await listen(server, port)
      for (const pair of pairs) {
        for (const socket of pair) next.kind === "stall" ? socket.pause() : socket.resume()
      }
    },
    cuts: () => cuts,
    open: () => pairs.size,
    close: async () => {
      if (server.listening) stopListening()
    }
  }
}

/** The same proxy for the lifetime of a scope. */
export const scopedTcpProxy = (
  serverPort: number,
  wire: Wire = postgresWire
): Effect.Effect<TcpProxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startTcpProxy(serverPort, wire)),
    (proxy) => Effect.promise(() => proxy.close())
  )
