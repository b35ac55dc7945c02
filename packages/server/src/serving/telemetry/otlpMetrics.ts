/**
 * Metrics over OTLP. One export is under way at a time, and each has a time limit, so a collector that is
 * away costs nothing but counts: metrics are sums since the start, and the next export has all that the
 * missed ones had.
 */
import { counter } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import {
  layerJson,
  layerProtobuf,
  OtlpSerialization
} from "effect/observability/OtlpSerialization"
import type { OtelSettings, SignalSettings } from "./otelSettings.ts"

const exports = counter(
  "holdfast_telemetry_metric_exports_total",
  "Tries to send metrics to a collector",
  { labels: ["outcome"] }
)

/** A client that ends each request in time, and counts how they end. */
const layerClient = ({ timeoutMillis }: SignalSettings) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const counted = exports.in(yield* Effect.context<never>())
      const count = (outcome: string) => Effect.sync(() => counted.with(outcome).add())
      return HttpClient.transformResponse(client, (response) =>
        Effect.timeoutOrElse(response, {
          duration: timeoutMillis,
          orElse: () => Effect.die(new Error("the collector did not answer in time"))
        }).pipe(
          Effect.onExit((exit) =>
            exit._tag === "Success" && exit.value.status < 300 ? count("sent") : count("failed")
          )
        )
      )
    })
  ).pipe(
    Layer.provide(FetchHttpClient.layer),
    // What is sent may hold a secret in its headers, which another address must not get.
    Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "error" }))
  )

type MetricsData = Parameters<OtlpSerialization["Service"]["metrics"]>[0]

/** A point of a metric, as far as its attributes. */
interface Point {
  readonly attributes: ReadonlyArray<{ readonly key: string }>
}

/** Takes the unit off the attributes of points: a metric itself says its unit. */
const withoutUnits = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUnits)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === "dataPoints"
        ? (inner as ReadonlyArray<Point>).map((point) => ({
            ...point,
            attributes: point.attributes.filter(({ key }) => key !== "unit")
          }))
        : withoutUnits(inner)
    ])
  )
}

const layerUnitless = ({ protocol }: SignalSettings) =>
  Layer.effect(
    OtlpSerialization,
    Effect.map(OtlpSerialization, (written) => ({
      ...written,
      metrics: (data: MetricsData) => written.metrics(withoutUnits(data) as MetricsData)
    }))
  ).pipe(Layer.provide(protocol === "http/json" ? layerJson : layerProtobuf))

/** Sends metrics now and then, and once more at the end; nothing where no collector is named. */
export const layerOtlpMetrics = ({
  metricBatches,
  metrics,
  resource
}: OtelSettings): Layer.Layer<never> => {
  if (metrics === undefined) return Layer.empty
  const { "service.name": serviceName, "service.version": serviceVersion, ...attributes } = resource
  return Layer.effectDiscard(Effect.void).pipe(
    Layer.provide(
      OtlpMetrics.layer({
        url: metrics.url,
        headers: metrics.headers,
        compression: metrics.isCompressed ? "gzip" : "none",
        resource: { serviceName, serviceVersion, attributes },
        exportInterval: metricBatches.delayMillis,
        temporality: metricBatches.temporality,
        shutdownTimeout: "2 seconds"
      })
    ),
    Layer.provide([layerClient(metrics), layerUnitless(metrics)])
  )
}
