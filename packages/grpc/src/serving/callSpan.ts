/** The span of a call, which continues the trace that its metadata names. */
import { isTraced, readTraceparent } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import type { SentCall } from "./calls.ts"

/** Runs the work on a call in its span, named by service and method, where anybody looks at spans. */
export const inCallSpan = <A, E>(call: SentCall, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    if (!isTraced(fiber)) return work
    const path = call.getPath().slice(1)
    // What probes and tools ask is no work.
    if (path.startsWith("grpc.")) return work
    const [service = "", method = ""] = path.split("/")
    const [sent] = call.metadata.get("traceparent")
    return Effect.withSpan(work, path, {
      parent: readTraceparent(typeof sent === "string" ? sent : undefined),
      kind: "server",
      attributes: { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method }
    })
  })
