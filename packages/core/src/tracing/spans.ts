/**
 * Spans, as far as the engine and the adapters know them. Where no tracer is given, or the request is
 * not sampled, each of these is one comparison. Spans are Effect's own, so a host that gives Effect a
 * tracer sees them in its own traces.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"

/**
 * Marks a span that is only kept when it ends badly or late. It takes notes like any other, but
 * nothing that it causes is sampled for its sake.
 */
export const TentativeSpan: Context.Reference<boolean> = Context.Reference<boolean>(
  "@holdfast/core/tracing/TentativeSpan",
  { defaultValue: () => false }
)

/** The most spans that one span is linked with. */
const linksMax = 128

type AnyFiber = Fiber.Fiber<unknown, unknown>

/** Whether anybody looks at the spans of a fiber. */
export const isTraced = (fiber: AnyFiber): boolean => {
  const { tracer } = fiber.cache
  return tracer !== undefined && tracer !== Tracer.nativeTracer
}

/** The span of a fiber that takes notes; undefined when there is none, or it is not sampled. */
export const notingSpan = (fiber: AnyFiber | undefined): Tracer.Span | undefined => {
  const span = fiber?.cache.span
  return span !== undefined && span._tag === "Span" && span.sampled ? span : undefined
}

/** The span of a fiber that is sampled, so that what it causes is; undefined when there is none. */
export const sampledSpan = (fiber: AnyFiber | undefined): Tracer.Span | undefined => {
  const span = notingSpan(fiber)
  return span === undefined || Context.get(span.annotations, TentativeSpan) ? undefined : span
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-|$)/

/**
 * The span that a W3C `traceparent` names; undefined for one that is malformed, which is ignored, as
 * W3C Trace Context asks. Later versions are read as far as they are like the first.
 */
export const readTraceparent = (
  text: string | null | undefined
): Tracer.ExternalSpan | undefined => {
  if (text === null || text === undefined) return undefined
  const [, version, traceId = "", spanId = "", flags = "", rest] = pattern.exec(text) ?? []
  if (version === undefined || version === "ff" || (version === "00" && rest !== "")) {
    return undefined
  }
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return Tracer.externalSpan({ traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 })
}

/** A span as a W3C `traceparent`. */
export const traceparentOf = (span: Tracer.AnySpan): string =>
  `00-${span.traceId.padStart(32, "0")}-${span.spanId}-${span.sampled ? "01" : "00"}`

/** What is known of a span when it begins. */
export interface LinkedSpanOptions {
  readonly kind: Tracer.SpanKind
  /** The spans that it continues, of which the first is its parent. */
  readonly of: ReadonlyArray<Tracer.AnySpan>
  readonly attributes?: Readonly<Record<string, unknown>>
}

const linkTo = (span: Tracer.AnySpan): Tracer.SpanLink => ({ span, attributes: {} })

/**
 * Runs an effect in one span for all the sampled spans that it works for: a child of the first of
 * them, linked with each. Those that are still open are linked with it in turn. Without any of them,
 * or without a tracer, there is no span.
 */
export const inLinkedSpan = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  name: string,
  options: () => LinkedSpanOptions
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    if (!isTraced(fiber)) return effect
    const { attributes, kind, of } = options()
    const sampled = of.filter((span) => span.sampled)
    const [parent] = sampled
    if (parent === undefined) return effect
    const some = sampled.slice(0, linksMax)
    const linked = Effect.withFiber<A, E, R>((inner) => {
      const span = notingSpan(inner)
      if (span !== undefined) {
        for (const one of some) if (one._tag === "Span") one.addLinks([linkTo(span)])
      }
      return effect
    })
    const links = some.map(linkTo)
    return Effect.withSpan(linked, name, { parent, links, kind, attributes: { ...attributes } })
  })

/** Notes on a span what took from `begunNanos` until now. */
export const note = (
  span: Tracer.Span,
  clock: Clock.Clock,
  begunNanos: bigint,
  name: string,
  attributes: Readonly<Record<string, unknown>>
): void => {
  const millis = Number(clock.currentTimeNanosUnsafe() - begunNanos) / 1e6
  // A clock that was set back meanwhile says nothing.
  span.event(name, begunNanos, { ...attributes, duration_ms: Math.max(0, millis) })
}

/** The clock by which the notes of a fiber are taken. */
export const clockOf = (fiber: AnyFiber): Clock.Clock => fiber.getRef(Clock.Clock)
