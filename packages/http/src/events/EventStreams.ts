/**
 * SERVICE. The event streams of one server: how many are open, and the feeds that they share. They
 * end when the host leaves or closes.
 */
import type { EventLog, PositionGone } from "@holdfast/core/events"
import type { StoreError } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcRef from "effect/RcRef"
import type * as Scope from "effect/Scope"
import { HttpSettings } from "../kit/HttpOptions.ts"
import type { ContextName } from "./contexts.ts"
import { type EventFeed, makeEventFeed } from "./EventFeed.ts"
import { ServedContexts } from "./ServedContexts.ts"

/** The log of a context, and the end of it. */
export interface StreamedLog {
  readonly log: EventLog
  /** The end of the log, for as long as the scope is open. */
  readonly feed: Effect.Effect<EventFeed, PositionGone | StoreError, Scope.Scope>
}

/** The event streams of one server. */
export class EventStreams extends Context.Service<
  EventStreams,
  {
    /** Takes a place until the scope closes; false when all are taken. */
    readonly take: Effect.Effect<boolean, never, Scope.Scope>
    /** The log of a context that is served. */
    readonly of: (context: ContextName) => StreamedLog
    /** Waits until streams have to end. */
    readonly ended: Effect.Effect<void>
  }
>()("@holdfast/http/events/EventStreams") {}

/** A log whose end is read once for everybody who follows it. */
const streamedLog = (log: EventLog): Effect.Effect<StreamedLog, never, Scope.Scope> =>
  Effect.gen(function* () {
    // Streams that begin after a feed is over get a new one, also while old ones still end.
    const feeds: RcRef.RcRef<EventFeed, PositionGone | StoreError> = yield* RcRef.make({
      acquire: makeEventFeed(
        log,
        Effect.suspend(() => RcRef.invalidate(feeds))
      )
    })
    return { log, feed: RcRef.get(feeds) }
  })

/** The event streams over the logs of the contexts that are served. */
export const layerEventStreams: Layer.Layer<EventStreams, never, ServedContexts | HttpSettings> =
  Layer.effect(
    EventStreams,
    Effect.gen(function* () {
      const { eventStreamsMax, leaving } = yield* HttpSettings
      const logs = new Map<ContextName, StreamedLog>()
      for (const { context, log } of yield* ServedContexts) {
        logs.set(context, yield* streamedLog(log))
      }
      const ended = Deferred.makeUnsafe<void>()
      const end = () => {
        Deferred.doneUnsafe(ended, Effect.void)
      }
      if (leaving?.aborted === true) end()
      leaving?.addEventListener("abort", end, { once: true })
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          leaving?.removeEventListener("abort", end)
          end()
        })
      )
      let open = 0
      const isTaken = Effect.sync(() => {
        if (open >= eventStreamsMax) return false
        open++
        return true
      })
      const leave = (hasPlace: boolean) =>
        Effect.sync(() => {
          if (hasPlace) open--
        })
      return EventStreams.of({
        take: Effect.acquireRelease(isTaken, leave),
        // The schema of the request names no other context.
        of: (context) => logs.get(context) as StreamedLog,
        ended: Deferred.await(ended)
      })
    })
  )
