/** A file of bytes as records: CSV or lines of JSON, in the columns of Holdfast or of a preset. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { CsvReader } from "./files/CsvReader.ts"
import { JsonLinesReader } from "./files/JsonLinesReader.ts"
import type { FileRecord } from "./records/FileRecord.ts"
import type { RecordKind } from "./records/kinds.ts"
import { nativeShape } from "./records/nativeShape.ts"
import { LinesReader } from "./records/readLines.ts"
import { type ColumnMap, TableReader, type UnusableFile } from "./records/readTable.ts"
import type { Shape } from "./records/Shape.ts"

/** The form of a file: a table with commas, or one JSON value a line. */
export type FileForm = "csv" | "jsonl"

/** How a file is read. */
export interface ReadOptions<Kind extends RecordKind> {
  readonly kind: Kind
  readonly form: FileForm
  /** Columns of the file by the names that Holdfast has for them. */
  readonly map?: ColumnMap | undefined
  /** The shape of its tables; the columns of Holdfast unless given. */
  readonly shape?: Shape | undefined
  /** Called at the end of the file, with whether its last line has no end. */
  readonly ended?: (abruptly: boolean) => void
}

type Records<Kind extends RecordKind> = Result.Result<ReadonlyArray<FileRecord<Kind>>, UnusableFile>

interface Reader<Kind extends RecordKind> {
  readonly read: (part: Uint8Array) => Records<Kind>
  readonly end: () => Records<Kind>
}

const readerOver = <Kind extends RecordKind, Row>(
  rows: {
    read(part: Uint8Array): ReadonlyArray<Row>
    end(): ReadonlyArray<Row>
    readonly endsAbruptly: boolean
  },
  records: { take(row: Row): Records<Kind>; end(): Records<Kind> },
  ended: (abruptly: boolean) => void
): Reader<Kind> => {
  const taken = (found: ReadonlyArray<Row>): Records<Kind> => {
    const all: Array<FileRecord<Kind>> = []
    for (const row of found) {
      const read = records.take(row)
      if (Result.isFailure(read)) return read
      all.push(...read.success)
    }
    return Result.succeed(all)
  }
  return {
    read: (part) => taken(rows.read(part)),
    end: () => {
      const last = taken(rows.end())
      ended(rows.endsAbruptly)
      if (Result.isFailure(last)) return last
      return Result.map(records.end(), (more) => [...last.success, ...more])
    }
  }
}

const readerOf = <Kind extends RecordKind>(options: ReadOptions<Kind>): Reader<Kind> => {
  const { ended = () => undefined, form, kind, map = new Map(), shape } = options
  return form === "jsonl"
    ? readerOver(new JsonLinesReader(), new LinesReader(kind, map), ended)
    : readerOver(new CsvReader(), new TableReader(kind, shape ?? nativeShape(kind), map), ended)
}

/** The records of a file. It holds no more of it than its longest record. */
export const readRecords = <Kind extends RecordKind, E>(
  bytes: Stream.Stream<Uint8Array, E>,
  options: ReadOptions<Kind>
): Stream.Stream<FileRecord<Kind>, E | UnusableFile> =>
  Stream.suspend(() => {
    const reader = readerOf(options)
    return bytes.pipe(
      Stream.mapEffect((part) => Effect.fromResult(reader.read(part))),
      Stream.concat(Stream.fromEffect(Effect.suspend(() => Effect.fromResult(reader.end())))),
      Stream.flattenIterable
    )
  })
