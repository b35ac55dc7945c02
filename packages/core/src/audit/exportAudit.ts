/**
 * A log with its seals as lines of JSON, and such lines as a source that is checked like a log: offline,
 * by somebody who does not have to trust the database. The first line names the context and from where
 * on its logs are kept.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { StoreError } from "../kernel/StoreError.ts"
import type { AuditLog } from "./AuditLog.ts"
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
  return Stream.concat(records, seals)
}

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
  return Stream.fromEffect(head).pipe(
    Stream.concat(
      Stream.fromIterable(sealedLogs).pipe(Stream.flatMap((log) => linesOf(audit, log)))
    ),
    Stream.map((line) => JSON.stringify(line))
  )
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

/** Reads the lines of an export. Seals that were published stand in such lines too. */
export const readExport = (lines: ReadonlyArray<string>): Result.Result<ReadExport, BadLine> => {
  const read: Array<Line> = []
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue
    const line = decodeLine(text)
    if (Result.isFailure(line)) {
      return Result.fail({ line: index + 1, message: "is no line of an audit export" })
    }
    read.push(line.success)
  }
  const head = read.find((line) => line._tag === "export")
  if (head === undefined) return Result.fail({ line: 1, message: "must be the head of an export" })
  const records = read
    .filter((line) => line._tag === "record")
    .sort((a, b) => a.position - b.position)
  const seals = sealsIn(read)
  const source: SealedSource = {
    horizon: (log) => Effect.succeed(head.horizons[log]),
    anchor: (log) => Effect.succeed((head.anchors ?? noAnchors)[log]),
    stray: () => Effect.succeed(null),
    texts: (log, { after, limit, upTo = Number.POSITIVE_INFINITY }) =>
      Effect.sync(() =>
        records
          .filter((one) => one.log === log && one.position > after && one.position <= upTo)
          .slice(0, limit)
      ),
    seals: (log, after, limit) =>
      Effect.sync(() =>
        seals.filter((seal) => seal.log === log && seal.number > after).slice(0, limit)
      )
  }
  return Result.succeed({ context: head.context, source })
}

const sealsIn = (lines: ReadonlyArray<Line>): ReadonlyArray<Seal> =>
  lines
    .filter((line) => line._tag === "seal")
    .map(({ _tag: _, endedAt, leaves, sealedAt, ...seal }) => ({
      ...seal,
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
