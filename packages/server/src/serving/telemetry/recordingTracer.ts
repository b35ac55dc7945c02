/**
 * The tracer of the server, for Effect. A request over HTTP that is not sampled has no span at all: it is
 * told from the others before one is made. With `--trace-errors` or `--trace-slow` every request has a
 * span, which is thrown away when it ends well and in time.
 */
import { readTraceparent, TentativeSpan } from "@holdfast/core/tracing"
import * as Context from "effect/Context"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type { SamplerSettings } from "./otelSettings.ts"
import { RecordedSpan } from "./RecordedSpan.ts"
import { isInShare, randomId, samplerOf } from "./sampling.ts"

/** Which requests are traced although the sampler does not take them. */
export interface KeptSpans {
  /** Those that end with a status of 500 and above, or an error. */
  readonly errors: boolean
  /** Those that take longer than this, in milliseconds. */
  readonly slowMillis: number | undefined
}

const isHealth = (url: string): boolean => /\/health(\/|\?|$)/.test(url)

/** The ids of traces that begin with a request, by the request as its host has it. */
const idsOf = (ratio: number) => {
  const ids = new WeakMap<object, string>()
  return {
    /** The id of the trace that a request begins; undefined when it begins none. */
    idOf: ({ source }: HttpServerRequest): string | undefined => {
      const known = ids.get(source)
      if (known !== undefined) return known
      if (ratio <= 0 || (ratio < 1 && Math.random() >= ratio)) return undefined
      let id = randomId(32)
      // The share was drawn already, so the id is made to fit it.
      if (!isInShare(id, ratio)) {
        const end = Math.floor(Math.random() * ratio * 2 ** 52)
        id = `${id.slice(0, 19)}${end.toString(16).padStart(13, "0")}`
      }
      ids.set(source, id)
      return id
    }
  }
}

/** What traces need of a fiber. `exported` takes each span that is kept, when it ends. */
export const recordingTracer = (
  settings: SamplerSettings,
  kept: KeptSpans,
  exported: (span: RecordedSpan) => void
): Context.Context<never> => {
  const sample = samplerOf(settings)
  const ids = idsOf(settings.ratio)
  const keepsSome = kept.errors || kept.slowMillis !== undefined
  /** The request whose span is the next to be made; both happen in one step. */
  let coming: HttpServerRequest | undefined

  const isKept = (span: RecordedSpan): boolean =>
    !span.isTentative ||
    (kept.errors && span.end_?.isError === true) ||
    (kept.slowMillis !== undefined && (span.millis ?? 0) >= kept.slowMillis)
  const ended = (span: RecordedSpan) => {
    if (isKept(span)) exported(span)
  }

  const tracer = Tracer.make({
    span: (beginning) => {
      const request = coming
      coming = undefined
      const parent = Option.getOrUndefined(beginning.parent)
      const begun = request && parent === undefined ? ids.idOf(request) : undefined
      const traceId = begun ?? parent?.traceId.padStart(32, "0") ?? randomId(32)
      const isWanted = !(parent?._tag === "Span" && Context.get(parent.annotations, TentativeSpan))
      const sampled =
        isWanted &&
        (request !== undefined && parent === undefined
          ? begun !== undefined
          : sample(traceId, beginning.kind, parent))
      const isTentative_ = !sampled && keepsSome && beginning.kind === "server"
      return new RecordedSpan(beginning, { traceId, sampled, isTentative: isTentative_ }, ended)
    }
  })
  const isLeftOut = (request: HttpServerRequest): boolean =>
    isHealth(request.url) ||
    !(keepsSome || readTraceparent(request.headers["traceparent"]) || ids.idOf(request))
  const nameOf = (request: HttpServerRequest): string => {
    coming = request
    return request.method
  }
  return Context.empty().pipe(
    Context.add(Tracer.Tracer, tracer),
    Context.add(HttpMiddleware.TracerDisabledWhen, isLeftOut),
    Context.add(HttpMiddleware.SpanNameGenerator, nameOf)
  ) as Context.Context<never>
}
