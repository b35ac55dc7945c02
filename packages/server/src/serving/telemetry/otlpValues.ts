/** Values and spans in the form of OTLP. */

import { entriesToAttributes } from "effect/observability/OtlpResource"
import type { TraceData } from "effect/observability/OtlpTracer"
import { withoutCredentials } from "../../cli/log/redacting.ts"
import type { RecordedSpan } from "./RecordedSpan.ts"

type OtlpSpan = TraceData["resourceSpans"][number]["scopeSpans"][number]["spans"][number]

const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

const statusOf = ({ attributes, end_ }: RecordedSpan): OtlpSpan["status"] => {
  if (end_?.isError !== true) return { code: 0 }
  const status = attributes.get("http.response.status_code")
  const message = end_.error instanceof Error ? end_.error.message : ""
  // Of an answer of HTTP, the status says it all, and the rest would repeat its address.
  return { code: 2, message: status === undefined ? withoutCredentials(message) : `HTTP ${status}` }
}

/** A span that has ended. */
export const otlpSpanOf = (span: RecordedSpan): OtlpSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: String(span.status.startTime),
  endTimeUnixNano: String(span.end_?.nanos ?? span.status.startTime),
  attributes: entriesToAttributes(span.attributes),
  droppedAttributesCount: 0,
  events: span.events.map(({ attributes, name, nanos }) => ({
    name,
    timeUnixNano: String(nanos),
    attributes: entriesToAttributes(Object.entries(attributes)),
    droppedAttributesCount: 0
  })),
  droppedEventsCount: span.eventsDropped,
  status: statusOf(span),
  links: span.links.map(({ attributes, span: of }) => ({
    traceId: of.traceId.padStart(32, "0"),
    spanId: of.spanId,
    attributes: entriesToAttributes(Object.entries(attributes)),
    droppedAttributesCount: 0
  })),
  droppedLinksCount: 0
})
