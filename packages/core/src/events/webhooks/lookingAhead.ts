/** Looks in a log behind the page that is in hand, for an event that nothing holds up. */
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { EventLog, KeptEvent } from "../EventLog.ts"
import type { Webhook } from "./Webhook.ts"

/** How far ahead to look. */
const eventsMax = 1_000

/** An aggregate as a text: two of different types may share an id. */
export const aggregateOf = ({ aggregateId, aggregateType }: KeptEvent): string =>
  `${aggregateType} ${aggregateId}`

/** Whether a webhook wants an event. */
export const isWantedBy = ({ eventTypes }: Webhook): ((event: KeptEvent) => boolean) => {
  const wanted = eventTypes === null ? undefined : new Set(eventTypes)
  return ({ eventType }) => wanted?.has(eventType) ?? true
}

/** The next event after a position that is of no held-up aggregate and was not taken yet. */
export type LookAhead = (
  after: number,
  heldUp: ReadonlySet<string>
) => Effect.Effect<KeptEvent | undefined, StoreError>

/** Looks ahead for a webhook. */
export const lookingAhead =
  ({ read, webhooks }: EventLog, webhook: Webhook): LookAhead =>
  (after, heldUp) =>
    Effect.gen(function* () {
      const page = yield* read(after, eventsMax)
      const isWanted = isWantedBy(webhook)
      const free = page.filter((event) => isWanted(event) && !heldUp.has(aggregateOf(event)))
      const positions = free.map(({ position }) => position)
      const known = yield* webhooks.deliveriesAt(webhook.webhookId, positions)
      const taken = new Set(
        known.filter(({ replays }) => replays === webhook.replays).map(({ position }) => position)
      )
      return free.find(({ position }) => !taken.has(position))
    }).pipe(Effect.catchTag("PositionGone", () => Effect.succeed(undefined)))
