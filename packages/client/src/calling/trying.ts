/** One try of a request, and when the next may begin. A try ends with its time, or with its caller's. */
import type { ClientOptions } from "./options.ts"

/** How patient a client is. */
export interface Patience {
  readonly tryMillisMax: number
  readonly retriesMax: number
  readonly pauseMillisMax: number
}

/** The longest that a timer waits, in milliseconds. */
const timerMillisMax = 2 ** 31 - 1

const checked = (name: string, value: number, least: number, most: number): number => {
  if (typeof value === "number" && value >= least && value <= most) return value
  throw new TypeError(`${name} must be a number from ${least} to ${most}, not ${String(value)}`)
}

/** The patience that options ask for; throws a TypeError that names an option which asks for none. */
export const patienceOf = ({
  pauseMillisMax = 10_000,
  retriesMax = 3,
  tryMillisMax = 15_000
}: ClientOptions): Patience => ({
  pauseMillisMax: checked("pauseMillisMax", pauseMillisMax, 0, timerMillisMax),
  retriesMax: checked("retriesMax", retriesMax, 0, Number.POSITIVE_INFINITY),
  tryMillisMax: checked("tryMillisMax", tryMillisMax, 1, timerMillisMax)
})

/** Stands for a try whose time was over. */
export const timeIsOver: unique symbol = Symbol("the time is over")

/** Runs with a signal that aborts after some time, or when the caller's does. */
export const within = async <A>(
  millis: number,
  caller: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<A>
): Promise<A> => {
  caller?.throwIfAborted()
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(timeIsOver), millis)
  const follow = () => ending.abort(caller?.reason)
  caller?.addEventListener("abort", follow)
  try {
    return await run(ending.signal)
  } catch (error) {
    // What a try that was ended fails with differs from platform to platform.
    throw ending.signal.aborted ? ending.signal.reason : error
  } finally {
    clearTimeout(timer)
    caller?.removeEventListener("abort", follow)
  }
}

/** Waits, unless the caller gives up. */
export const pause = (millis: number, caller: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    if (caller?.aborted === true) return reject(caller.reason)
    const end = () => {
      clearTimeout(timer)
      reject(caller?.reason)
    }
    const timer = setTimeout(() => {
      caller?.removeEventListener("abort", end)
      resolve()
    }, millis)
    caller?.addEventListener("abort", end)
  })

const pauseMillisFirst = 100

/**
 * How long to wait before the next try, in milliseconds: as long as the server asks, or else longer each
 * time, and differently for each client, so that they do not all come back at once. Undefined when the
 * server asks for more than the client waits.
 */
export const pauseMillis = (
  tries: number,
  retryAfter: string | null,
  { pauseMillisMax }: Patience
): number | undefined => {
  const asked = retryAfter === null ? 0 : Number(retryAfter) * 1_000
  if (asked > pauseMillisMax) return undefined
  const own = Math.min(pauseMillisMax, pauseMillisFirst * 2 ** tries) * (0.5 + Math.random() / 2)
  return Math.max(Number.isFinite(asked) ? asked : 0, own)
}
