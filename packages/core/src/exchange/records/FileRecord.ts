/** One record of a file, or what is wrong with it, and where in the file each of its fields stands. */
import type { RecordKind, RecordOf } from "./kinds.ts"

/**
 * A place in a file; lines and columns count from 1. `column` is the name of a column, or the path
 * of a field where each line is JSON; null when the whole row is meant.
 */
export interface Place {
  readonly line: number
  readonly column: string | null
  readonly columnNumber: number | null
}

/** What is wrong at a place, with a code for machines. */
export interface Problem extends Place {
  readonly code: string
  readonly message: string
}

/** A record that was read. `number` counts the records of the file from 1. */
export interface ReadRecord<Kind extends RecordKind> {
  readonly _tag: "Record"
  readonly number: number
  readonly value: RecordOf[Kind]
  readonly placeOf: (path: string) => Place
}

/** A record that could not be read; it counts as one. */
export interface BadRecord {
  readonly _tag: "Bad"
  readonly number: number
  readonly problems: ReadonlyArray<Problem>
}

/** A record of a file. */
export type FileRecord<Kind extends RecordKind> = ReadRecord<Kind> | BadRecord

/** A problem at a place. */
export const problemAt = (place: Place, code: string, message: string): Problem => ({
  line: place.line,
  column: place.column,
  columnNumber: place.columnNumber,
  code,
  message
})

/** The place of a path among known places: its own, else that of what holds it or is in it. */
export const placeAmong = (places: ReadonlyMap<string, Place>, path: string, row: Place): Place => {
  for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) {
    const place = places.get(part)
    if (place !== undefined) return place
    for (const [known, inside] of places) if (known.startsWith(`${part}.`)) return inside
  }
  return row
}
