/** Delivers the events of a log to one webhook, each until it is taken or given up. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { Lease } from "../Cursors.ts"
import type { KeptEvent } from "../EventLog.ts"
import { PublishError } from "../EventPublisher.ts"
import type { Destination } from "../relay/publishing.ts"
import { deliveryOf, isTooLarge, sendEvent } from "./attempts.ts"
import { aggregateOf, isWantedBy, type LookAhead } from "./lookingAhead.ts"
import { isOver, type PageNotes, readNotes } from "./PageNotes.ts"
import { afterFailure, dueAt } from "./retries.ts"
import type { Webhook, WebhookDelivery } from "./Webhook.ts"
import type { WebhookAnswer, WebhookSender } from "./WebhookSender.ts"
import type { Webhooks } from "./Webhooks.ts"

/** How many events are sent side by side. */
const lanes = 8

/** How often an event that waits looks whether others are taken again. */
const lookMillis = 60_000

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

const logGivenUp = (webhookId: string, note: WebhookDelivery) => {
  const { aggregateId, eventId, problem, tries } = note
  return Effect.annotateLogs(
    Effect.logWarning("a webhook does not take an event, which was left out"),
    { webhookId, eventId, aggregateId, tries, problem }
  )
}

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

/** What is logged of a webhook: that it takes no events, and that it takes them again. */
const waitingLog = ({ url, webhookId }: Webhook) => {
  /** The positions of what is tried again: the first and the last of them are worth a line of log. */
  const waiting = new Set<number>()
  const about = { webhookId, host: new URL(url).host }
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
  return { logTaken, logWaiting, waiting }
}

/** Sends one event until it was taken or given up. */
const delivering = (options: DeliveringOptions) => {
  const { lookAhead, pause, sender, webhook, webhooks } = options
  let takenAtMillis = webhook.lastDeliveredAt?.epochMilliseconds ?? 0
  // A lane is held while an event is sent, and not while it waits.
  const sending = Semaphore.makeUnsafe(lanes)
  const probing = Semaphore.makeUnsafe(1)
  const send = (event: KeptEvent) => sending.withPermit(sendEvent(sender, webhook, event))
  const { logTaken, logWaiting, waiting } = waitingLog(webhook)

  let probedAtMillis = 0

  /** Sends an event from behind the page, to see whether the receiver takes any. */
  const tryAnother = Effect.fnUntraced(function* ({ aggregates, end, notes }: Page) {
    const event = yield* lookAhead(end, aggregates)
    const firstTriedAt = yield* DateTime.now
    probedAtMillis = firstTriedAt.epochMilliseconds
    if (event === undefined) return
    const answer = yield* send(event)
    const lastTriedAt = yield* DateTime.now
    probedAtMillis = lastTriedAt.epochMilliseconds
    if (answer.problem !== null) return
    takenAtMillis = lastTriedAt.epochMilliseconds
    const tried = { firstTriedAt, lastTriedAt, tries: 1, nextTryAt: null }
    notes.add(deliveryOf(webhook, event, answer, { ...tried, status: "DELIVERED" }))
    yield* notes.keep
  })

  /** The same, once for all who ask while it is on its way; not when others were taken since. */
  const probe = (page: Page, sinceMillis: number, askedAtMillis: number) =>
    probing.withPermit(
      Effect.suspend(() =>
        takenAtMillis > sinceMillis || probedAtMillis >= askedAtMillis
          ? Effect.void
          : tryAnother(page)
      )
    )

  /** Waits until an event is due; answers whether it was sent by hand meanwhile. */
  const untilDue = Effect.fnUntraced(function* (note: WebhookDelivery) {
    if (note.nextTryAt === null) return false
    while (true) {
      const now = yield* DateTime.now
      const left = dueAt(note, takenAtMillis) - now.epochMilliseconds
      if (left <= 0) break
      yield* Effect.sleep(Math.min(left, lookMillis))
    }
    const [kept] = yield* webhooks.deliveriesAt(webhook.webhookId, [note.position])
    return kept?.status === "DELIVERED"
  })

  return Effect.fnUntraced(function* (page: Page, event: KeptEvent) {
    const { notes } = page
    let before = notes.of(event)
    // The tries while nothing else was taken say nothing about the event. Nobody knows of those of
    // another process.
    let triesAlone = before?.tries ?? 0
    while (!isOver(before)) {
      if (before !== undefined && (yield* untilDue(before))) return
      const startedAt = yield* DateTime.now
      const answer = yield* send(event)
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
      if (tries > 1) yield* probe(page, since, lastTriedAt.epochMilliseconds)
      const areOthersTaken = takenAtMillis > since
      if (tries > 1 && !areOthersTaken) triesAlone = tries
      const counted = areOthersTaken ? tries - triesAlone : tries
      const next = nextAfter(event, answer, counted, areOthersTaken)
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
  const isWanted = isWantedBy(webhook)
  const deliver = delivering(options)

  /** The page that is in hand; when it is published again, it goes on with its notes. */
  let current: (Page & { readonly epoch: number }) | undefined
  const pageOf = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>, { epoch }: Lease) {
    const end = Math.max(...events.map(({ position }) => position))
    if (current?.end === end && current.epoch === epoch) return current
    const notes = yield* readNotes(webhooks, webhook, events)
    current = { epoch, end, notes, aggregates: new Set(events.map(aggregateOf)) }
    return current
  })

  const publishWanted = Effect.fnUntraced(function* (
    events: ReadonlyArray<KeptEvent>,
    lease: Lease
  ) {
    if (events.length === 0) return
    const page = yield* pageOf(events, lease)
    const { keep } = page.notes
    yield* Effect.forEach(
      Map.groupBy(events, aggregateOf).values(),
      (some) => Effect.forEach(some, (event) => deliver(page, event), { discard: true }),
      { concurrency: "unbounded", discard: true }
    ).pipe(Effect.onError(() => Effect.ignore(keep)))
    yield* keep
  })

  return {
    publish: (events, lease) =>
      Effect.mapError(
        publishWanted(events.filter(isWanted), lease),
        (cause) => new PublishError({ message: cause.message, isRetryable: true, cause })
      )
  }
}
