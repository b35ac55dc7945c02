/** A sender that sends nothing, for tests that make any request. */
import type { WebhookSender } from "@holdfast/core/events"
import * as Effect from "effect/Effect"

/** Nothing is ever sent, whatever the address. */
export const deafSender: WebhookSender = {
  objectionTo: () => undefined,
  send: () =>
    Effect.succeed({
      httpStatus: null,
      problem: "it refuses connections",
      durationMillis: 0,
      retryAfterMillis: null
    })
}
