/**
 * Checks a log against its seals, in order, and stops at the first thing that does not fit. It reads
 * through a port of its own, so that a database and an exported file are checked alike.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type { AuditLog } from "./AuditLog.ts"
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
  extends Pick<AuditLog, "texts" | "seals" | "anchor" | "horizon" | "stray"> {
  /** Of a copy: what it has lost since it was made, in words; null when nothing. */
  readonly missing?: (log: SealedLog) => string | null
}

/**
 * What does not fit. Of records: CHANGED, REMOVED, INSERTED, or REORDERED when the record belongs to
 * another place of its block. Of seals: SEAL_CHANGED, SEAL_REMOVED, or SEAL_REWRITTEN when a seal is
 * not the one that was published. Of an export: CUT when lines of it are missing that no seal covers.
 */
export type FindingKind =
  | "CHANGED"
  | "REMOVED"
  | "INSERTED"
  | "REORDERED"
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
  /** The last seal; null when there is none. */
  readonly lastSeal: PublishedSeal | null
  readonly lastPosition: number
  /** How many of the seals that were published were held against those of the log. */
  readonly compared: number
  /** Undefined when everything fits. */
  readonly finding: Finding | undefined
}

const sealsAtOnce = 32

const nameOf = (log: SealedLog): string => (log === "EVENTS" ? "event" : "record")

const words = {
  CHANGED: "was changed since it was sealed",
  REMOVED: "was removed since it was sealed",
  INSERTED: "was inserted after its place was sealed",
  REORDERED: "stands in the place of another"
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
    const known = new Map(
      published.filter((seal) => seal.log === log).map(({ digest, number }) => [number, digest])
    )
    const anchor = yield* source.anchor(log)
    const { digest = firstPrevious, number: first = 0 } = anchor ?? {}
    let before: PublishedSeal = { log, number: first, digest }
    // Nothing was ever written before the first position, so a record there was inserted.
    let lastPosition = Number.MIN_SAFE_INTEGER
    let records = 0
    const verdict = (finding: Finding | undefined): Verdict => ({
      ...{
        log,
        seals: before.number - first,
        records,
        lastPosition: Math.max(0, lastPosition),
        compared: [...known.keys()].filter(
          (number) => number >= Math.max(1, first) && number <= before.number
        ).length,
        finding
      },
      lastSeal: before.number === 0 ? null : before
    })
    if (anchor !== null) {
      if ((known.get(first) ?? digest) !== digest) {
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
      const isPublished = (known.get(number) ?? digest) === digest
      return isPublished ? undefined : sealFinding(log, number, "SEAL_REWRITTEN")
    })
    while (true) {
      const seals = yield* source.seals(log, before.number, sealsAtOnce)
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
        records += texts.length
        lastPosition = seal.lastPosition
        before = { log, number: seal.number, digest: seal.digest }
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
    const stray = yield* source.stray(log)
    return verdict(
      stray === null ? undefined : besides("INSERTED", `${stray} is no event of the log`)
    )
  })
