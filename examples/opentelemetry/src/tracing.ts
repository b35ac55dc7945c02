/** The OpenTelemetry of a program: real spans, kept in memory where a program of yours would send them. */
import * as openTelemetry from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider
} from "@opentelemetry/sdk-trace"

/** The program's tracing. */
export interface Tracing {
  readonly openTelemetry: typeof openTelemetry
  /** The spans that have ended. */
  readonly spans: () => ReadonlyArray<ReadableSpan>
  readonly stop: () => Promise<void>
}

/** Begins to trace. */
export const startTracing = (): Tracing => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  openTelemetry.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  openTelemetry.trace.setGlobalTracerProvider(provider)
  return {
    openTelemetry,
    spans: () => exporter.getFinishedSpans(),
    stop: async () => {
      await provider.shutdown()
      openTelemetry.trace.disable()
      openTelemetry.context.disable()
    }
  }
}
