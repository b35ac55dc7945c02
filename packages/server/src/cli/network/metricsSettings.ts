/** Where the metrics of a process can be read: the settings. */
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { anyText, durationMillis, setting, wholeNumber } from "../settings.ts"

const hostDefault = "127.0.0.1"

/** The settings. */
export const metricsFlags = {
  metricsPort: setting(
    "metrics-port",
    {
      metavar: "<port>",
      description: "Show metrics at /metrics on this port, 0 for any free one (default: not shown)",
      read: wholeNumber(0, 65_535)
    },
    undefined
  ),
  metricsHost: setting(
    "metrics-host",
    {
      metavar: "<address>",
      description:
        "Address to show metrics on; nobody is asked who they are there (default: 127.0.0.1)",
      read: anyText
    },
    hostDefault
  ),
  metricsInterval: setting(
    "metrics-interval",
    {
      metavar: "<time>",
      description: "How often sizes and lags are read of the database (default: 15s)",
      read: durationMillis("1s", "1h")
    },
    15_000
  )
}

/** The settings as read. */
export interface MetricsInput {
  readonly metricsPort: number | undefined
  readonly metricsHost: string
  readonly metricsInterval: number
}

/** Fails when the port is one that is asked for something else, or an address is given without one. */
export const checkedMetrics = ({
  grpcPort,
  metricsHost,
  metricsPort,
  port
}: Pick<MetricsInput, "metricsHost" | "metricsPort"> & {
  readonly port: number
  readonly grpcPort: number | undefined
}): Effect.Effect<void, CommandFailure> => {
  if (metricsPort === undefined && metricsHost !== hostDefault) {
    return usageFailure("--metrics-host needs --metrics-port (or HOLDFAST_METRICS_PORT)")
  }
  if (metricsPort === undefined || metricsPort === 0) return Effect.void
  if (metricsPort === port) {
    return usageFailure("--metrics-port must be another port than --port")
  }
  return metricsPort === grpcPort
    ? usageFailure("--metrics-port must be another port than --grpc-port")
    : Effect.void
}
