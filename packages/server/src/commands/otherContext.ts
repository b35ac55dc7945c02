/** Whether the other context answers, when it is in another process. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { OtherUrls } from "../cli/contextSettings.ts"
import type { Check } from "./diagnosisChecks.ts"

const waitMillisMax = 2_000

const statusOf = async (url: string, bearer?: Redacted.Redacted): Promise<number> => {
  const { body, status } = await fetch(url, {
    signal: AbortSignal.timeout(waitMillisMax),
    ...(bearer && { headers: { authorization: `Bearer ${Redacted.value(bearer)}` } })
  })
  await body?.cancel()
  return status
}

/** Why a context is not at a URL; undefined when it is. Its `list` shows that it is there. */
const troubleOf = async (
  { href }: URL,
  list: string,
  bearer: Redacted.Redacted | undefined
): Promise<string | undefined> => {
  try {
    const base = href.replace(/\/$/, "")
    const ready = `${base}/health/ready`
    const status = await statusOf(ready)
    if (status !== 200) return `it is not ready: ${ready} answers with ${status}`
    const listed = `${base}${list}`
    const found = await statusOf(listed, bearer)
    return found === 200 ? undefined : `${listed} answers with ${found}`
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? cause.message || message : message
  }
}

const others = {
  inventoryUrl: {
    name: "inventory",
    list: "/api/skus?size=1",
    next: "start it, or set --inventory-url right; until then the stock of products is unknown"
  },
  catalogUrl: {
    name: "catalog",
    list: "/api/products?size=1",
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
      const { list, name, next } = others[flag]
      const trouble = await troubleOf(url, list, urls.serviceKey?.value)
      checks.push(
        trouble === undefined
          ? { name, status: "ok", found: `ready at ${url.href}`, next: "" }
          : { name, status: "warn", found: `${url.href} does not serve: ${trouble}`, next }
      )
    }
    return checks
  })
