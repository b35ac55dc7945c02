/** Sends events over HTTP: signed, once, within bounds, following nothing. */
import * as http from "node:http"
import * as https from "node:https"
import type { LookupFunction } from "node:net"
import type { WebhookAnswer, WebhookMessage, WebhookSender } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import { AddressRefused, kindOfAddress, lookupOnly, objectionToHost } from "./addresses.ts"
import { readSenderOptions } from "./readSenderOptions.ts"
import { signedHeaders } from "./signing.ts"
import type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"

/** What a receiver may write beside its status; more cuts the connection. */
const answerBytesMax = 65_536

/** How long a connection is kept that nothing is sent on. */
const idleMillis = 30_000

/** How long a receiver asks to be left alone, from `Retry-After`. */
const retryAfterOf = (value: string | undefined, now: number): number | null => {
  if (value === undefined) return null
  const until = /^\d{1,9}$/.test(value) ? now + Number(value) * 1_000 : Date.parse(value)
  return Number.isNaN(until) ? null : Math.max(0, until - now)
}

/** What is wrong with a status; null when the receiver took the event. */
const problemOf = (status: number): string | null => {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400
    ? `it answered with ${status}, and redirects are not followed`
    : `it answered with ${status}`
}

const closed = "it closed the connection without an answer"

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: closed,
  ENOTFOUND: "its name cannot be resolved",
  EAI_AGAIN: "its name cannot be resolved now",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "it cannot be reached",
  EPROTO: "it does not speak https there, or only an old version of it"
}

/** What went wrong before an answer came. */
const wordsOf = (error: NodeJS.ErrnoException): string =>
  error instanceof AddressRefused ? error.message : (words[error.code ?? ""] ?? error.message)

/** Reads what comes with an answer, so that the connection can be used again, and keeps nothing. */
const drain = (response: http.IncomingMessage): void => {
  let bytes = 0
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > answerBytesMax) response.destroy()
  })
  response.on("error", () => undefined)
}

/** Makes a sender with a way to resolve names, and a way to judge hosts by their names. */
export const senderWith = (
  { allowHttp = false, timeoutMillis = 5_000 }: WebhookSenderOptions,
  lookup: LookupFunction | undefined,
  judge: typeof objectionToHost
): WebhookSender => {
  // No bound for a host: many webhooks may share one, and each bounds itself.
  const connecting = {
    keepAlive: true,
    timeout: idleMillis,
    ...(lookup === undefined ? {} : { lookup })
  }
  const agents = { http: new http.Agent(connecting), https: new https.Agent(connecting) }

  const objectionTo = (text: string): string | undefined => {
    const { hostname, protocol } = new URL(text)
    if (protocol === "http:" && !allowHttp) {
      return (
        "must begin with https, so that nobody on the way reads the events; the operator has not " +
        "allowed http"
      )
    }
    const objection = judge(hostname)
    return objection === undefined ? undefined : `cannot be sent to: ${objection}`
  }

  const send = (message: WebhookMessage) =>
    Effect.callback<WebhookAnswer>((resume) => {
      const startedAt = performance.now()
      const answer = (about: Omit<WebhookAnswer, "durationMillis">) =>
        resume(Effect.succeed({ ...about, durationMillis: performance.now() - startedAt }))
      const failed = (problem: string) =>
        answer({ httpStatus: null, problem, retryAfterMillis: null })
      const url = new URL(message.url)
      const body = Buffer.from(message.body)
      const isSecure = url.protocol === "https:"
      const request = (isSecure ? https : http).request(url, {
        method: "POST",
        agent: isSecure ? agents.https : agents.http,
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          "user-agent": "Holdfast-Webhooks",
          ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
          ...signedHeaders(message, new Date())
        }
      })
      const timer = setTimeout(() => {
        failed(`it did not answer within ${timeoutMillis / 1_000} seconds`)
        request.destroy()
      }, timeoutMillis)
      request.on("response", (response) => {
        const httpStatus = response.statusCode ?? 0
        const retryAfterMillis = retryAfterOf(response.headers["retry-after"], Date.now())
        answer({ httpStatus, problem: problemOf(httpStatus), retryAfterMillis })
        drain(response)
      })
      request.on("error", (error) => failed(wordsOf(error)))
      request.on("close", () => {
        clearTimeout(timer)
        // After a status of 101 there is neither a response nor an error.
        failed(closed)
      })
      request.end(body)
      return Effect.sync(() => request.destroy())
    })

  return {
    objectionTo,
    send: (message) => {
      // An address that was kept when others were allowed.
      const problem = objectionTo(message.url)
      return problem === undefined
        ? send(message)
        : Effect.succeed({ httpStatus: null, problem, durationMillis: 0, retryAfterMillis: null })
    }
  }
}

/**
 * Makes a sender. It holds nothing that has to be closed. Throws `InvalidInput` for options that it
 * cannot read.
 */
export const webhookSender = (options: WebhookSenderOptions = {}): WebhookSender => {
  const known = readSenderOptions(options)
  return known.allowPrivate === true
    ? senderWith(known, undefined, () => undefined)
    : senderWith(known, lookupOnly(kindOfAddress), objectionToHost)
}
