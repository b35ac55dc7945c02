/** Entries of the cache as Redis keeps them, read. Pure. */
import type { CachedCopy } from "@holdfast/core/caching"

/** What was found: a copy, nothing that may be answered with, or a text that is none of ours. */
export type ReadEntry = CachedCopy | undefined | "undecodable"

const digitsMax = 16

const space = 32

/** The place after a number and a space; -1 where there is no number that we write. */
const afterNumber = (text: string, from: number): number => {
  let at = from
  for (let code = text.charCodeAt(at); code >= 48 && code <= 57; at++)
    code = text.charCodeAt(at + 1)
  return at > from && at - from <= digitsMax && text.charCodeAt(at) === space ? at + 1 : -1
}

/** The head of an entry, field by field: a pattern takes three times as long, for each of a hundred keys. */
const headOf = (text: string) => {
  if (!text.startsWith("h1 ")) return undefined
  const runAt = afterNumber(text, 3)
  const keptAt = runAt < 0 ? 0 : text.indexOf(" ", runAt) + 1
  const livesAt = keptAt === 0 ? -1 : afterNumber(text, keptAt)
  const staleAt = livesAt < 0 ? -1 : afterNumber(text, livesAt)
  const kindAt = staleAt < 0 ? -1 : afterNumber(text, staleAt)
  const kind = kindAt < 0 ? "" : text.charAt(kindAt)
  const isOurs = kind === "v" || kind === "n" || kind === "t"
  if (!isOurs || text.charCodeAt(kindAt + 1) !== space) return undefined
  return {
    version: Number(text.slice(3, runAt - 1)),
    run: text.slice(runAt, keptAt - 1),
    keptAt: Number(text.slice(keptAt, livesAt - 1)),
    lives: Number(text.slice(livesAt, staleAt - 1)),
    stale: Number(text.slice(staleAt, kindAt - 1)),
    kind,
    length: kindAt + 2
  }
}

/**
 * Reads an entry at an instant of Redis' clock. One that an earlier run of Redis has kept is nothing, and
 * so is one from the future: the clock was set back, and nobody knows how old the entry is.
 */
export const readEntry = (text: string, run: string, now: number): ReadEntry => {
  const head = headOf(text)
  if (head === undefined) return "undecodable"
  const { keptAt, kind, length, lives, stale, version } = head
  const ageMillis = now - keptAt
  const isOver = ageMillis >= lives + stale
  if (kind === "t" || head.run !== run || ageMillis < 0 || isOver) return undefined
  return {
    version,
    value: kind === "n" ? null : text.slice(length),
    ageMillis,
    leftMillis: Math.max(0, lives - ageMillis)
  }
}
