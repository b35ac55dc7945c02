/**
 * Whether what is read may be a moment old, as on a replica or in a cache. Questions are asked under
 * `mayLag`. Nothing else is: a decision, and whatever follows the log, reads what is there now.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Whether the read under way may be a moment old: no, unless a question says so. */
export const MayLag: Context.Reference<boolean> = Context.Reference(
  "@holdfast/core/engine/MayLag",
  { defaultValue: () => false }
)

/** Whether the request under way asked for what is there now, also for its questions. */
export const ReadsCurrent: Context.Reference<boolean> = Context.Reference(
  "@holdfast/core/engine/ReadsCurrent",
  { defaultValue: () => false }
)

/** Reads what may be a moment old, unless the request asked for what is there now. */
export const mayLag = <A, E, R>(read: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) =>
    fiber.getRef(ReadsCurrent) ? read : Effect.provideService(read, MayLag, true)
  )

/** Reads what is there now, also for questions. */
export const readsCurrent: <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.provideService(ReadsCurrent, true)
