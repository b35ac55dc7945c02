/**
 * SERVICE. Denied and unauthenticated attempts, for whatever denies them: each goes into the audit log of
 * the context that it was about, at most so many a minute of each principal.
 */
import { type Denial, makeDenials, type RecordDenial } from "@holdfast/core/audit"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ContextName } from "../events/contexts.ts"
import { ServedContexts } from "../events/ServedContexts.ts"

/** Denied attempts on their way into the audit logs. */
export class Denials extends Context.Service<
  Denials,
  {
    /** Records an attempt in a context: in the first that is served, unless it names one that is. */
    readonly denied: (denial: Denial, context?: ContextName) => Effect.Effect<void>
  }
>()("@holdfast/http/audit/Denials") {}

/** Denied attempts over the audit logs of the contexts that are served. */
export const layerDenials: Layer.Layer<Denials, never, ServedContexts> = Layer.provide(
  Layer.effect(
    Denials,
    Effect.gen(function* () {
      const served = yield* ServedContexts
      const ways = new Map<string, RecordDenial>()
      for (const { context, log } of served) ways.set(context, yield* makeDenials(log.audit))
      const [first] = ways.values()
      return {
        denied: (denial, context) =>
          (context === undefined ? undefined : ways.get(context))?.(denial) ??
          first?.(denial) ??
          Effect.void
      }
    })
  ),
  Digest.layerWebCrypto
)
