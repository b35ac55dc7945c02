/** Which requests are logged, and which are traced although the sampler does not take them. */
import type { AccessLogOptions } from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { OtelSettings } from "../../serving/telemetry/otelSettings.ts"
import type { KeptSpans } from "../../serving/telemetry/recordingTracer.ts"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { durationMillis, oneOf, setting } from "../settings.ts"

const accessLog = setting(
  "access-log",
  {
    metavar: "<none|slow|errors|problems|all>",
    description:
      "Requests that get a line of log: slow ones, also answers of 500 and above, also of 400 and above, or all (default: none)",
    read: oneOf("none", "slow", "errors", "problems", "all")
  },
  "none"
)

/** Reads a share, from 0 to 1. */
const share = (text: string) => {
  const value = Number(text)
  return text.trim() !== "" && value >= 0 && value <= 1
    ? { value }
    : { mustBe: "a number from 0 to 1" }
}

const accessLogShare = setting(
  "access-log-share",
  {
    metavar: "<share>",
    description: "Share of the well answered requests that --access-log all logs (default: 1)",
    read: share
  },
  1
)

const slowRequest = setting(
  "slow-request",
  {
    metavar: "<time>",
    description: "Time from which a request counts as slow (default: 1s)",
    read: durationMillis("1ms", "10m")
  },
  1_000
)

const traceKeep = setting(
  "trace-keep",
  {
    metavar: "<none|errors|slow|both>",
    description:
      "Requests whose span is kept although they are not sampled, with OTEL_TRACES_SAMPLER (default: none)",
    read: oneOf("none", "errors", "slow", "both")
  },
  "none"
)

/** The settings of the access log and of traces. */
export const observingFlags = { accessLog, accessLogShare, slowRequest, traceKeep }

/** The settings of the access log and of traces, as read. */
export interface ObservingInput {
  readonly accessLog: "none" | AccessLogOptions["which"]
  readonly accessLogShare: number
  readonly slowRequest: number
  readonly traceKeep: "none" | "errors" | "slow" | "both"
}

/** Fails when a share is given of requests that are not logged, or spans are to be kept that nobody takes. */
export const checkedObserving = (
  input: ObservingInput,
  { traces }: Pick<OtelSettings, "traces">
): Effect.Effect<void, CommandFailure> => {
  if (input.accessLogShare !== 1 && input.accessLog !== "all") {
    return usageFailure("--access-log-share needs --access-log all (or HOLDFAST_ACCESS_LOG)")
  }
  return input.traceKeep !== "none" && traces === undefined
    ? usageFailure(
        "--trace-keep needs a collector that takes the traces: set OTEL_EXPORTER_OTLP_ENDPOINT to its address, " +
          "such as http://collector:4318"
      )
    : Effect.void
}

/** Which requests are logged; undefined when none are. */
export const accessLogOf = (input: ObservingInput): AccessLogOptions | undefined =>
  input.accessLog === "none"
    ? undefined
    : { which: input.accessLog, slowMillis: input.slowRequest, share: input.accessLogShare }

/** Which spans are kept. */
export const keptSpansOf = ({
  slowRequest: millis,
  traceKeep: keep
}: ObservingInput): KeptSpans => ({
  errors: keep === "errors" || keep === "both",
  slowMillis: keep === "slow" || keep === "both" ? millis : undefined
})
