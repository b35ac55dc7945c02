/**
 * Checks a log against its seals, in order, and stops at the first thing that does not fit. It reads
 * through a port of its own, so that a database and an exported file are checked alike.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type { AuditLog } from "./AuditLog.ts"
import type { RecordedDrops } from "./AuditRecord.ts"
import {
  digestOf,
  firstPrevious,
  type Leaf,
  leavesOf,
  type Seal,
  type SealedLog,
  type SealedText
} from "./Seal.ts"

/** What is read to check a log. */
export interface SealedSource
  extends Pick<AuditLog, "texts" | "seals" | "anchor" | "drops" | "hidden" | "horizon" | "stray"> {
  /** Of a copy: what it has lost since it was made, in words; null when nothing. */
  readonly missing?: (log: SealedLog) => string | null
}

/**
 * What does not fit. Of records: CHANGED, REMOVED, INSERTED, REORDERED when the record belongs to
 * another place of its block, or HIDDEN when no question would find it. Of seals: SEAL_CHANGED,
 * SEAL_REMOVED, or SEAL_REWRITTEN when a seal is not the one that was published. Of an export: CUT when
 * lines of it are missing that no seal covers.
 */
export type FindingKind =
  | "CHANGED"
  | "REMOVED"
  | "INSERTED"
  | "REORDERED"
  | "HIDDEN"
  | "SEAL_CHANGED"
  | "SEAL_REMOVED"
  | "SEAL_REWRITTEN"
  | "CUT"

/** The first thing of a log that does not fit its seals. */
export interface Finding {
  readonly log: SealedLog
  readonly kind: FindingKind
  /** The position of the record; null when it is about a seal, or about a row beside the log. */
  readonly position: number | null
  /** The number of the seal that covers it; null for a row beside the log. */
  readonly seal: number | null
  readonly message: string
}

/** A seal as it was published. */
export type PublishedSeal = Pick<Seal, "digest" | "log" | "number">

/** How a log stands to its seals. */
export interface Verdict {
  readonly log: SealedLog
  readonly seals: number
  /** The records that fit their seals. */
  readonly records: number
  /** The records that seals cover and that were dropped since, because they were old. */
  readonly dropped: number
  /** The last seal; null when there is none. */
  readonly lastSeal: PublishedSeal | null
  readonly lastPosition: number
  /** How many of the seals that were published were held against those of the log. */
  readonly compared: number
  /** Undefined when everything fits. */
  readonly finding: Finding | undefined
}

/** What of a log is covered by its seals and not there any more. */
class Gone {
  records = 0
  /** The last position of an event. */
  position = 0
  /** The last instant of a movement, in epoch milliseconds; null while none is gone. */
  movementsMillis: number | null = null

  /** Notes what a block lacks. What it may not lack was found before. */
  note({ leaves }: Seal, texts: ReadonlyArray<SealedText>): void {
    const found = new Map(texts.map((text) => [text.position, text]))
    for (const { movement, position } of leaves) {
      const text = found.get(position)
      if (text === undefined) {
        this.records += 1
        this.position = position
      } else if (movement !== null && text.movement === null) {
        this.movementsMillis = Math.max(this.movementsMillis ?? text.atMillis, text.atMillis)
      }
    }
  }

  /** What of it no record says; undefined when each part was dropped with a record. */
  unrecorded(recorded: RecordedDrops): string | undefined {
    if (this.position > (recorded.position ?? 0)) {
      const words =
        recorded.position === null ? "no record" : `records up to ${recorded.position} alone`
      return `events up to ${this.position} are gone, and ${words} of the audit log says that they were dropped`
    }
    const { movementsMillis } = this
    return movementsMillis !== null && movementsMillis >= (recorded.movementsMillis ?? 0)
      ? `movements up to ${new Date(movementsMillis).toISOString()} are gone, and no record of the audit log says that they were dropped`
      : undefined
  }
}

const sealsAtOnce = 32

const nameOf = (log: SealedLog): string => (log === "EVENTS" ? "event" : "record")

const words = {
  CHANGED: "was changed since it was sealed",
  REMOVED: "was removed since it was sealed",
  INSERTED: "was inserted after its place was sealed",
  REORDERED: "stands in the place of another",
  HIDDEN: "is not found by who or what it is about: a mark of it was removed"
} as const

/** A finding about a record of a block, or about its movement. */
const recordFinding = (
  seal: Pick<Seal, "log" | "number">,
  kind: keyof typeof words,
  position: number,
  part: "whole" | "movement" = "whole"
): Finding => {
  const record = `${nameOf(seal.log)} ${position}`
  const subject = part === "whole" ? record : `the movement of ${record}`
  return { log: seal.log, kind, position, seal: seal.number, message: `${subject} ${words[kind]}` }
}

/** What is known of a log beside its block. */
interface Bounds {
  readonly horizon: number
  readonly movementsFrom: number
}

/** Why a record does not fit its leaf; undefined when it does. */
const misfit = (
  seal: Seal,
  leaf: Leaf,
  found: Leaf,
  { atMillis }: SealedText,
  { movementsFrom }: Bounds
): Finding | undefined => {
  const { position } = leaf
  if (found.digest !== leaf.digest) {
    const isElsewhere = seal.leaves.some(({ digest }) => digest === found.digest)
    return recordFinding(seal, isElsewhere ? "REORDERED" : "CHANGED", position)
  }
  if (found.movement === leaf.movement) return undefined
  if (leaf.movement === null) return recordFinding(seal, "INSERTED", position, "movement")
  if (found.movement !== null) return recordFinding(seal, "CHANGED", position, "movement")
  return atMillis < movementsFrom ? undefined : recordFinding(seal, "REMOVED", position, "movement")
}

/** The first record of a block that does not fit it; undefined when all do. */
const blockFinding = (
  seal: Seal,
  texts: ReadonlyArray<SealedText>,
  found: ReadonlyArray<Leaf>,
  bounds: Bounds
): Finding | undefined => {
  let at = 0
  for (const leaf of seal.leaves) {
    const record = found[at]
    if (record !== undefined && record.position < leaf.position) {
      return recordFinding(seal, "INSERTED", record.position)
    }
    if (record === undefined || record.position > leaf.position) {
      if (leaf.position > bounds.horizon) return recordFinding(seal, "REMOVED", leaf.position)
      continue
    }
    const finding = misfit(seal, leaf, record, texts[at] as SealedText, bounds)
    if (finding !== undefined) return finding
    at++
  }
  const more = found[at]
  return more === undefined ? undefined : recordFinding(seal, "INSERTED", more.position)
}

const sealFinding = (
  log: SealedLog,
  number: number,
  kind: Extract<FindingKind, `SEAL_${string}`>
): Finding => {
  const message = {
    SEAL_CHANGED: `seal ${number} was changed since it was made`,
    SEAL_REMOVED: `seal ${number} was removed`,
    SEAL_REWRITTEN: `seal ${number} is not the one that was published`
  }[kind]
  return { log, kind, position: null, seal: number, message }
}

/** Whether the leaves of a seal rise from where the seal before it ended. */
const isInOrder = ({ lastPosition, leaves }: Seal, after: number): boolean =>
  leaves.length > 0 &&
  leaves.at(-1)?.position === lastPosition &&
  leaves.every(({ position }, index) => position > (leaves[index - 1]?.position ?? after))

/**
 * Whether a seal ended when the latest of its records was made, by which questions about a time find them. Of
 * records that were dropped nobody can say.
 */
const endsWithItsRecords = ({ endedAt, leaves }: Seal, texts: ReadonlyArray<SealedText>): boolean =>
  texts.length < leaves.length ||
  endedAt.epochMilliseconds === Math.max(...texts.map(({ atMillis }) => atMillis))

/**
 * The digests that were published of each seal of a log. A history that was written again is published once
 * more, under the same numbers: then a number has several.
 */
const digestsOf = (
  published: ReadonlyArray<PublishedSeal>,
  log: SealedLog
): ReadonlyMap<number, ReadonlySet<string>> => {
  const known = new Map<number, Set<string>>()
  for (const { digest, number } of published.filter((seal) => seal.log === log)) {
    known.set(number, (known.get(number) ?? new Set()).add(digest))
  }
  return known
}

/** Checks a log against its seals, and against seals that were published. */
export const verifyLog = (
  source: SealedSource,
  log: SealedLog,
  published: ReadonlyArray<PublishedSeal> = []
) =>
  Effect.gen(function* () {
    const hash = yield* Digest.Digest
    const { movementsFromMillis, position } = yield* source.horizon(log)
    const bounds = { horizon: position, movementsFrom: movementsFromMillis ?? 0 }
    const known = digestsOf(published, log)
    const isAsPublished = (number: number, digest: string): boolean =>
      [...(known.get(number) ?? [])].every((one) => one === digest)
    const anchor = yield* source.anchor(log)
    const { digest = firstPrevious, number: first = 0 } = anchor ?? {}
    let before: PublishedSeal = { log, number: first, digest }
    // Nothing was ever written before the first position, so a record there was inserted.
    let lastPosition = Number.MIN_SAFE_INTEGER
    let records = 0
    const lost = new Gone()
    const verdict = (finding: Finding | undefined): Verdict => ({
      ...{
        log,
        seals: before.number - first,
        records,
        dropped: lost.records,
        lastPosition: Math.max(0, lastPosition),
        compared: [...known.keys()].filter(
          (number) => number >= Math.max(1, first) && number <= before.number
        ).length,
        finding
      },
      lastSeal: before.number === 0 ? null : before
    })
    if (anchor !== null) {
      if (!isAsPublished(first, digest)) {
        return verdict(sealFinding(log, first, "SEAL_REWRITTEN"))
      }
      const upTo = anchor.lastPosition
      const [old] = yield* source.texts(log, { after: lastPosition, upTo, limit: 1 })
      if (old !== undefined) {
        return verdict(recordFinding({ log, number: first }, "INSERTED", old.position))
      }
      lastPosition = upTo
    }
    /** What of a seal itself does not fit. */
    const chainFinding = Effect.fnUntraced(function* (seal: Seal) {
      const { digest, number, previous } = seal
      if (number !== before.number + 1) return sealFinding(log, before.number + 1, "SEAL_REMOVED")
      const isWhole =
        previous === before.digest &&
        digest === (yield* digestOf(hash, seal)) &&
        isInOrder(seal, lastPosition)
      if (!isWhole) return sealFinding(log, number, "SEAL_CHANGED")
      return isAsPublished(number, digest) ? undefined : sealFinding(log, number, "SEAL_REWRITTEN")
    })
    while (true) {
      const seals = yield* source.seals(log, before.number, sealsAtOnce)
      const after = lastPosition
      for (const seal of seals) {
        const broken = yield* chainFinding(seal)
        if (broken !== undefined) return verdict(broken)
        const texts = yield* source.texts(log, {
          after: lastPosition,
          upTo: seal.lastPosition,
          limit: seal.leaves.length + 1
        })
        const finding = blockFinding(seal, texts, yield* leavesOf(hash, texts), bounds)
        if (finding !== undefined) return verdict(finding)
        if (!endsWithItsRecords(seal, texts)) {
          return verdict(sealFinding(log, seal.number, "SEAL_CHANGED"))
        }
        if (log === "EVENTS") lost.note(seal, texts)
        records += texts.length
        lastPosition = seal.lastPosition
        before = { log, number: seal.number, digest: seal.digest }
      }
      if (source.hidden !== undefined && seals.length > 0) {
        const hidden = yield* source.hidden(log, { after, upTo: lastPosition })
        if (hidden !== null) return verdict(recordFinding(before, "HIDDEN", hidden))
      }
      if (seals.length < sealsAtOnce) break
    }
    const gone = [...known.keys()].filter((number) => number > before.number)
    if (gone.length > 0) return verdict(sealFinding(log, Math.min(...gone), "SEAL_REMOVED"))
    const besides = (kind: FindingKind, message: string): Finding => ({
      ...{ log, kind, position: null, seal: null, message }
    })
    const missing = source.missing?.(log) ?? null
    if (missing !== null) return verdict(besides("CUT", missing))
    // Once records were dropped too, those about it may be among them.
    const isKnown = log === "EVENTS" && (yield* source.anchor("AUDIT")) === null
    const unrecorded = isKnown && source.drops !== undefined && lost.unrecorded(yield* source.drops)
    if (typeof unrecorded === "string") return verdict(besides("REMOVED", unrecorded))
    const stray = yield* source.stray(log)
    return verdict(
      stray === null ? undefined : besides("INSERTED", `${stray} is no event of the log`)
    )
  })
