/** Whether the other context answers, when it is in another process. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Redacted from "effect/Redacted"
import { isGrpc, type OtherUrls } from "../cli/contextSettings.ts"
import type { CertificateFiles } from "../serving/network/certificateFiles.ts"
import { loadGrpc } from "../serving/network/grpcServing.ts"
import { grpcOptionsOf, type OtherContext } from "../serving/network/otherContext.ts"
import { layerPeerClient } from "../serving/network/peerClient.ts"
import type { Check } from "./diagnosis/diagnosisChecks.ts"

const waitMillisMax = 2_000

const statusOf = (url: string, bearer?: Redacted.Redacted) => {
  const request = HttpClientRequest.get(url)
  const asked = bearer === undefined ? request : HttpClientRequest.bearerToken(request, bearer)
  return Effect.scoped(Effect.map(HttpClient.execute(asked), ({ status }) => status)).pipe(
    Effect.timeout(waitMillisMax)
  )
}

/** The deepest words about why a request failed: a client wraps those of the network. */
const wordsOf = (error: unknown): string => {
  let current: unknown = error
  let words = String(error)
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { cause, message, reason } = current as Record<string, unknown>
    if (typeof message === "string" && message !== "") words = message
    current = reason ?? cause
  }
  return words
}

/** Why a context does not serve gRPC at an address; undefined when it does. */
const troubleOverGrpc = (other: OtherContext) =>
  Effect.flatMap(loadGrpc, ({ grpcTrouble }) =>
    grpcTrouble({ ...grpcOptionsOf(other), tryMillisMax: waitMillisMax })
  )

/** Why a context is not at a URL; undefined when it is. Its `list` shows that it is there. */
const troubleOverHttp = ({ href }: URL, list: string, bearer: Redacted.Redacted | undefined) =>
  Effect.gen(function* () {
    const base = href.replace(/\/$/, "")
    const ready = `${base}/health/ready`
    const status = yield* statusOf(ready)
    if (status !== 200) return `it is not ready: ${ready} answers with ${status}`
    const listed = `${base}${list}`
    const found = yield* statusOf(listed, bearer)
    return found === 200 ? undefined : `${listed} answers with ${found}`
  }).pipe(Effect.catch((error) => Effect.succeed(wordsOf(error))))

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
export const otherChecks = (
  urls: OtherUrls,
  peer: CertificateFiles | undefined
): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.gen(function* () {
    const checks: Array<Check> = []
    for (const flag of ["inventoryUrl", "catalogUrl"] as const) {
      const url = urls[flag]
      if (url === undefined) continue
      const { list, name, next } = others[flag]
      const bearer = urls.serviceKey?.value
      const asked = isGrpc(url)
        ? troubleOverGrpc({ url, bearer, peer })
        : Effect.provide(troubleOverHttp(url, list, bearer), layerPeerClient(peer))
      const trouble = yield* asked.pipe(Effect.catch(({ message }) => Effect.succeed(message)))
      checks.push(
        trouble === undefined
          ? { name, status: "ok", found: `ready at ${url.href}`, next: "" }
          : { name, status: "warn", found: `${url.href} does not serve: ${trouble}`, next }
      )
    }
    return checks
  })
