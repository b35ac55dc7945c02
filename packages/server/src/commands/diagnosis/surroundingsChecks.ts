/** What `doctor` finds around the database: the disk of an embedded one, and the collector of telemetry. */
import * as Effect from "effect/Effect"
import type { DatabasePlace } from "../../cli/databaseSettings.ts"
import { diskCheck, freeBytesOf } from "../../serving/health/healthChecks.ts"
import type { OtelSettings } from "../../serving/telemetry/otelSettings.ts"
import type { Check } from "./diagnosisChecks.ts"

/** The disk that an embedded database is on; none for a server. */
export const diskChecks = (place: DatabasePlace): Effect.Effect<ReadonlyArray<Check>> => {
  if (place._tag !== "Folder") return Effect.succeed([])
  return Effect.match(
    Effect.tryPromise(() => freeBytesOf(place.folder)),
    {
      onFailure: () => [],
      onSuccess: (bytes) => {
        const { found, status } = diskCheck(bytes)
        const next = status === "ok" ? "" : "make room: a database on a full disk takes no writes"
        return [{ name: "disk", status, found, next }]
      }
    }
  )
}

/** How long a collector may take to answer, in milliseconds. */
const askMillisMax = 3_000

/** Why a collector does not answer; undefined when it does, whatever it says. */
const silenceOf = async (url: string): Promise<string | undefined> => {
  try {
    const signal = AbortSignal.timeout(askMillisMax)
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal })
    await response.body?.cancel()
    return undefined
  } catch (error) {
    const { cause, name } = error as Error
    return String((cause as { readonly code?: string } | undefined)?.code ?? name)
  }
}

/** The variables of OpenTelemetry that cannot be read, and the collectors that do not answer. */
export const telemetryChecks = ({
  logs,
  metrics,
  traces,
  warnings
}: OtelSettings): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.gen(function* () {
    const name = "telemetry"
    const unread = warnings.map((found): Check => {
      const next = "set the variable right: it is left out as it is"
      return { name, status: "warn", found, next }
    })
    const signals = [traces, metrics, logs].filter((signal) => signal !== undefined)
    const places = Map.groupBy(signals, ({ url }) => new URL(url).origin)
    const asked = yield* Effect.forEach(places, ([origin, [first]]) =>
      Effect.map(
        Effect.promise(() => silenceOf(first?.url ?? origin)),
        (why): Check =>
          why === undefined
            ? { name, status: "ok", found: `the collector at ${origin} answers`, next: "" }
            : {
                name,
                status: "warn",
                found: `the collector at ${origin} does not answer: ${why}`,
                next: "start it, or correct OTEL_EXPORTER_OTLP_ENDPOINT; what it misses is dropped"
              }
      )
    )
    return [...unread, ...asked]
  })
