/** Delivers the events of a log to one webhook, each until it is taken or given up. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { KeptEvent } from "../EventLog.ts"
import { PublishError } from "../EventPublisher.ts"
import type { Destination } from "../relay/publishing.ts"
import { deliveryOf, isTooLarge, sendEvent } from "./attempts.ts"
import { aggregateOf, isWantedBy, type LookAhead } from "./lookingAhead.ts"
import { afterFailure } from "./retries.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookSender } from "./WebhookSender.ts"
import type { Webhooks } from "./Webhooks.ts"

/** How many aggregates are served side by side. */
const lanes = 8

/** The answer by which a receiver says that it is gone for good. */
const goneStatus = 410

/** What delivering to a webhook needs. */
export interface DeliveringOptions {
  readonly webhooks: Webhooks
  readonly sender: WebhookSender
  readonly webhook: Webhook
  readonly lookAhead: LookAhead
  /** Stops the webhook, with the reason, until a person makes it active again. */
  readonly pause: (because: string) => Effect.Effect<void, StoreError>
}

/** The notes of one page of events. */
class PageNotes {
  private readonly known: Map<number, WebhookDelivery>
  private unkept: Array<WebhookDelivery> = []
  private readonly note: (notes: ReadonlyArray<WebhookDelivery>) => Effect.Effect<void, StoreError>

  constructor(known: ReadonlyArray<WebhookDelivery>, note: PageNotes["note"]) {
    this.known = new Map(known.map((one) => [one.position, one]))
    this.note = note
  }

  /** The last note of an event. */
  of({ position }: KeptEvent): WebhookDelivery | undefined {
    return this.known.get(position)
  }

  add(delivery: WebhookDelivery): void {
    this.known.set(delivery.position, delivery)
    this.unkept.push(delivery)
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

const logGivenUp = (webhookId: string, note: WebhookDelivery) => {
  const { aggregateId, eventId, problem, tries } = note
  return Effect.annotateLogs(
    Effect.logWarning("a webhook does not take an event, which was left out"),
    { webhookId, eventId, aggregateId, tries, problem }
  )
}

const isOver = (note: WebhookDelivery | undefined): boolean =>
  note?.status === "DELIVERED" || note?.status === "FAILED"

/** Waits until an event is due; answers whether it was sent by hand meanwhile. */
const untilDue = Effect.fnUntraced(function* (
  { webhook: { webhookId }, webhooks }: DeliveringOptions,
  { nextTryAt, position }: WebhookDelivery
) {
  if (nextTryAt === null) return false
  const now = yield* DateTime.now
  yield* Effect.sleep(Math.max(0, nextTryAt.epochMilliseconds - now.epochMilliseconds))
  const [kept] = yield* webhooks.deliveriesAt(webhookId, [position])
  return kept?.status === "DELIVERED"
})

/** What follows from an answer. */
const nextAfter = (
  event: KeptEvent,
  { httpStatus, retryAfterMillis }: WebhookAnswer,
  tries: number,
  areOthersTaken: boolean
) => {
  if (isTooLarge(event)) return "GIVE_UP"
  if (httpStatus === goneStatus) return "PAUSE"
  return afterFailure({ tries, areOthersTaken, retryAfterMillis })
}

/** A page of events that is in hand. */
interface Page {
  /** The position of its last event. */
  readonly end: number
  readonly aggregates: ReadonlySet<string>
  readonly notes: PageNotes
}

/** Sends one event until it was taken or given up. */
const delivering = (options: DeliveringOptions) => {
  const { lookAhead, pause, sender, webhook } = options
  let takenAtMillis = webhook.lastDeliveredAt?.epochMilliseconds ?? 0
  /** The positions of what is tried again: the first and the last of them are worth a line of log. */
  const waiting = new Set<number>()
  const about = { webhookId: webhook.webhookId, host: new URL(webhook.url).host }
  const logWaiting = ({ position, problem }: WebhookDelivery) => {
    const isFirst = waiting.size === 0
    waiting.add(position)
    return isFirst
      ? Effect.annotateLogs(Effect.logWarning("a webhook takes no events; trying again"), {
          ...about,
          problem
        })
      : Effect.void
  }
  const logTaken = ({ position }: KeptEvent) =>
    waiting.delete(position) && waiting.size === 0
      ? Effect.annotateLogs(Effect.logInfo("a webhook takes events again"), about)
      : Effect.void

  /** Sends an event from behind the page, to see whether the receiver takes any. */
  const tryAnother = Effect.fnUntraced(function* ({ aggregates, end, notes }: Page) {
    const event = yield* lookAhead(end, aggregates)
    if (event === undefined) return
    const firstTriedAt = yield* DateTime.now
    const answer = yield* sendEvent(sender, webhook, event)
    if (answer.problem !== null) return
    const lastTriedAt = yield* DateTime.now
    takenAtMillis = lastTriedAt.epochMilliseconds
    const tried = { firstTriedAt, lastTriedAt, tries: 1, nextTryAt: null }
    notes.add(deliveryOf(webhook, event, answer, { ...tried, status: "DELIVERED" }))
  })

  return Effect.fnUntraced(function* (page: Page, event: KeptEvent) {
    const { notes } = page
    let before = notes.of(event)
    while (!isOver(before)) {
      if (before !== undefined && (yield* untilDue(options, before))) return
      const startedAt = yield* DateTime.now
      const answer = yield* sendEvent(sender, webhook, event)
      const lastTriedAt = yield* DateTime.now
      const tries = (before?.tries ?? 0) + 1
      const firstTriedAt = before?.firstTriedAt ?? startedAt
      const tried = { firstTriedAt, lastTriedAt, tries, nextTryAt: null }
      if (answer.problem === null) {
        takenAtMillis = lastTriedAt.epochMilliseconds
        notes.add(deliveryOf(webhook, event, answer, { ...tried, status: "DELIVERED" }))
        return yield* logTaken(event)
      }
      const since = (before?.lastTriedAt ?? startedAt).epochMilliseconds
      if (tries > 1 && takenAtMillis <= since) yield* tryAnother(page)
      const next = nextAfter(event, answer, tries, takenAtMillis > since)
      if (next === "GIVE_UP") {
        const failed = deliveryOf(webhook, event, answer, { ...tried, status: "FAILED" })
        notes.add(failed)
        waiting.delete(event.position)
        return yield* logGivenUp(webhook.webhookId, failed)
      }
      const jitter = yield* Random.nextBetween(0.9, 1.1)
      const nextTryAt =
        next === "PAUSE" ? null : DateTime.add(lastTriedAt, { milliseconds: next * jitter })
      before = deliveryOf(webhook, event, answer, { ...tried, nextTryAt, status: "WAITING" })
      notes.add(before)
      yield* notes.keep
      yield* logWaiting(before)
      if (next === "PAUSE") return yield* pausedBy(pause, answer, firstTriedAt)
    }
  })
}

/** Pauses the webhook. Who runs this sees that it is paused, and ends this. */
const pausedBy = (
  pause: DeliveringOptions["pause"],
  { httpStatus, problem }: WebhookAnswer,
  firstTriedAt: DateTime.Utc
) =>
  Effect.andThen(
    pause(
      httpStatus === goneStatus
        ? "the receiver says that it is gone (status 410)"
        : `nothing was taken since ${DateTime.formatIso(firstTriedAt)}: ${problem}`
    ),
    Effect.never
  )

/**
 * The webhook as a destination of a relay. Events of one aggregate go in their order, one after
 * another; several aggregates go side by side. An event that is not taken holds up those of its own
 * aggregate, and the page is over when every event of it was taken or given up. How often each was
 * tried is kept, so that another process goes on with the same pauses.
 *
 * With each try of an event that nothing was taken since, one event from behind the page is sent as
 * well. Whether it is taken tells an event that the receiver cannot take from a receiver that is away.
 */
export const deliveringTo = (options: DeliveringOptions): Destination => {
  const { webhook, webhooks } = options
  const { webhookId } = webhook
  const isWanted = isWantedBy(webhook)
  const deliver = delivering(options)

  /** The page that is in hand; when it is published again, it goes on with its notes. */
  let current: Page | undefined
  const pageOf = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>) {
    const positions = events.map(({ position }) => position)
    const end = Math.max(...positions)
    if (current?.end === end) return current
    const kept = yield* webhooks.deliveriesAt(webhookId, positions)
    const known = kept.filter(({ replays }) => replays === webhook.replays)
    const notes = new PageNotes(known, (some) => webhooks.note(webhookId, some))
    current = { end, notes, aggregates: new Set(events.map(aggregateOf)) }
    return current
  })

  const publishWanted = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>) {
    if (events.length === 0) return
    const page = yield* pageOf(events)
    const { keep } = page.notes
    yield* Effect.forEach(
      Map.groupBy(events, aggregateOf).values(),
      (some) => Effect.forEach(some, (event) => deliver(page, event), { discard: true }),
      { concurrency: lanes, discard: true }
    ).pipe(Effect.onError(() => Effect.ignore(keep)))
    yield* keep
  })

  return {
    publish: (events) =>
      Effect.mapError(
        publishWanted(events.filter(isWanted)),
        (cause) => new PublishError({ message: cause.message, isRetryable: true, cause })
      )
  }
}
