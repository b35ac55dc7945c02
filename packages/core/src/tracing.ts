/**
 * Spans for adapters and doors: which span a fiber is in, how a `traceparent` is read and written, and
 * how what is done for many requests at once gets one span that is linked with them; and which request a
 * line of log is of.
 */

export { layerOpenTelemetry, unwrittenAttributes } from "./tracing/hostTracer.ts"
export type { OpenTelemetry } from "./tracing/OpenTelemetry.ts"
export * from "./tracing/requests.ts"
export * from "./tracing/spans.ts"
