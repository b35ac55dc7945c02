/**
 * Which traces are kept. A trace begins at a door or at a consumer, and whatever it causes is sampled
 * with it. What begins by itself, such as a look at a database, is never a trace.
 */
import type * as Tracer from "effect/Tracer"
import type { SamplerSettings } from "./otelSettings.ts"

const hexOf = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

const random32 = (): number => Math.floor(Math.random() * 2 ** 32)

/** A random id of so many digits, which is never only zeros. */
export const randomId = (digits: 16 | 32): string => {
  let id = hexOf(random32() || 1, 8)
  while (id.length < digits) id += hexOf(random32(), 8)
  return id
}

/**
 * Whether a trace is in the share, by its id alone, so that every process decides alike: by the last 52
 * bits, which are random in an id of any SDK.
 */
export const isInShare = (traceId: string, ratio: number): boolean =>
  ratio >= 1 || Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52

/** The kinds of spans that a trace may begin with. */
const beginnings: ReadonlySet<Tracer.SpanKind> = new Set(["server", "consumer"])

/** Whether a span is sampled. */
export type Sample = (
  traceId: string,
  kind: Tracer.SpanKind,
  parent: Tracer.AnySpan | undefined
) => boolean

/** Makes the sampler. */
export const samplerOf =
  ({ isByParent, ratio }: SamplerSettings): Sample =>
  (traceId, kind, parent) => {
    // A span of this process has been decided on with its parent.
    if (parent?._tag === "Span") return parent.sampled
    if (parent !== undefined && isByParent) return parent.sampled
    if (parent === undefined && !beginnings.has(kind)) return false
    return isInShare(traceId, ratio)
  }
