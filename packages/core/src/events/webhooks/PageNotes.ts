/** What became of the events of one page at a webhook, and which of that is kept already. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import { counter } from "../../metrics/Meter.ts"
import type { KeptEvent } from "../EventLog.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { Webhooks } from "./Webhooks.ts"

const deliveries = counter(
  "holdfast_webhook_deliveries_total",
  "Tries to deliver an event to a webhook",
  { labels: ["outcome"] }
)

/** What metrics call the end of a try: an event that was not taken is tried again, or given up. */
const outcomes: Readonly<Record<WebhookDelivery["status"], string>> = {
  DELIVERED: "delivered",
  WAITING: "failed",
  FAILED: "given_up"
}

/** The notes of one page of events. */
export class PageNotes {
  private readonly known: Map<number, WebhookDelivery>
  private unkept: Array<WebhookDelivery> = []
  private readonly note: (notes: ReadonlyArray<WebhookDelivery>) => Effect.Effect<void, StoreError>
  private readonly count: (outcome: string) => void

  constructor(
    known: ReadonlyArray<WebhookDelivery>,
    note: PageNotes["note"],
    count: PageNotes["count"]
  ) {
    this.known = new Map(known.map((one) => [one.position, one]))
    this.note = note
    this.count = count
  }

  /** The last note of an event; a log that was restored may have had another one at its position. */
  of({ eventId, position }: KeptEvent): WebhookDelivery | undefined {
    const note = this.known.get(position)
    return note?.eventId === eventId ? note : undefined
  }

  add(delivery: WebhookDelivery): void {
    this.known.set(delivery.position, delivery)
    this.unkept.push(delivery)
    this.count(outcomes[delivery.status])
  }

  /** Keeps the notes that were added since. */
  readonly keep: Effect.Effect<void, StoreError> = Effect.suspend(() => {
    const notes = [...new Map(this.unkept.splice(0).map((note) => [note.position, note])).values()]
    if (notes.length === 0) return Effect.void
    return Effect.onError(this.note(notes), () =>
      Effect.sync(() => {
        this.unkept = [...notes, ...this.unkept]
      })
    )
  })
}

/** Reads what is known of events at a webhook since it was last set to another position. */
export const readNotes = (
  webhooks: Webhooks,
  { replays, webhookId }: Webhook,
  events: ReadonlyArray<KeptEvent>
): Effect.Effect<PageNotes, StoreError> =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.map(
      webhooks.deliveriesAt(
        webhookId,
        events.map(({ position }) => position)
      ),
      (kept) =>
        new PageNotes(
          kept.filter((note) => note.replays === replays),
          (some) => webhooks.note(webhookId, some),
          (outcome) => deliveries.in(context).with(outcome).add()
        )
    )
  )

/** Whether an event was taken or given up. */
export const isOver = (note: WebhookDelivery | undefined): boolean =>
  note?.status === "DELIVERED" || note?.status === "FAILED"
