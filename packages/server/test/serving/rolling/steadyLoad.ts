/**
 * A steady load on one address: so many requests a second, whether or not earlier ones were
 * answered, half or all of them writes, over connections that stay open. No request is sent twice,
 * so each one without the expected answer counts as failed.
 */
import { Agent, request } from "node:http"

/** The outcome of a load. */
export interface LoadReport {
  readonly requests: number
  /** Why requests failed, and how often. */
  readonly failures: ReadonlyMap<string, number>
  /** The longest time to an answer, in milliseconds. */
  readonly slowestMillis: number
}

/** A running load. */
export interface SteadyLoad {
  /** Stops sending, waits for the running requests, and returns the outcome. */
  readonly stop: () => Promise<LoadReport>
}

/** How long an answer may take before the request counts as failed. */
const answerMillisMax = 15_000

const tickMillis = 10

/** Starts the load. The SKUs have stock for every write. */
export const startSteadyLoad = (
  url: string,
  perSecond: number,
  skuIds: ReadonlyArray<string>,
  writes: "HALF" | "ALL" = "HALF"
): SteadyLoad => {
  // The connection that has been idle longest is used first, so that none is idle for long.
  const agent = new Agent({ keepAlive: true, maxSockets: 64, scheduling: "fifo" })
  const failures = new Map<string, number>()
  const run = Math.random().toString(36).slice(2)
  let requests = 0
  let answered = 0
  let slowestMillis = 0
  let settle: (() => void) | undefined

  const ends = (sentAt: number, failure: string | undefined) => {
    answered += 1
    slowestMillis = Math.max(slowestMillis, performance.now() - sentAt)
    if (failure !== undefined) failures.set(failure, (failures.get(failure) ?? 0) + 1)
    if (answered === requests) settle?.()
  }

  const send = () => {
    const number = ++requests
    const skuId = skuIds[number % skuIds.length] ?? ""
    const isWrite = writes === "ALL" || number % 2 === 0
    const body = JSON.stringify({ skuId, quantity: 1, orderId: `${run}-${number}` })
    const sentAt = performance.now()
    let isOver = false
    const end = (failure?: string) => {
      if (isOver) return
      isOver = true
      ends(sentAt, failure)
    }
    const sent = request(
      isWrite ? `${url}/api/inventory/reservations` : `${url}/api/inventory/${skuId}`,
      {
        agent,
        method: isWrite ? "POST" : "GET",
        timeout: answerMillisMax,
        headers: isWrite
          ? { "content-type": "application/json", "content-length": body.length }
          : {}
      },
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
    stop: async () => {
      clearInterval(timer)
      if (answered < requests) {
        await new Promise<void>((resolve) => {
          settle = resolve
        })
      }
      agent.destroy()
      return { requests, failures, slowestMillis: Math.round(slowestMillis) }
    }
  }
}
