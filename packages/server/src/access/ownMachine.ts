/**
 * A server without a word about who may ask serves this machine alone. A browser on it also sends what a page of
 * another site makes it send: to a name of that site which leads here, or without asking the server first. Such
 * a request is turned away before anything reads it. What is not a browser, names no page, and goes on.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { refusedAnswer, sentByStrangePage } from "@holdfast/http"
import type { ListeningServer } from "../serving/network/answers.ts"

const answerOf = (why: string) =>
  refusedAnswer(
    `This server was started without --auth, so it serves this machine alone, and ${why}. Say who may ask with ` +
      "--auth, or let everybody in with --auth none; --cors-origin names pages that may ask."
  )

/** Turns away what pages of other sites send; those that are named may ask. */
export const guardOwnMachine = (
  server: ListeningServer,
  allowedOrigins: ReadonlyArray<string>
): void => {
  const emit = server.emit.bind(server) as (
    event: string,
    ...about: ReadonlyArray<unknown>
  ) => boolean
  const guarded = (event: string, ...about: ReadonlyArray<unknown>): boolean => {
    if (event !== "request") return emit(event, ...about)
    const [request, response] = about as unknown as [IncomingMessage, ServerResponse]
    const { headers, socket } = request
    // Over TLS no other name leads here: the certificate would not have it.
    const host = "encrypted" in socket ? undefined : headers.host
    const { origin } = headers
    // No browser names two hosts. The routes refuse them by name.
    if (host?.includes(",") === true) return emit(event, ...about)
    const why = sentByStrangePage({ host, origin, allowedOrigins })
    if (why === undefined) return emit(event, ...about)
    // Unread input would reset the connection and lose the answer.
    request.resume()
    const { body, headers: fields, status } = answerOf(why)
    const { connection: _, ...others } = fields
    response.writeHead(status, request.httpVersionMajor === 1 ? fields : others).end(body)
    return true
  }
  server.emit = guarded as typeof server.emit
}
