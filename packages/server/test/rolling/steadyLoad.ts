/**
 * A steady load on one address: so many requests a second whether or not the last ones were
 * answered, half of them writes, over connections that are kept open. Nothing is ever sent twice,
 * so that each request that was not answered as it should be counts.
 */
import { Agent, request } from "node:http"

/** What a load came to. */
export interface LoadReport {
  readonly requests: number
  /** Why requests failed, and how often. */
  readonly failures: ReadonlyMap<string, number>
  /** The longest that an answer took, in milliseconds. */
  readonly slowestMillis: number
}

/** A load that runs. */
export interface SteadyLoad {
  /** Sends no more, waits for what is on its way, and tells what it came to. */
  readonly stop: () => Promise<LoadReport>
}

/** How long an answer may take before the request counts as failed. */
const answerMillisMax = 15_000

const tickMillis = 10

/** Starts it. The SKUs have stock for every write. */
export const startSteadyLoad = (
  url: string,
  perSecond: number,
  skuIds: ReadonlyArray<string>
): SteadyLoad => {
  // The connection that has rested longest is used first, so that none rests for long.
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
    const isWrite = number % 2 === 0
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
