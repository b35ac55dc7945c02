/** The bound on lines that a deployment may set below the engine's own. */
import type { InvalidInput, ReserveLine } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpSettings } from "../../kit/HttpOptions.ts"

/** Refuses a request of more lines than the server takes. */
export const linesWithin = (
  { requestLinesMax }: HttpSettings["Service"],
  lines: ReadonlyArray<ReserveLine>
): Effect.Effect<void, InvalidInput.InvalidInput> => {
  if (lines.length <= requestLinesMax) return Effect.void
  const message = `must hold at most ${requestLinesMax} lines`
  return Effect.fail({ _tag: "InvalidInput", issues: [{ path: "lines", message }] })
}
