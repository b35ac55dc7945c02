/** Delivers the events of a log to one webhook, each until it is taken or given up. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { Lease } from "../Cursors.ts"
import type { KeptEvent } from "../EventLog.ts"
import { PublishError } from "../EventPublisher.ts"
import type { Destination } from "../relay/publishing.ts"
import { StopSignal } from "../relay/withGrace.ts"
import { deliveryOf, isTooLarge, sendEvent } from "./attempts.ts"
import { type GoingAheadOptions, goingAhead } from "./goingAhead.ts"
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
  /** Reads the log. */
  readonly read: GoingAheadOptions["read"]
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

const aggregateOf = ({ aggregateId, aggregateType }: KeptEvent): string =>
  `${aggregateType} ${aggregateId}`

/** Tries to send events to a webhook, and waits for their next tries. */
const trying = ({ sender, webhook, webhooks }: DeliveringOptions) => {
  const { webhookId } = webhook
  const sending = Semaphore.makeUnsafe(lanes)
  let takenAtMillis = webhook.lastDeliveredAt?.epochMilliseconds ?? 0

  /**
   * Sends an event once and notes what came of it; answers whether to PAUSE the webhook.
   * `triesAlone` are those while nothing else was taken.
   */
  const attempt = Effect.fnUntraced(function* (
    notes: PageNotes,
    event: KeptEvent,
    triesAlone: number
  ) {
    const before = notes.of(event)
    const startedAt = yield* DateTime.now
    const answer = yield* sendEvent(sender, webhook, event)
    const lastTriedAt = yield* DateTime.now
    const tries = (before?.tries ?? 0) + 1
    const firstTriedAt = before?.firstTriedAt ?? startedAt
    const about = { firstTriedAt, lastTriedAt, tries, nextTryAt: null }
    const areOthersTaken = takenAtMillis > firstTriedAt.epochMilliseconds
    if (answer.problem === null) {
      takenAtMillis = lastTriedAt.epochMilliseconds
      notes.add(deliveryOf(webhook, event, answer, { ...about, status: "DELIVERED" }))
      return { areOthersTaken, isToPause: false }
    }
    const counted = areOthersTaken ? tries - triesAlone : tries
    const next = nextAfter(event, answer, counted, areOthersTaken)
    if (next === "GIVE_UP") {
      const failed = deliveryOf(webhook, event, answer, { ...about, status: "FAILED" })
      notes.add(failed)
      yield* logGivenUp(webhookId, failed)
      return { areOthersTaken, isToPause: false }
    }
    const jitter = yield* Random.nextBetween(0.9, 1.1)
    const nextTryAt =
      next === "PAUSE" ? null : DateTime.add(lastTriedAt, { milliseconds: next * jitter })
    notes.add(deliveryOf(webhook, event, answer, { ...about, nextTryAt, status: "WAITING" }))
    return { areOthersTaken, isToPause: next === "PAUSE" }
  })

  /** Waits until an event is due; answers whether it was sent by hand meanwhile. */
  const untilDue = Effect.fnUntraced(function* (note: WebhookDelivery) {
    if (note.nextTryAt === null) return false
    while (true) {
      const now = (yield* DateTime.now).epochMilliseconds
      const left = dueAt(note, takenAtMillis) - now
      if (left <= 0) break
      yield* Effect.sleep(Math.min(left, lookMillis))
    }
    const [kept] = yield* webhooks.deliveriesAt(webhookId, [note.position])
    return kept?.status === "DELIVERED"
  })

  // A lane is held while an event is sent, and not while it waits.
  return {
    attempt: (...a: Parameters<typeof attempt>) => sending.withPermit(attempt(...a)),
    untilDue
  }
}

/** Sends one event until it was taken or given up. */
const delivering = (
  { pause }: DeliveringOptions,
  { attempt, untilDue }: ReturnType<typeof trying>
) =>
  Effect.fnUntraced(function* (notes: PageNotes, event: KeptEvent, heldUp: Latch.Latch) {
    let triesAlone = notes.of(event)?.tries ?? 0
    while (!isOver(notes.of(event))) {
      const before = notes.of(event)
      if (before !== undefined) {
        heldUp.openUnsafe()
        if (yield* untilDue(before)) return
      }
      const { areOthersTaken, isToPause } = yield* attempt(notes, event, triesAlone)
      const note = notes.of(event)
      if (note?.status !== "WAITING") return
      yield* notes.keep
      if (!areOthersTaken) triesAlone = note.tries
      if (!isToPause) continue
      const since = `nothing was taken since ${DateTime.formatIso(note.firstTriedAt)}`
      yield* pause(
        note.httpStatus === goneStatus
          ? "the receiver says that it is gone (status 410)"
          : `${since}: ${note.problem}`
      )
      // Who runs this sees that the webhook is paused, and ends it.
      return yield* Effect.never
    }
  })

/**
 * The webhook as a destination of a relay. Events of one aggregate go in their order, one after
 * another; several aggregates go side by side. An event that is not taken holds up those of its own
 * aggregate: the page is over when every event of it was taken or given up, and meanwhile others that
 * come after it are sent. How often each was tried is kept, so that another process goes on with the
 * same pauses.
 */
export const deliveringTo = (options: DeliveringOptions): Destination => {
  const { read, webhook, webhooks } = options
  const wanted = webhook.eventTypes === null ? undefined : new Set(webhook.eventTypes)
  const isWanted = ({ eventType }: KeptEvent) => wanted?.has(eventType) ?? true
  const tries = trying(options)
  const deliver = delivering(options, tries)
  const fromStore = (events: ReadonlyArray<KeptEvent>) => readNotes(webhooks, webhook, events)
  const goAhead = goingAhead({
    ...{ read, isWanted, aggregateOf, notesOf: fromStore },
    sendOnce: (notes, event) =>
      Effect.map(tries.attempt(notes, event, 0), () => isOver(notes.of(event)))
  })

  /** The notes of the page that is in hand; when it is published again, it goes on with them. */
  let current:
    | { readonly epoch: number; readonly end: number; readonly notes: PageNotes }
    | undefined
  const notesOf = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>, { epoch }: Lease) {
    const end = Math.max(...events.map(({ position }) => position))
    if (current?.end === end && current.epoch === epoch) return current.notes
    const notes = yield* fromStore(events)
    current = { epoch, end, notes }
    return notes
  })

  const publishWanted = Effect.fnUntraced(function* (
    events: ReadonlyArray<KeptEvent>,
    after: number,
    lease: Lease
  ) {
    if (events.length === 0) return
    const notes = yield* notesOf(events, lease)
    const aggregates = Map.groupBy(events, aggregateOf)
    const isHeldUp = (aggregate: string) =>
      aggregates.get(aggregate)?.some((event) => !isOver(notes.of(event))) === true
    const heldUp = Latch.makeUnsafe(false)
    const over = new StopSignal()
    const ahead = yield* heldUp.await.pipe(
      Effect.andThen(Effect.suspend(() => goAhead(after, isHeldUp, over))),
      Effect.forkChild
    )
    yield* Effect.forEach(
      aggregates.values(),
      (some) => Effect.forEach(some, (event) => deliver(notes, event, heldUp), { discard: true }),
      { concurrency: "unbounded", discard: true }
    ).pipe(Effect.onError(() => Effect.andThen(Fiber.interrupt(ahead), Effect.ignore(notes.keep))))
    // What is on its way ahead is awaited, or it would be sent again at once.
    yield* over.give
    heldUp.openUnsafe()
    yield* Fiber.join(ahead)
    yield* notes.keep
  })

  return {
    publish: (events, lease) =>
      Effect.mapError(
        publishWanted(events.filter(isWanted), events.at(-1)?.position ?? 0, lease),
        (cause) => new PublishError({ message: cause.message, isRetryable: true, cause })
      )
  }
}
