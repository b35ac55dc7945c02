/**
 * The answers of the listening socket, whatever route they come from: headers that hold for all of
 * them, and the end of a connection whose server leaves. An HTTP/2 connection ends in its session
 * (`sessions.ts`).
 */
import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse
} from "node:http"
import { type Http2SecureServer, type Http2ServerRequest, Http2ServerResponse } from "node:http2"
import type { Duplex } from "node:stream"
import { rawProblem } from "@holdfast/http"
import type { ServerLife } from "../ServerLife.ts"

type Fields = OutgoingHttpHeaders | Array<OutgoingHttpHeader>

/** Headers of every answer. Browsers keep to TLS for a year once they have met it. */
export const headersOfAll = (isTlsForAll: boolean): Readonly<Record<string, string>> => ({
  "x-content-type-options": "nosniff",
  ...(isTlsForAll ? { "strict-transport-security": "max-age=31536000" } : {})
})

/** What the answers of a server need to know. */
export interface AnswersOptions {
  readonly life: ServerLife
  readonly headers: Readonly<Record<string, string>>
  readonly isListening: () => boolean
}

/** How a server answers. */
export interface Answers {
  readonly Http1: typeof ServerResponse<IncomingMessage>
  readonly Http2: typeof Http2ServerResponse<Http2ServerRequest>
  /** Answers what the parser cannot read, which reaches no route. */
  readonly toUnreadable: (error: NodeJS.ErrnoException, socket: Duplex) => void
}

/**
 * Answers that carry the headers and, once the server leaves or closes, make the client use a new
 * connection. An idle connection that nobody closes would delay the stop.
 */
export const makeAnswers = ({ headers, isListening, life }: AnswersOptions): Answers => {
  const halfAnswered = new WeakSet<Duplex>()
  const withAll = (fields: OutgoingHttpHeaders) => ({ ...headers, ...fields })
  const isPlain = (fields: unknown): fields is OutgoingHttpHeaders =>
    typeof fields === "object" && !Array.isArray(fields)

  class Http1 extends ServerResponse {
    override writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
      if (life.isLeaving || !isListening()) this.setHeader("connection", "close")
      const { socket } = this
      if (socket !== null) {
        halfAnswered.add(socket)
        this.once("finish", () => halfAnswered.delete(socket))
      }
      const given = typeof reason === "object" ? reason : fields
      const all = given === undefined || isPlain(given) ? withAll(given ?? {}) : given
      return typeof reason === "string"
        ? super.writeHead(status, reason, all)
        : super.writeHead(status, all)
    }
  }

  class Http2 extends Http2ServerResponse {
    override writeHead(status: number, reason?: unknown, fields?: unknown): this {
      const given = typeof reason === "string" ? fields : reason
      return super.writeHead(status, withAll(isPlain(given) ? given : {}))
    }
  }

  const toUnreadable: Answers["toUnreadable"] = (error, socket) => {
    if (socket.writable && !halfAnswered.has(socket)) socket.end(rawProblem(error.code))
    else socket.destroy()
  }
  return { Http1, Http2, toUnreadable }
}

/** A server that listens. Over TLS it speaks HTTP/2 too, and answers both alike. */
export type ListeningServer = Server | Http2SecureServer
