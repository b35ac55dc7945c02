/**
 * Seals: a chain of digests over a log. Each covers a block of up to 256 records and the seal before it,
 * so who changes a record has to write every later seal again, and who knows one later seal notices. A seal keeps the digest of each of its records: once the chain holds, the first record that
 * differs from its digest is the one that was changed.
 */
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

/** What is sealed: the events of a context with the movements that they are, or its audit records. */
export type SealedLog = "EVENTS" | "AUDIT"

/** Both. */
export const sealedLogs: ReadonlyArray<SealedLog> = ["EVENTS", "AUDIT"]

/** A record as the text that is sealed; an event with the movement that it is. */
export interface SealedText {
  readonly position: number
  /** The id of the event or of the record. */
  readonly id: string
  readonly text: string
  /** The movement as text; null when the record is none, or its movement is not there. */
  readonly movement: string | null
  /** The instant of the record, in epoch milliseconds. */
  readonly atMillis: number
}

/** A record of a block: its place, and the SHA-256 of its text and of its movement, in hex. */
export interface Leaf {
  readonly position: number
  readonly digest: string
  readonly movement: string | null
}

/** A seal over the records after the block before it, up to `lastPosition`. */
export interface Seal {
  readonly log: SealedLog
  /** Counted from 1, without gaps. */
  readonly number: number
  readonly lastPosition: number
  readonly leaves: ReadonlyArray<Leaf>
  /** The digest of the seal before it; `firstPrevious` for the first. */
  readonly previous: string
  /** The SHA-256 of `previous`, the log, the number and the leaves. */
  readonly digest: string
  /** The instant of its latest record. */
  readonly endedAt: DateTime.Utc
  readonly sealedAt: DateTime.Utc
}

/** How many records a block has at most. */
export const blockMax = 256

/** What stands for the seal before the first: 64 zeros. */
export const firstPrevious = "0".repeat(64)

/** The type of the events by which seals are published; their context is `seals`. */
export const sealEventType = "seals.log.sealed"

type Hash = Digest.Digest["Service"]

const encoder = new TextEncoder()

const hexOf = (hash: Hash, text: string): Effect.Effect<string> =>
  hash.digestHex(Digest.sha256, encoder.encode(text))

/** The digests of records. */
export const leavesOf = (
  hash: Hash,
  texts: ReadonlyArray<SealedText>
): Effect.Effect<ReadonlyArray<Leaf>> =>
  Effect.forEach(
    texts,
    ({ movement, position, text }) =>
      Effect.flatMap(
        hexOf(hash, text),
        (digest): Effect.Effect<Leaf> =>
          movement === null
            ? Effect.succeed({ position, digest, movement })
            : Effect.map(hexOf(hash, movement), (own) => ({ position, digest, movement: own }))
      ),
    { concurrency: blockMax }
  )

const leafText = ({ digest, movement, position }: Leaf): string =>
  movement === null ? `${position}:${digest}` : `${position}:${digest}:${movement}`

/** The digest of a seal, over everything in it but the times, which the records have too. */
export const digestOf = (
  hash: Hash,
  { leaves, log, number, previous }: Pick<Seal, "leaves" | "log" | "number" | "previous">
): Effect.Effect<string> => {
  const lines = leaves.map(leafText)
  return hexOf(hash, [previous, `${log} ${number}`, ...lines].join("\n"))
}

/** The seal that comes after another one, over records. */
export const sealAfter = Effect.fnUntraced(function* (
  hash: Hash,
  log: SealedLog,
  before: Pick<Seal, "digest" | "number"> | null,
  texts: ReadonlyArray<SealedText>,
  sealedAt: DateTime.Utc
): Effect.fn.Return<Seal> {
  const leaves = yield* leavesOf(hash, texts)
  const lastPosition = leaves.at(-1)?.position ?? 0
  const number = (before?.number ?? 0) + 1
  const previous = before?.digest ?? firstPrevious
  const digest = yield* digestOf(hash, { leaves, log, number, previous })
  const endedAt = DateTime.makeUnsafe(Math.max(...texts.map(({ atMillis }) => atMillis)))
  return { log, number, lastPosition, leaves, previous, digest, endedAt, sealedAt }
})

/** Leaves as a store keeps them. */
export const leavesText = (leaves: ReadonlyArray<Leaf>): string => leaves.map(leafText).join(" ")

/** Leaves as a store kept them. What cannot be read is a leaf that fits no record. */
export const readLeaves = (text: string): ReadonlyArray<Leaf> =>
  text
    .split(" ")
    .filter((part) => part !== "")
    .map((part) => {
      const [position = "", digest = "", movement = null] = part.split(":")
      return { position: Number(position), digest, movement }
    })
