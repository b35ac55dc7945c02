/** Lines of JSON as records. */
import * as Result from "effect/Result"
import type { JsonLine } from "../files/JsonLinesReader.ts"
import { type FileRecord, problemAt } from "./FileRecord.ts"
import { KeysSeen } from "./KeysSeen.ts"
import type { RecordKind } from "./kinds.ts"
import { attributesPrefix } from "./ProductRecord.ts"
import { type ColumnMap, checkedRecord, type UnusableFile } from "./readTable.ts"

/** Gives fields the names that are mapped to them; an empty name leaves one out. */
const mapped = (value: unknown, map: ColumnMap): unknown => {
  if (map.size === 0 || typeof value !== "object" || value === null) return value
  const values: Array<readonly [code: string, value: unknown]> = []
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const ours = map.get(name)
    if (ours === "") return []
    if (ours?.startsWith(attributesPrefix) !== true) return [[ours ?? name, field]]
    values.push([ours.slice(attributesPrefix.length), field])
    return []
  })
  const record = Object.fromEntries(fields)
  const { attributes = {} } = record
  // What is no object is refused as it stands.
  if (values.length === 0 || attributes === null || typeof attributes !== "object") return record
  return { ...record, attributes: { ...attributes, ...Object.fromEntries(values) } }
}

/** Reads records from lines of JSON. */
export class LinesReader<Kind extends RecordKind> {
  private readonly kind: Kind
  private readonly map: ColumnMap
  private readonly keys = new KeysSeen()
  private records = 0

  constructor(kind: Kind, map: ColumnMap) {
    this.kind = kind
    this.map = map
  }

  /** The record of a line. */
  take(row: JsonLine): Result.Result<ReadonlyArray<FileRecord<Kind>>, UnusableFile> {
    const number = ++this.records
    const { line } = row
    if (row._tag === "Unreadable") {
      const place = { line, column: null, columnNumber: row.column }
      const problems = [problemAt(place, "UnreadableRow", row.message)]
      return Result.succeed([{ _tag: "Bad", number, problems }])
    }
    const placeOf = (path: string) => ({
      line,
      column: path === "" ? null : path,
      columnNumber: null
    })
    const value = mapped(row.value, this.map)
    return Result.succeed([checkedRecord(this.kind, { number, value, placeOf }, this.keys)])
  }

  /** Every line has been a record of its own. */
  end(): Result.Result<ReadonlyArray<FileRecord<Kind>>, UnusableFile> {
    return Result.succeed([])
  }
}
