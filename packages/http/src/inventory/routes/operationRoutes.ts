/** The endpoints of operators: reconciliation, the event log, health. */
import {
  cursor,
  type DriftedLevel,
  driftOf,
  LocationId,
  type LoggedEvent,
  pageSizeDefault,
  type ReconciledLevel,
  SkuId,
  StockReads
} from "@holdfast/core/effect"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Schema from "effect/Schema"
import { RoutedApi } from "../../HoldfastApi.ts"
import { afterCursor } from "../../kit/paging.ts"
import { orProblem } from "./answerWith.ts"

const afterLevel = cursor(Schema.Struct({ skuId: SkuId, locationId: LocationId }))

/** Levels in one statement, and levels that one request compares before it hands back a cursor. */
const levelsPerStatement = 1_000
const levelsPerRequest = 20_000

/** Compares levels from after a key, until `listMax` disagree or the request has done its share. */
const reconciled = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  from: { readonly skuId: string; readonly locationId: string } | null,
  listMax: number
) {
  const drifted: Array<DriftedLevel> = []
  let last = from
  let levels = 0
  const stretch = (isLast: boolean) => {
    const agreeing = levels - drifted.length
    return {
      levels,
      agreeing,
      accuracy: levels === 0 ? 1 : agreeing / levels,
      totalDrift: drifted.reduce((sum, level) => sum + Math.abs(level.totalDrift), 0),
      reservedDrift: drifted.reduce((sum, level) => sum + Math.abs(level.reservedDrift), 0),
      drifted,
      next: isLast || last === null ? null : afterLevel.encode(last)
    }
  }
  while (true) {
    const page: ReadonlyArray<ReconciledLevel> = yield* reads.reconciled(last, levelsPerStatement)
    for (const level of page) {
      levels += 1
      last = { skuId: level.skuId, locationId: level.locationId }
      const drift = driftOf(level)
      if (drift !== undefined) drifted.push(drift)
      if (drifted.length === listMax) return stretch(false)
    }
    if (page.length < levelsPerStatement) return stretch(true)
    if (levels >= levelsPerRequest) return stretch(false)
  }
})

type Json = { readonly [key: string]: Schema.Json }

/** An event as plain JSON: instants become ISO text. */
const eventView = ({ event, position }: LoggedEvent) => ({
  position,
  ...event,
  timestamp: DateTime.formatIso(event.timestamp),
  payload: JSON.parse(JSON.stringify(event.payload)) as Json
})

/** Reconciliation and the event log. */
export const layerOperationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    const reads = yield* StockReads
    return handlers.handleAll({
      reconciliation: ({ query }) =>
        orProblem(
          Effect.flatMap(afterCursor(afterLevel, query.cursor), (from) =>
            reconciled(reads, from, query.size ?? pageSizeDefault)
          )
        ),
      events: ({ query }) => {
        const { after = 0, size = pageSizeDefault, ...filter } = query
        return orProblem(
          Effect.map(reads.events(after, size, filter), (events) => ({
            items: events.map(eventView),
            next: events.at(-1)?.position ?? after
          }))
        )
      }
    })
  })
)

/** Whether the server lives, and whether its store answers. */
export const layerHealthRoutes = HttpApiBuilder.group(
  RoutedApi,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const reads = yield* StockReads
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "live" as const }),
      ready: () => orProblem(Effect.as(reads.ping, { status: "ready" as const }))
    })
  })
)
