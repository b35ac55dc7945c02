/**
 * A span of this server. It is named by its method and route once the route is known, and it takes no
 * notes of what names a person or an address: whole URLs, queries, clients and their programs.
 */
import { TentativeSpan, unwrittenAttributes } from "@holdfast/core/tracing"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import { randomId } from "./sampling.ts"

/** The most notes on one span; more are counted. */
const eventsMax = 128

/** How a span begins. */
export type SpanBeginning = Parameters<Tracer.Tracer["span"]>[0]

/** Something that happened during a span. */
export interface SpanEvent {
  readonly name: string
  readonly nanos: bigint
  readonly attributes: Readonly<Record<string, unknown>>
}

/** How a span ended. */
export interface SpanEnd {
  readonly nanos: bigint
  /** What went wrong on our side; undefined when nothing did. */
  readonly error: unknown
  readonly isError: boolean
}

/** What a failure is: a refusal is an answer, and no error of the server. */
const errorOf = (exit: Exit.Exit<unknown, unknown>): { readonly error: unknown } | undefined => {
  if (exit._tag === "Success" || Cause.hasInterruptsOnly(exit.cause)) return undefined
  const error = Cause.squash(exit.cause)
  return error instanceof Error ? { error } : undefined
}

const refusalOf = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (exit._tag === "Success" || Cause.hasInterruptsOnly(exit.cause)) return undefined
  const error = Cause.squash(exit.cause)
  const tag =
    typeof error === "object" && error !== null && "_tag" in error ? error._tag : undefined
  return error instanceof Error || typeof tag !== "string" ? undefined : tag
}

/** A span that is exported when it ends, if it is sampled. */
export class RecordedSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly traceId: string
  readonly spanId = randomId(16)
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly annotations: Context.Context<never>
  readonly links: Array<Tracer.SpanLink>
  readonly kind: Tracer.SpanKind
  readonly sampled: boolean
  readonly attributes = new Map<string, unknown>()
  readonly events: Array<SpanEvent> = []
  eventsDropped = 0
  status: Tracer.SpanStatus
  end_: SpanEnd | undefined
  private readonly begunAt = performance.now()
  private readonly given: string
  private readonly ended: (span: RecordedSpan) => void

  constructor(
    beginning: SpanBeginning,
    decided: { readonly traceId: string; readonly sampled: boolean; readonly isTentative: boolean },
    ended: (span: RecordedSpan) => void
  ) {
    this.given = beginning.name
    this.traceId = decided.traceId
    this.sampled = decided.sampled || decided.isTentative
    this.parent = beginning.parent
    this.links = beginning.links
    this.kind = beginning.kind
    this.annotations = decided.isTentative
      ? Context.add(beginning.annotations, TentativeSpan, true)
      : beginning.annotations
    this.status = { _tag: "Started", startTime: beginning.startTime }
    this.ended = ended
  }

  get name(): string {
    const route = this.attributes.get("http.route")
    return typeof route === "string" && this.kind === "server"
      ? `${this.given} ${route}`
      : this.given
  }

  /** Whether it is only kept when it ends badly or late. */
  get isTentative(): boolean {
    return Context.get(this.annotations, TentativeSpan)
  }

  /** How long it took, in milliseconds; undefined while it lasts. */
  get millis(): number | undefined {
    return this.end_ && Number(this.end_.nanos - this.status.startTime) / 1e6
  }

  attribute(key: string, value: unknown): void {
    if (this.sampled && this.end_ === undefined && !unwrittenAttributes.has(key)) {
      this.attributes.set(key, value)
    }
  }

  event(name: string, nanos: bigint, attributes: Readonly<Record<string, unknown>> = {}): void {
    if (!this.sampled || this.end_ !== undefined) return
    if (this.events.length < eventsMax) this.events.push({ name, nanos, attributes })
    else this.eventsDropped += 1
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    if (this.end_ === undefined) this.links.push(...links)
  }

  end(_endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.end_ !== undefined) return
    const { startTime } = this.status
    // The clock of the machine may be set meanwhile, and a span never ends before it begins.
    const endTime = startTime + BigInt(Math.round((performance.now() - this.begunAt) * 1e6))
    const refusal = refusalOf(exit)
    if (refusal !== undefined) this.attribute("holdfast.refusal", refusal)
    const failure = errorOf(exit)
    this.end_ = { nanos: endTime, error: failure?.error, isError: failure !== undefined }
    this.status = { _tag: "Ended", startTime, endTime, exit }
    if (this.sampled) this.ended(this)
  }

  /** The id of the span before it; undefined for the first of a trace. */
  get parentSpanId(): string | undefined {
    return Option.getOrUndefined(this.parent)?.spanId
  }
}
