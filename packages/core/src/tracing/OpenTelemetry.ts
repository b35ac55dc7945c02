/**
 * OpenTelemetry's API, as far as Holdfast uses it: a host hands over what it imports as `@opentelemetry/api`, of
 * any release from 1.9 on. Nothing of it is imported here, and no type of Effect is reachable from here.
 */

/** A moment: seconds since 1970, and nanoseconds. */
export type OpenTelemetryTime = [number, number]

/** What names a span anywhere. */
export interface OpenTelemetrySpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly isRemote?: boolean
}

/** What a call is made in, among it the span. */
export interface OpenTelemetryContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): OpenTelemetryContext
  deleteValue(key: symbol): OpenTelemetryContext
}

/** A value of an attribute. */
export type OpenTelemetryValue = string | number | boolean

/** A span. */
export interface OpenTelemetrySpan {
  spanContext(): OpenTelemetrySpanContext
  setAttribute(key: string, value: OpenTelemetryValue): unknown
  addEvent(
    name: string,
    attributes: Record<string, OpenTelemetryValue>,
    at: OpenTelemetryTime
  ): unknown
  addLinks(links: Array<{ context: OpenTelemetrySpanContext }>): unknown
  setStatus(status: { code: number; message?: string }): unknown
  end(at?: OpenTelemetryTime): void
}

/** What makes spans. */
export interface OpenTelemetryTracer {
  startSpan(
    name: string,
    options: {
      kind: number
      startTime: OpenTelemetryTime
      links: Array<{ context: OpenTelemetrySpanContext }>
    },
    context: OpenTelemetryContext
  ): OpenTelemetrySpan
}

/** The API. */
export interface OpenTelemetry {
  readonly ROOT_CONTEXT: OpenTelemetryContext
  readonly context: { active(): OpenTelemetryContext }
  readonly trace: {
    getTracer(name: string): OpenTelemetryTracer
    getSpan(context: OpenTelemetryContext): OpenTelemetrySpan | undefined
    setSpan(context: OpenTelemetryContext, span: OpenTelemetrySpan): OpenTelemetryContext
    wrapSpanContext(context: OpenTelemetrySpanContext): OpenTelemetrySpan
  }
}
