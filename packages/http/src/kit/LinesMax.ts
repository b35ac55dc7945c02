/** The most lines of one request to an endpoint that has a bound of its own. */
import * as Context from "effect/Context"

/** The bound of an endpoint; undefined for the bound of the server. */
export const LinesMax: Context.Reference<number | undefined> = Context.Reference<
  number | undefined
>("@holdfast/http/kit/LinesMax", { defaultValue: () => undefined })
