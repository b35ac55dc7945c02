/**
 * A load that keeps its books: each request has a key and is repeated under it until it is decided, and what
 * was acknowledged is written down with the time of its answer.
 */
import { runOn } from "@holdfast/test-servers"
import { reserve } from "../requests.ts"

/** A reservation that was acknowledged. */
export interface Acknowledged {
  readonly orderId: string
  /** When it was first sent and when it was answered, in milliseconds of this process. */
  readonly sentAt: number
  readonly at: number
}

/** A running load. */
export interface KeptLoad {
  readonly acknowledged: ReadonlyArray<Acknowledged>
  /** Answers that were no decision, by their status; 0 is none at all. */
  readonly failures: ReadonlyMap<number, number>
  /** Resolved when so many more are acknowledged. */
  readonly more: (count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts callers that reserve one unit at a time. The SKUs have stock for all of it. */
export const startKeptLoad = (
  url: string,
  skuIds: ReadonlyArray<string>,
  { callers, name }: { readonly callers: number; readonly name: string }
): KeptLoad => {
  const acknowledged: Array<Acknowledged> = []
  const failures = new Map<number, number>()
  let waiters: Array<{ readonly until: number; readonly resolve: () => void }> = []
  let isOver = false
  let drawn = 0
  const caller = async () => {
    while (!isOver) {
      const number = drawn++
      const orderId = `${name}-${number}`
      const sentAt = performance.now()
      for (;;) {
        const answer = await reserve(url, skuIds[number % skuIds.length] ?? "", orderId, 1, orderId)
          .then(({ status }) => status)
          .catch(() => 0)
        if (answer === 201) {
          acknowledged.push({ orderId, sentAt, at: performance.now() })
          for (const { resolve, until } of waiters) if (acknowledged.length >= until) resolve()
          waiters = waiters.filter(({ until }) => acknowledged.length < until)
          break
        }
        failures.set(answer, (failures.get(answer) ?? 0) + 1)
        if (isOver) break
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  const running = Array.from({ length: callers }, caller)
  return {
    ...{ acknowledged, failures },
    more: (count) =>
      new Promise((resolve) => {
        waiters.push({ until: acknowledged.length + count, resolve })
      }),
    stop: async () => {
      isOver = true
      await Promise.all(running)
    }
  }
}

/** The orders that a database has reservations of. */
export const ordersIn = async (databaseUrl: string): Promise<ReadonlySet<string>> => {
  const rows = await runOn(databaseUrl, "select distinct order_id from inventory.reservations")
  return new Set(rows.map((row) => String(row["order_id"])))
}
