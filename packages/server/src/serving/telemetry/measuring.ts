/** What is measured while a server runs, if anybody wants to know. */
import type { PgSessions } from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { contextsOf, type Schemas, type Service, schemaOf } from "../../cli/contextSettings.ts"
import type { MetricsInput } from "../../cli/network/metricsSettings.ts"
import type { TelemetryInput } from "./layerTelemetry.ts"
import { showBackups } from "./readings/backupMetrics.ts"
import { watchDatabase } from "./readings/databaseMetrics.ts"
import { type Surroundings, showSurroundings } from "./readings/ownMetrics.ts"
import { showProcess } from "./readings/processMetrics.ts"

/** What the measuring depends on. */
export interface MeasuringInput extends MetricsInput, Schemas, Surroundings {
  readonly service: Service
  readonly version: string
}

/** Whether anybody wants to know how the server does. */
export const isMeasured = ({
  metricsPort,
  telemetry
}: Pick<MetricsInput, "metricsPort"> & { readonly telemetry: TelemetryInput }): boolean =>
  metricsPort !== undefined || telemetry.otel.metrics !== undefined

/** Measures the process, its database and its surroundings, if metrics are shown or sent. */
export const layerMeasuring = (
  input: MeasuringInput,
  isWanted: boolean
): Layer.Layer<never, never, PgSessions> => {
  if (!isWanted) return Layer.empty
  const contexts = contextsOf(input.service).map((context) => ({
    context,
    schema: schemaOf(context, input)
  }))
  const everyMillis = input.metricsInterval
  return Layer.effectDiscard(
    Effect.gen(function* () {
      yield* showProcess
      yield* showSurroundings(input)
      yield* showBackups(input.place, everyMillis)
      yield* watchDatabase(contexts, { everyMillis, version: input.version })
    })
  )
}
