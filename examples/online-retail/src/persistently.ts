/**
 * What a host does when the store is busy, slow or away for a moment: it repeats the call, a little
 * later each time. Only errors that say `isRetryable` are repeated: then nothing was written, so
 * that a repeat needs no idempotency key.
 */
import { setTimeout } from "node:timers/promises"
import { isHoldfastError } from "@holdfast/core"

/** How often and how patiently a call is repeated. */
export interface Patience {
  /** Repeats before the error is given up to the caller: 6. */
  readonly repeatsMax?: number
  /** Waits before a repeat, in milliseconds: 100, and twice as long each time. */
  readonly wait?: (millis: number) => Promise<unknown>
  /** Hears of each repeat. */
  readonly onRepeat?: () => void
}

/** Makes the call, and makes it again while its error says that this is safe and may help. */
export const persistently = async <A>(
  call: () => Promise<A>,
  { onRepeat, repeatsMax = 6, wait = setTimeout }: Patience = {}
): Promise<A> => {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isHoldfastError(error) || !error.isRetryable || repeat === repeatsMax) throw error
      onRepeat?.()
      await wait(100 * 2 ** repeat)
    }
  }
}
