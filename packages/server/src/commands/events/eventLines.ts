/** Events as lines of text. Pure. */
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"
import type { EventView } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"

/** An event in one line for people. */
export const eventLine = (event: Omit<EventView, "payload">, payloadJson: string): string =>
  [
    String(event.position).padStart(8),
    event.timestamp,
    event.eventType.padEnd(27),
    `${event.aggregateId} v${event.version}`,
    payloadJson
  ].join("  ")

/** A kept event in one line for people. */
export const keptLine = (event: KeptEvent): string =>
  eventLine({ ...event, timestamp: DateTime.formatIso(event.timestamp) }, event.payloadJson)

/** A kept event in one line of JSON: its envelope, after its position. */
export const keptJson = (event: KeptEvent): string =>
  `{"position":${event.position},${envelopeJson(event).slice(1)}`

/** Rows as lines whose columns stand under each other, the first row above them. */
export const tableLines = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  )
}
