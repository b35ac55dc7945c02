/** Answers a request of Node with an answer that is kept, or has the routes answer it. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { KeptAnswers } from "../caching/kept/KeptAnswers.ts"
import { addressOf } from "./asSent.ts"

/**
 * Bodies as texts of a byte a character. Node sends a head and such a body as one piece, where bytes would be a
 * second one: a third of what the answer costs the process.
 */
const texts = new WeakMap<Uint8Array, string>()

const textOf = (body: Uint8Array): string => {
  const known = texts.get(body)
  if (known !== undefined) return known
  let text = ""
  // As many at a time as a call may have arguments.
  for (let at = 0; at < body.length; at += 8_192) {
    text += String.fromCharCode(...body.subarray(at, at + 8_192))
  }
  texts.set(body, text)
  return text
}

/** Looks whether an answer is kept first; `otherwise` answers everything else. */
export const answerKept = (
  kept: KeptAnswers,
  request: IncomingMessage,
  response: ServerResponse,
  otherwise: () => void
): void => {
  const listened = {
    method: request.method ?? "",
    url: addressOf(request),
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress,
    source: request
  }
  const isTaken = kept.take(listened, (answer) => {
    if (answer === undefined) {
      otherwise()
      return false
    }
    if (response.destroyed || response.writableEnded) return false
    try {
      response.writeHead(answer.status, answer.headers)
      if (answer.body === undefined) response.end()
      else response.end(textOf(answer.body), "latin1")
      return true
    } catch {
      // The host has begun an answer of its own; nobody else who waits may suffer for it.
      response.destroy()
      return false
    }
  })
  if (!isTaken) otherwise()
}
