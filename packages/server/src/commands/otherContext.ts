/** Whether the other context answers, when it is in another process. */
import * as Effect from "effect/Effect"
import type { OtherUrls } from "../cli/contextSettings.ts"
import type { Check } from "./diagnosisChecks.ts"

const waitMillisMax = 2_000

/** Why a Holdfast at a URL is not ready; undefined when it is. */
const troubleOf = async (url: URL): Promise<string | undefined> => {
  try {
    const ready = new URL(`${url.href.replace(/\/$/, "")}/health/ready`)
    const { status } = await fetch(ready, { signal: AbortSignal.timeout(waitMillisMax) })
    return status === 200 ? undefined : `it is not ready: ${ready.href} answers with ${status}`
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? cause.message || message : message
  }
}

const others = {
  inventoryUrl: {
    name: "inventory",
    next: "start it, or set --inventory-url right; until then the stock of products is unknown"
  },
  catalogUrl: {
    name: "catalog",
    next: "start it, or set --catalog-url right; until then nothing is reserved by option"
  }
} as const

/** The checks of the contexts in other processes: one that is away is a warning. */
export const otherChecks = (urls: OtherUrls): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.promise(async () => {
    const checks: Array<Check> = []
    for (const flag of ["inventoryUrl", "catalogUrl"] as const) {
      const url = urls[flag]
      if (url === undefined) continue
      const { name, next } = others[flag]
      const trouble = await troubleOf(url)
      checks.push(
        trouble === undefined
          ? { name, status: "ok", found: `ready at ${url.href}`, next: "" }
          : { name, status: "warn", found: `${url.href} does not serve: ${trouble}`, next }
      )
    }
    return checks
  })
