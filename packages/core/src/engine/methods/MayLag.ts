/**
 * Whether what is read may be a moment old, as on a replica. Questions are asked under `mayLag`. Nothing
 * else is: a decision, and whatever follows the log, reads what is there now.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Whether the read under way may be a moment old: no, unless a question says so. */
export const MayLag: Context.Reference<boolean> = Context.Reference(
  "@holdfast/core/engine/MayLag",
  { defaultValue: () => false }
)

/** Reads what may be a moment old. */
export const mayLag: <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.provideService(MayLag, true)
