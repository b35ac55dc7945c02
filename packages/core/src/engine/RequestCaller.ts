/**
 * Who sends a request, as the door knows it. A door fills it in for all that a request does, and
 * the engine reads it, so that no door has to pass it on. A request that names a caller or an actor
 * itself means what it says.
 */
import * as Context from "effect/Context"

/** Who sends a request. */
export interface Caller {
  /** Whose idempotency keys the request uses: the empty text, or at most 255 code points. */
  readonly caller: string
  /** Who acts; written into movements that name no actor. */
  readonly actor?: string | undefined
}

/** Nobody in particular. */
export const anonymous: Caller = { caller: "" }

/** Who sends the request under way; anonymous unless a door fills it in. */
export const RequestCaller: Context.Reference<Caller> = Context.Reference(
  "@holdfast/core/engine/RequestCaller",
  { defaultValue: () => anonymous }
)
