/** The bound on lines that a deployment may set below the engine's own. */
import type { InvalidInput, OrderLine } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpSettings } from "../../kit/HttpOptions.ts"
import { tooManyLines } from "../../kit/problemResponse.ts"

/** Refuses a request of more lines than the server takes. */
export const linesWithin = (
  { requestLinesMax }: HttpSettings["Service"],
  lines: ReadonlyArray<OrderLine>
): Effect.Effect<void, InvalidInput.InvalidInput> => {
  if (lines.length <= requestLinesMax) return Effect.void
  return Effect.fail({ _tag: "InvalidInput", issues: [tooManyLines(requestLinesMax)] })
}
