/**
 * A log with its seals as lines of JSON, and such lines as a source that is checked like a log: offline,
 * by somebody who does not have to trust the database. The first line names the context and from where
 * on its logs are kept; the last one counts what stands between, so that an export which was cut shows it.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { StoreError } from "../kernel/StoreError.ts"
import type { AuditLog } from "./AuditLog.ts"
import { type AuditRecord, readKeptRecord, recordedDrops } from "./AuditRecord.ts"
import {
  blockMax,
  leavesText,
  readLeaves,
  type Seal,
  type SealedLog,
  sealEventType,
  sealedLogs
} from "./Seal.ts"
import type { SealedSource } from "./verify.ts"

const Log = Schema.Literals(["EVENTS", "AUDIT"])

const Horizon = Schema.Struct({
  position: Schema.Number,
  movementsFromMillis: Schema.NullOr(Schema.Number)
})

const Anchor = Schema.Struct({
  number: Schema.Number,
  lastPosition: Schema.Number,
  digest: Schema.String
})

const noAnchors = { EVENTS: null, AUDIT: null }

/** What an export has of a log. */
const Extent = Schema.Struct({
  records: Schema.Number,
  seals: Schema.Number,
  lastSeal: Schema.NullOr(Schema.Struct({ number: Schema.Number, digest: Schema.String }))
})
type Extent = typeof Extent.Type

const Line = Schema.Union([
  Schema.Struct({
    _tag: Schema.Literal("export"),
    context: Schema.String,
    horizons: Schema.Struct({ EVENTS: Horizon, AUDIT: Horizon }),
    // Exports of the time before anything was dropped have none.
    anchors: Schema.optionalKey(
      Schema.Struct({ EVENTS: Schema.NullOr(Anchor), AUDIT: Schema.NullOr(Anchor) })
    )
  }),
  Schema.Struct({
    _tag: Schema.Literal("record"),
    log: Log,
    position: Schema.Number,
    id: Schema.String,
    text: Schema.String,
    movement: Schema.NullOr(Schema.String),
    atMillis: Schema.Number
  }),
  Schema.Struct({
    _tag: Schema.Literal("seal"),
    log: Log,
    number: Schema.Number,
    lastPosition: Schema.Number,
    leaves: Schema.String,
    previous: Schema.String,
    digest: Schema.String,
    endedAt: Schema.String,
    sealedAt: Schema.String
  }),
  Schema.Struct({
    _tag: Schema.Literal("end"),
    logs: Schema.Struct({ EVENTS: Extent, AUDIT: Extent })
  })
])
type Line = typeof Line.Type

const decodeLine = Schema.decodeUnknownResult(Schema.fromJsonString(Line))

const decodeSeal = Schema.decodeUnknownResult(Line)

const sealLine = (seal: Seal): Line => ({
  ...seal,
  _tag: "seal",
  leaves: leavesText(seal.leaves),
  endedAt: DateTime.formatIso(seal.endedAt),
  sealedAt: DateTime.formatIso(seal.sealedAt)
})

/** A seal as one line, as it is published and exported. */
export const sealJson = (seal: Seal): string => JSON.stringify(sealLine(seal))

/** The pages of what follows something, until a page is empty. */
const pagesOf = <A, E>(
  first: number,
  read: (after: number) => Effect.Effect<ReadonlyArray<A>, E>,
  placeOf: (item: A) => number
): Stream.Stream<A, E> =>
  Stream.unfold(first, (after: number) =>
    Effect.map(read(after), (page) => {
      const last = page.at(-1)
      return last === undefined ? undefined : ([page, placeOf(last)] as const)
    })
  ).pipe(Stream.flatMap(Stream.fromIterable))

/** Seals come first: what is sealed while the records are read is in no seal of the export. */
const linesOf = (audit: AuditLog, log: SealedLog): Stream.Stream<Line, StoreError> => {
  const records = pagesOf(
    0,
    (after) => audit.texts(log, { after, limit: blockMax }),
    ({ position }) => position
  ).pipe(Stream.map((text): Line => ({ ...text, _tag: "record", log })))
  const seals = pagesOf(
    0,
    (after) => audit.seals(log, after, 32),
    ({ number }) => number
  ).pipe(Stream.map(sealLine))
  return Stream.concat(seals, records)
}

/** Counts a line into what an export has of each log. */
const countedIn = (extents: Record<SealedLog, Extent>, line: Line): void => {
  if (line._tag !== "record" && line._tag !== "seal") return
  const { lastSeal, records, seals } = extents[line.log]
  extents[line.log] =
    line._tag === "record"
      ? { records: records + 1, seals, lastSeal }
      : { records, seals: seals + 1, lastSeal: { number: line.number, digest: line.digest } }
}

const noExtents = (): Record<SealedLog, Extent> => ({
  EVENTS: { records: 0, seals: 0, lastSeal: null },
  AUDIT: { records: 0, seals: 0, lastSeal: null }
})

/** The lines of an export of both logs of a context. */
export const exportAudit = (
  context: string,
  audit: AuditLog
): Stream.Stream<string, StoreError> => {
  const head = Effect.gen(function* () {
    const horizons = {
      EVENTS: yield* audit.horizon("EVENTS"),
      AUDIT: yield* audit.horizon("AUDIT")
    }
    const anchors = {
      EVENTS: yield* audit.anchor("EVENTS"),
      AUDIT: yield* audit.anchor("AUDIT")
    }
    return { _tag: "export", context, horizons, anchors } satisfies Line
  })
  return Stream.suspend(() => {
    const extents = noExtents()
    const end = Effect.sync((): Line => ({ _tag: "end", logs: extents }))
    return Stream.fromEffect(head).pipe(
      Stream.concat(
        Stream.fromIterable(sealedLogs).pipe(Stream.flatMap((log) => linesOf(audit, log)))
      ),
      Stream.tap((line) => Effect.sync(() => countedIn(extents, line))),
      Stream.concat(Stream.fromEffect(end)),
      Stream.map((line) => JSON.stringify(line))
    )
  })
}

/** A line that cannot be read. */
export interface BadLine {
  readonly line: number
  readonly message: string
}

/** An export that was read: its context, and a source to check. */
export interface ReadExport {
  readonly context: string
  readonly source: SealedSource
}

/** The lines, or the first that cannot be read. */
const readLines = (
  lines: ReadonlyArray<string>
): Result.Result<ReadonlyArray<Line & { readonly at: number }>, BadLine> => {
  const read: Array<Line & { readonly at: number }> = []
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue
    const line = decodeLine(text)
    if (Result.isFailure(line)) {
      return Result.fail({ line: index + 1, message: "is no line of an audit export" })
    }
    read.push({ ...line.success, at: index + 1 })
  }
  return Result.succeed(read)
}

/** The first of rising places that is beyond one. */
const firstBeyond = (places: ReadonlyArray<number>, place: number): number => {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] as number) > place) high = middle
    else low = middle + 1
  }
  return low
}

/** A page of what follows a place, out of things in order. */
const pageOf = <A>(items: ReadonlyArray<A>, placeOf: (item: A) => number) => {
  const places = items.map(placeOf)
  return (after: number, limit: number, upTo: number = Number.POSITIVE_INFINITY) => {
    const from = firstBeyond(places, after)
    return items.slice(from, Math.min(from + limit, firstBeyond(places, upTo)))
  }
}

/** What the end line counts of a log and the lines before it do not have, in words; null when it fits. */
const missingOf = (has: Extent, counted: Extent): string | null => {
  for (const part of ["records", "seals"] as const) {
    if (has[part] !== counted[part]) {
      return `the export has ${has[part]} ${part}, and its end line counts ${counted[part]}`
    }
  }
  const fits =
    has.lastSeal?.number === counted.lastSeal?.number &&
    has.lastSeal?.digest === counted.lastSeal?.digest
  return fits ? null : "the last seal of the export is not the one that its end line names"
}

/** The record in a text that was sealed, as far as it says what was dropped. */
const keptIn = (text: string): ReadonlyArray<AuditRecord> => {
  if (!/Prune(?:Events|Months)/.test(text)) return []
  try {
    const [kept] = JSON.parse(text) as [string]
    return [readKeptRecord(kept, { position: 0, eventPositions: [], at: DateTime.makeUnsafe(0) })]
  } catch {
    // It is no record, which the check of its seal says.
    return []
  }
}

/**
 * Reads the lines of an export, from its head to its end line: without that it was cut, and is refused.
 * Lines that are missing between are found when the source is checked.
 */
export const readExport = (lines: ReadonlyArray<string>): Result.Result<ReadExport, BadLine> => {
  const all = readLines(lines)
  if (Result.isFailure(all)) return Result.fail(all.failure)
  const [head, ...read] = all.success
  if (head?._tag !== "export")
    return Result.fail({ line: 1, message: "must be the head of an export" })
  const end = read.pop()
  const stray = read.find(({ _tag }) => _tag === "export" || _tag === "end")
  if (stray !== undefined)
    return Result.fail({ line: stray.at, message: "belongs to another export" })
  if (end?._tag !== "end") {
    const message = "is missing: the export was cut, since its last line must count the others"
    return Result.fail({ line: (end ?? head).at + 1, message })
  }
  const extents = noExtents()
  for (const line of read) countedIn(extents, line)
  const records = read
    .filter((line) => line._tag === "record")
    .sort((a, b) => a.position - b.position)
  const seals = sealsIn(read)
  const pages = (log: SealedLog) => ({
    texts: pageOf(
      records.filter((one) => one.log === log),
      ({ position }) => position
    ),
    seals: pageOf(
      seals.filter((seal) => seal.log === log),
      ({ number }) => number
    )
  })
  const drops = recordedDrops(
    records.filter(({ log }) => log === "AUDIT").flatMap(({ text }) => keptIn(text))
  )
  const paged = { EVENTS: pages("EVENTS"), AUDIT: pages("AUDIT") }
  const source: SealedSource = {
    horizon: (log) => Effect.succeed(head.horizons[log]),
    anchor: (log) => Effect.succeed((head.anchors ?? noAnchors)[log]),
    stray: () => Effect.succeed(null),
    drops: Effect.succeed(drops),
    missing: (log) => missingOf(extents[log], end.logs[log]),
    texts: (log, { after, limit, upTo }) => Effect.sync(() => paged[log].texts(after, limit, upTo)),
    seals: (log, after, limit) => Effect.sync(() => paged[log].seals(after, limit))
  }
  return Result.succeed({ context: head.context, source })
}

const sealsIn = (lines: ReadonlyArray<Line>): ReadonlyArray<Seal> =>
  lines
    .filter((line) => line._tag === "seal")
    .map(({ digest, endedAt, lastPosition, leaves, log, number, previous, sealedAt }) => ({
      ...{ digest, lastPosition, log, number, previous },
      leaves: readLeaves(leaves),
      endedAt: DateTime.makeUnsafe(endedAt),
      sealedAt: DateTime.makeUnsafe(sealedAt)
    }))
    .sort((a, b) => a.number - b.number)

/** A published line as a seal, with its context if it names one: of an event, what it carries. */
export const publishedLine = (text: string): unknown => {
  const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
  const read = Option.getOrUndefined(parse(text)) as Record<string, unknown> | null | undefined
  return read?.["eventType"] === sealEventType ? read["payload"] : read
}

/** Reads seals that were published, a line each, as they are or in the envelope of an event. */
export const readPublishedSeals = (
  lines: ReadonlyArray<string>
): Result.Result<ReadonlyArray<Seal>, BadLine> => {
  const read = lines.flatMap((text, index) =>
    text.trim() === "" ? [] : [{ index, line: decodeSeal(publishedLine(text)) }]
  )
  const bad = read.find(({ line }) => Result.isFailure(line) || line.success._tag !== "seal")
  if (bad !== undefined) return Result.fail({ line: bad.index + 1, message: "is no seal" })
  return Result.succeed(
    sealsIn(read.flatMap(({ line }) => (Result.isSuccess(line) ? [line.success] : [])))
  )
}
