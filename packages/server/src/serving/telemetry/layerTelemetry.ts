/**
 * What the server tells a collector over OTLP, by the standard `OTEL_*` variables: traces, logs and metrics.
 * Where no endpoint is named there is nothing of it, and no request pays for it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as OtlpResource from "effect/observability/OtlpResource"
import { layerJson, layerProtobuf, OtlpSerialization } from "effect/observability/OtlpSerialization"
import { isLogged } from "../../cli/log/logLevel.ts"
import { logLineOf } from "../../cli/log/logLines.ts"
import { makeExporter } from "./boundedExporter.ts"
import { type LogRecord, logRecordOf } from "./logRecords.ts"
import type { OtelSettings, SignalSettings } from "./otelSettings.ts"
import { layerOtlpMetrics } from "./otlpMetrics.ts"
import { otlpSpanOf } from "./otlpValues.ts"
import type { RecordedSpan } from "./RecordedSpan.ts"
import { type KeptSpans, recordingTracer } from "./recordingTracer.ts"

/** What is told, and how. */
export interface TelemetryInput {
  readonly otel: OtelSettings
  readonly kept: KeptSpans
}

const scope = { name: "holdfast" }

const resourceOf = ({ resource }: OtelSettings) => {
  const { "service.name": serviceName, "service.version": serviceVersion, ...attributes } = resource
  return OtlpResource.make({ serviceName, serviceVersion, attributes })
}

const serializing = ({ protocol }: SignalSettings) =>
  protocol === "http/json" ? layerJson : layerProtobuf

const layerTraces = ({ kept, otel }: TelemetryInput): Layer.Layer<never> => {
  const { sampler, spanBatches, traces } = otel
  if (traces === undefined) return Layer.empty
  const resource = resourceOf(otel)
  return Layer.effectContext(
    Effect.gen(function* () {
      const serialization = yield* OtlpSerialization
      const exporter = yield* makeExporter<RecordedSpan>({
        signal: "traces",
        to: traces,
        batches: spanBatches,
        encode: (spans) =>
          serialization.traces({
            resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.map(otlpSpanOf) }] }]
          })
      })
      return recordingTracer(sampler, kept, exporter.push)
    })
  ).pipe(Layer.provide(serializing(traces)))
}

const layerLogs = ({ otel }: TelemetryInput): Layer.Layer<never> => {
  const { logBatches, logs } = otel
  if (logs === undefined) return Layer.empty
  const resource = resourceOf(otel)
  const logger = Effect.gen(function* () {
    const serialization = yield* OtlpSerialization
    const exporter = yield* makeExporter<LogRecord>({
      signal: "logs",
      to: logs,
      batches: logBatches,
      encode: (records) =>
        serialization.logs({
          resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [...records] }] }]
        })
    })
    return Logger.make<unknown, void>((line) => {
      if (isLogged(line.logLevel)) exporter.push(logRecordOf(logLineOf(line)))
    })
  })
  return Layer.provide(Logger.layer([logger], { mergeWithExisting: true }), serializing(logs))
}

const layerWarnings = ({ otel }: TelemetryInput): Layer.Layer<never> =>
  Layer.effectDiscard(
    Effect.forEach(otel.warnings, (problem) =>
      Effect.annotateLogs(Effect.logWarning("a variable of OpenTelemetry is left out"), { problem })
    )
  )

/** Traces, logs and metrics over OTLP, for the lifetime of the layer. */
export const layerTelemetry = (input: TelemetryInput): Layer.Layer<never> =>
  Layer.mergeAll(
    layerWarnings(input),
    layerTraces(input),
    layerLogs(input),
    layerOtlpMetrics(input.otel)
  )
