/**
 * A host's own OpenTelemetry as the tracer of an engine. A call notes its statements on the span that the host
 * makes it in, and the batch that it goes into is a child of that span. Spans are the host's: its sampler decides,
 * and its exporter sends them.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import type {
  OpenTelemetry,
  OpenTelemetryContext,
  OpenTelemetrySpan,
  OpenTelemetrySpanContext,
  OpenTelemetryTime,
  OpenTelemetryValue
} from "./OpenTelemetry.ts"

/** What is never written on a span: it may name a person or an address. */
export const unwrittenAttributes: ReadonlySet<string> = new Set([
  ...["url.full", "url.path", "url.query", "client.address", "client.port"],
  ...["user_agent.original", "network.peer.address", "url.fragment"]
])

const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const

const timeOf = (nanos: bigint): OpenTelemetryTime => [
  Number(nanos / 1_000_000_000n),
  Number(nanos % 1_000_000_000n)
]

/** The text of a value that spans do not take as it is. What JSON cannot say keeps nobody from what they do. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value === "bigint" ? String(value) : Object.prototype.toString.call(value)
  }
}

const valueOf = (value: unknown): OpenTelemetryValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : textOf(value)

const contextOf = ({ sampled, spanId, traceId }: Tracer.AnySpan): OpenTelemetrySpanContext => ({
  traceId: traceId.padStart(32, "0"),
  spanId,
  traceFlags: sampled ? 1 : 0
})

const linksOf = (links: ReadonlyArray<Tracer.SpanLink>) =>
  links.map(({ span }) => ({ context: contextOf(span) }))

/** What is known of a span when it begins. */
type Beginning = Pick<
  Parameters<Tracer.Tracer["span"]>[0],
  "annotations" | "kind" | "links" | "name" | "parent" | "startTime"
>

/** A span of the host's, as Effect knows spans. */
class HostSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly annotations: Context.Context<never>
  readonly links: Array<Tracer.SpanLink>
  readonly kind: Tracer.SpanKind
  readonly attributes = new Map<string, unknown>()
  readonly of: OpenTelemetrySpan
  status: Tracer.SpanStatus

  constructor(of: OpenTelemetrySpan, beginning: Beginning) {
    const { spanId, traceFlags, traceId } = of.spanContext()
    this.of = of
    this.name = beginning.name
    this.traceId = traceId
    this.spanId = spanId
    this.sampled = (traceFlags & 1) === 1
    this.parent = beginning.parent
    this.annotations = beginning.annotations
    this.links = beginning.links
    this.kind = beginning.kind
    this.status = { _tag: "Started", startTime: beginning.startTime }
  }

  attribute(key: string, value: unknown): void {
    if (unwrittenAttributes.has(key)) return
    this.attributes.set(key, value)
    this.of.setAttribute(key, valueOf(value))
  }

  event(name: string, nanos: bigint, attributes: Readonly<Record<string, unknown>> = {}): void {
    const plain = Object.entries(attributes).map(([key, value]) => [key, valueOf(value)])
    this.of.addEvent(name, Object.fromEntries(plain), timeOf(nanos))
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    this.of.addLinks(linksOf(links))
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    this.status = { _tag: "Ended", startTime: this.status.startTime, endTime, exit }
    // A refusal is an answer, and no error.
    const error =
      exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause)
        ? Cause.squash(exit.cause)
        : undefined
    if (error instanceof Error) this.of.setStatus({ code: 2, message: error.name })
    this.of.end(timeOf(endTime))
  }
}

/** Finds the span that a call is made in; it has to be asked before anything else is done. */
export const SpanOfHost: Context.Reference<() => Tracer.AnySpan | undefined> = Context.Reference(
  "@holdfast/core/tracing/SpanOfHost",
  {
    defaultValue: () => (): Tracer.AnySpan | undefined => undefined
  }
)

const parentIn = (api: OpenTelemetry, parent: Tracer.AnySpan | undefined): OpenTelemetryContext => {
  if (parent === undefined) return api.context.active()
  const span =
    parent instanceof HostSpan
      ? parent.of
      : api.trace.wrapSpanContext({ ...contextOf(parent), isRemote: true })
  return api.trace.setSpan(api.ROOT_CONTEXT, span)
}

/** Makes spans by a host's OpenTelemetry, under those that the host makes its calls in. */
export const layerOpenTelemetry = (api: OpenTelemetry): Layer.Layer<never> => {
  const tracer = api.trace.getTracer("holdfast")
  const ofHost = (): Tracer.AnySpan | undefined => {
    const span = api.trace.getSpan(api.context.active())
    return span === undefined
      ? undefined
      : new HostSpan(span, {
          ...{ name: "", kind: "internal", startTime: 0n, links: [] },
          ...{ parent: Option.none(), annotations: Context.empty() }
        })
  }
  return Layer.succeedContext(
    Context.make(SpanOfHost, ofHost).pipe(
      Context.add(
        Tracer.Tracer,
        Tracer.make({
          span: (beginning) =>
            new HostSpan(
              tracer.startSpan(
                beginning.name,
                {
                  kind: kinds[beginning.kind],
                  startTime: timeOf(beginning.startTime),
                  links: linksOf(beginning.links)
                },
                parentIn(api, Option.getOrUndefined(beginning.parent))
              ),
              beginning
            )
        })
      )
    ) as Context.Context<never>
  )
}
