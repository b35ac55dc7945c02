/**
 * A steady load on one address: so many requests a second, whether or not earlier ones were
 * answered, half or all of them writes, over connections that stay open. No request is sent twice,
 * so each one without the expected answer counts as failed. Each write has an idempotency key, by
 * which a test may repeat it.
 */
import { Agent, request } from "node:http"

/** A request without the expected answer. */
export interface FailedRequest {
  readonly why: string
  /** When it was sent, by the clock of `performance.now()`. */
  readonly sentAt: number
  /** What was written, and its key; undefined for a read. */
  readonly written: { readonly body: string; readonly key: string } | undefined
}

/** The outcome of a load. */
export interface LoadReport {
  readonly requests: number
  /** Why requests failed, and how often. */
  readonly failures: ReadonlyMap<string, number>
  /** The same one by one. */
  readonly failed: ReadonlyArray<FailedRequest>
  /** The longest time to an answer, in milliseconds. */
  readonly slowestMillis: number
}

/** A running load. */
export interface SteadyLoad {
  /** How many requests were sent so far. */
  readonly sent: () => number
  /** How many of them have no answer yet. */
  readonly underWay: () => number
  /** How many of them have failed. */
  readonly failedSoFar: () => number
  /** Stops sending, waits for the running requests, and returns the outcome. */
  readonly stop: () => Promise<LoadReport>
}

/** How requests are asked, where a server asks who it is or has other paths. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  /** What a read asks for, by the SKU whose turn it is: its stock, unless given. */
  readonly readPath?: (skuId: string) => string
}

/** How long an answer may take before the request counts as failed. */
const answerMillisMax = 15_000

const tickMillis = 10

/** Starts the load. The SKUs have stock for every write. */
export const startSteadyLoad = (
  url: string,
  perSecond: number,
  skuIds: ReadonlyArray<string>,
  writes: "HALF" | "ALL" | "NONE" = "HALF",
  asking: Asking = {}
): SteadyLoad => {
  const { headers: shown = {}, readPath = (skuId) => `/api/inventory/${skuId}` } = asking
  // The connection that has been idle longest is used first, so that none is idle for long.
  const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" })
  const failures = new Map<string, number>()
  const failed: Array<FailedRequest> = []
  const run = Math.random().toString(36).slice(2)
  let requests = 0
  let answered = 0
  let slowestMillis = 0
  let settle: (() => void) | undefined

  const ends = (sentAt: number, failure: FailedRequest | undefined) => {
    answered += 1
    slowestMillis = Math.max(slowestMillis, performance.now() - sentAt)
    if (failure !== undefined) {
      failed.push(failure)
      failures.set(failure.why, (failures.get(failure.why) ?? 0) + 1)
    }
    if (answered === requests) settle?.()
  }

  const send = () => {
    const number = ++requests
    const skuId = skuIds[number % skuIds.length] ?? ""
    const isWrite = writes === "ALL" || (writes === "HALF" && number % 2 === 0)
    const key = `${run}-${number}`
    const body = JSON.stringify({ skuId, quantity: 1, orderId: key })
    const path = isWrite ? "/api/inventory/reservations" : readPath(skuId)
    const written = isWrite ? { body, key } : undefined
    const sentAt = performance.now()
    let isOver = false
    const end = (why?: string) => {
      if (isOver) return
      isOver = true
      ends(sentAt, why === undefined ? undefined : { why, sentAt, written })
    }
    const headers = {
      ...shown,
      "content-type": "application/json",
      "content-length": body.length,
      "idempotency-key": key
    }
    const method = isWrite ? "POST" : "GET"
    const sent = request(
      `${url}${path}`,
      { agent, method, timeout: answerMillisMax, headers: isWrite ? headers : shown },
      (response) => {
        response.resume()
        response.once("error", (error) => end(`the answer broke off: ${error.message}`))
        response.once("end", () => {
          const { statusCode } = response
          end(statusCode === (isWrite ? 201 : 200) ? undefined : `status ${statusCode}`)
        })
      }
    )
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")))
    sent.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    sent.end(isWrite ? body : undefined)
  }

  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1_000) * perSecond
    while (requests < due) send()
  }, tickMillis)

  return {
    sent: () => requests,
    underWay: () => requests - answered,
    failedSoFar: () => failed.length,
    stop: async () => {
      clearInterval(timer)
      if (answered < requests) {
        await new Promise<void>((resolve) => {
          settle = resolve
        })
      }
      agent.destroy()
      return { requests, failures, failed, slowestMillis: Math.round(slowestMillis) }
    }
  }
}
