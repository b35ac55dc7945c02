/** When an event that a webhook did not take is sent again, and when it is not. Pure. */
import * as Duration from "effect/Duration"
import type { WebhookDelivery } from "./Webhook.ts"

const millis = (...pauses: ReadonlyArray<Duration.Input>) => pauses.map(Duration.toMillis)

/** The pauses while others get through, about an hour together. */
const first = millis(
  "5 seconds",
  "30 seconds",
  "2 minutes",
  "10 minutes",
  "20 minutes",
  "30 minutes"
)

/** The pauses while nothing gets through, about a day together with the first ones. */
const rest = millis("1 hour", "2 hours", "4 hours", "8 hours", "8 hours")

const all = [...first, ...rest]

/** The longest time that a receiver may ask to be left alone. */
const retryAfterMillisMax = Duration.toMillis("1 hour")

/** The longest pause of an event that waits while others are taken. */
const whileTakenMillisMax = Duration.toMillis("1 hour")

/**
 * When an event that waits is tried again. Once the webhook takes others, that is soon, however long
 * it took none before.
 */
export const dueAt = (
  { lastTriedAt, nextTryAt }: Pick<WebhookDelivery, "lastTriedAt" | "nextTryAt">,
  takenAtMillis: number
): number => {
  const last = lastTriedAt.epochMilliseconds
  const next = nextTryAt?.epochMilliseconds ?? last
  return takenAtMillis > last ? Math.min(next, last + whileTakenMillisMax) : next
}

/** What is known after a try that failed. */
export interface FailedTry {
  /** How often the event was tried: while others were taken, or in all when none were. */
  readonly tries: number
  /** Whether the webhook has taken another event since the try before this one. */
  readonly areOthersTaken: boolean
  readonly retryAfterMillis: number | null
}

/**
 * How long to wait before the next try. GIVE_UP leaves this event out, because the webhook takes
 * others. PAUSE stops the webhook, because it takes none.
 */
export const afterFailure = ({
  areOthersTaken,
  retryAfterMillis,
  tries
}: FailedTry): number | "GIVE_UP" | "PAUSE" => {
  const pause = (areOthersTaken ? first : all)[tries - 1]
  if (pause === undefined) return areOthersTaken ? "GIVE_UP" : "PAUSE"
  return Math.max(pause, Math.min(retryAfterMillis ?? 0, retryAfterMillisMax))
}
