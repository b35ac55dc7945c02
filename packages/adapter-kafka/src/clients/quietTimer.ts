/**
 * KafkaJS 2.2.4 sets a timer of a negative time after every answer, for as long as a connection is
 * open: a warning on Node 24, and 3 % of a core for a client that does nothing (0.15 % without). The
 * replacement sets one only while requests wait. Other versions are left as they are.
 */
import { createRequire } from "node:module"

interface RequestQueue {
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  readonly pending: ReadonlyArray<unknown>
  checkPendingRequests(): void
}

const pendingCheckMillis = 10

/** No broker asks to be left alone for longer: more is left over from a clock that was set back. */
const throttledMillisMax = 60_000

function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null) return
  if (this.throttledUntil - Date.now() > throttledMillisMax) this.throttledUntil = -1
  const throttledMillis = this.throttledUntil - Date.now()
  if (this.pending.length === 0 && throttledMillis <= 0) return
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttledMillis > 0 ? throttledMillis : pendingCheckMillis
  )
}

const method = "scheduleCheckPendingRequests"

/** Replaces the timer, if this is the version that it was written for; says whether it did. */
export const quietTimer = (): boolean => {
  const load = createRequire(import.meta.url)
  try {
    if (load("kafkajs/package.json").version !== "2.2.4") return false
    const queue = load("kafkajs/src/network/requestQueue").prototype
    if (typeof queue[method] !== "function") return false
    queue[method] = scheduleCheckPendingRequests
    return true
  } catch {
    // A bundler has taken KafkaJS apart: it works, with its timer.
    return false
  }
}
