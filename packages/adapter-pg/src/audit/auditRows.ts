/** Rows of the audit log as records. */
import { type AuditRecord, readKeptRecord } from "@holdfast/core/audit"
import * as DateTime from "effect/DateTime"
import type { Row } from "../connection/Query.ts"

const placeOf = (row: Row) => ({
  position: row["position"] as number,
  eventPositions: JSON.parse(row["event_positions"] as string) as ReadonlyArray<number>,
  at: DateTime.makeUnsafe(row["created_at"] as number)
})

/** The record in a row. */
export const toRecord = (row: Row): AuditRecord =>
  readKeptRecord(row["record"] as string, placeOf(row))
