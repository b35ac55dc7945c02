/** Who follows the logs for a cache that servers share. Pure. */
import type { CursorDiagnosis } from "@holdfast/adapter-pg/effect"
import type { Check, DiagnosedContext } from "./diagnosisChecks.ts"

/** The durable cursor of the cache, in each log. */
const cacheCursor = "cache"

/** A server that ended gives its cursor to the next one within so many seconds. */
const ownerlessSecondsMax = 60

const checkOf = (context: string, cursor: CursorDiagnosis | undefined): Check => {
  const name = `cache of ${context}`
  if (cursor === undefined) {
    return { name, status: "ok", found: "no server has followed the log for it yet", next: "" }
  }
  const { lag, owner, waitingSeconds } = cursor
  const behind =
    lag === 0
      ? "copies are as new as the log"
      : `${lag.toLocaleString("en")} positions of the log behind, for ${Math.round(waitingSeconds)} s`
  if (owner === null && waitingSeconds > ownerlessSecondsMax) {
    return {
      name,
      status: "warn",
      found: `nobody follows the log: ${behind}`,
      next: "start a server with this --redis; until then copies are as old as their lives"
    }
  }
  return { name, status: "ok", found: `followed by ${owner ?? "nobody now"}; ${behind}`, next: "" }
}

/** The checks of contexts whose servers share a Redis; none of a context without tables. */
export const followerChecks = (contexts: ReadonlyArray<DiagnosedContext>): ReadonlyArray<Check> =>
  contexts.flatMap(({ context, facts: { tables } }) =>
    tables === undefined
      ? []
      : [
          checkOf(
            context,
            tables.cursors.find(({ name }) => name === cacheCursor)
          )
        ]
  )
