/**
 * HTTP/2 connections: none is held without end, and a server that leaves says so on each of them
 * (GOAWAY), so that clients send their next request elsewhere. Requests under way, and those that were
 * sent before the client heard of it, are answered.
 */
import { constants, type Http2SecureServer, type ServerHttp2Session } from "node:http2"
import type { ServerLife } from "../ServerLife.ts"
import type { ConnectionLimits } from "./connectionLimits.ts"

/** The highest stream there may be: whatever the client has sent meanwhile is answered. */
const anyStream = 2 ** 31 - 1

/** How long a client has for what it sent before it heard that the server leaves. */
const leaveMillis = 1_000

const sayLeaving = (session: ServerHttp2Session): void => {
  if (!session.closed && !session.destroyed) {
    session.goaway(constants.NGHTTP2_NO_ERROR, anyStream)
  }
}

/** Ends a request whose body does not arrive in time. */
const limitBody = (
  stream: Parameters<Parameters<ServerHttp2Session["on"]>[1]>[0],
  millis: number
) => {
  if (stream.endAfterHeaders) return
  const timer = setTimeout(() => {
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_CANCEL)
  }, millis).unref()
  stream.once("end", () => clearTimeout(timer))
  stream.once("close", () => clearTimeout(timer))
}

/** Keeps the sessions of a server to the limits, and lets them leave with it. */
export const watchSessions = (
  server: Http2SecureServer,
  life: ServerLife,
  { headMillisMax, idleMillisMax, receiveMillisMax }: ConnectionLimits
): void => {
  const leaving = life.leaving.signal
  const leave = new Set<() => void>()
  server.on("session", (session) => {
    let open = 0
    let timer = setTimeout(() => session.destroy(), headMillisMax).unref()
    // Pings do not keep a session: only requests do.
    const rest = () => {
      clearTimeout(timer)
      const millis = leaving.aborted ? leaveMillis : idleMillisMax
      if (open === 0) timer = setTimeout(() => session.close(), millis).unref()
    }
    const sayAndRest = () => {
      sayLeaving(session)
      rest()
    }
    leave.add(sayAndRest)
    session.on("stream", (stream) => {
      clearTimeout(timer)
      open += 1
      limitBody(stream, receiveMillisMax)
      if (leaving.aborted) sayLeaving(session)
      stream.once("close", () => {
        open -= 1
        rest()
      })
    })
    session.once("close", () => {
      clearTimeout(timer)
      leave.delete(sayAndRest)
    })
  })
  leaving.addEventListener("abort", () => {
    for (const say of leave) say()
  })
}
