// A TCP proxy on 127.0.0.1 between a PostgreSQL client and its server that breaks the wire exactly where a
// test wants it: between a COMMIT and its answer, before the COMMIT arrives, after some answers, for
// ever (a stall), or from the start (refused). It reads just enough of the protocol to know where it
// is, changes no byte, and adds no delay. It never breaks anything that it was not told to break.

import type { AddressInfo } from "node:net"
import { connect, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * What the proxy does from now on, to connections old and new.
 * - `pass`: nothing but pass bytes on.
 * - `cut-commit-answer`: the server has committed, its answer is withheld and the wire is cut.
 * - `cut-commit-request`: the wire is cut before the server hears of the COMMIT.
 * - `cut-after`: the wire is cut when that many answers (ReadyForQuery) have passed in all.
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

const code = (letter: string) => letter.charCodeAt(0)
const commandComplete = code("C")
const readyForQuery = code("Z")
const parse = code("P")
const bind = code("B")
const query = code("Q")

/** Cuts a byte stream into protocol messages; the first one of a client has no type byte. */
const makeFramer = (startsTyped: boolean) => {
  let rest: Buffer = Buffer.alloc(0)
  let typed = startsTyped
  return (chunk: Buffer): ReadonlyArray<Buffer> => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const messages: Array<Buffer> = []
    for (;;) {
      const prefix = typed ? 1 : 0
      if (rest.length < prefix + 4) return messages
      const length = prefix + rest.readInt32BE(prefix)
      if (rest.length < length) return messages
      messages.push(rest.subarray(0, length))
      rest = rest.subarray(length)
      typed = true
    }
  }
}

const cString = (message: Buffer, offset: number): string =>
  message.toString("utf8", offset, message.indexOf(0, offset))

/** Knows which of a client's messages ask for a COMMIT, also by the name of a prepared statement. */
const makeCommitRequests = () => {
  const names = new Map<string, boolean>()
  const isCommit = (sql: string) => /^\s*commit\b/i.test(sql)
  return (message: Buffer): boolean => {
    switch (message[0]) {
      case query:
        return isCommit(cString(message, 5))
      case parse: {
        const name = cString(message, 5)
        names.set(name, isCommit(cString(message, 6 + Buffer.byteLength(name))))
        return false
      }
      case bind: {
        const portal = cString(message, 5)
        return names.get(cString(message, 6 + Buffer.byteLength(portal))) === true
      }
      default:
        return false
    }
  }
}

const isCommitAnswer = (message: Buffer) =>
  message[0] === commandComplete && cString(message, 5) === "COMMIT"

const listen = (server: ReturnType<typeof createServer>, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      resolve()
    })
  })

/** Starts a proxy to a server on this machine, passing everything on. */
export const startTcpProxy = async (serverPort: number): Promise<TcpProxy> => {
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
    const requests = makeFramer(false)
    const replies = makeFramer(true)
    const asksToCommit = makeCommitRequests()
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
        if (message[0] === readyForQuery && answered()) return cut(pair)
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
export const scopedTcpProxy = (serverPort: number): Effect.Effect<TcpProxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startTcpProxy(serverPort)),
    (proxy) => Effect.promise(() => proxy.close())
  )
