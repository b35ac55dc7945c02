/** Entries of the cache as Redis keeps them, read. Pure. */
import type { CachedCopy } from "@holdfast/core/caching"

/** What was found: a copy, nothing that may be answered with, or a text that is none of ours. */
export type ReadEntry = CachedCopy | undefined | "undecodable"

const form = /^h1 (\d{1,16}) ([\da-f]{1,40}) (\d{1,16}) (\d{1,16}) (\d{1,16}) ([vnt]) /

/**
 * Reads an entry at an instant of Redis' clock. One that an earlier run of Redis has kept is nothing, and
 * so is one from the future: the clock was set back, and nobody knows how old the entry is.
 */
export const readEntry = (text: string, run: string, now: number): ReadEntry => {
  const head = form.exec(text)
  if (head === null) return "undecodable"
  const [{ length }, version, by, keptAt, lives, stale, kind] = head
  const ageMillis = now - Number(keptAt)
  const isOver = ageMillis >= Number(lives) + Number(stale)
  if (kind === "t" || by !== run || ageMillis < 0 || isOver) return undefined
  return {
    version: Number(version),
    value: kind === "n" ? null : text.slice(length),
    ageMillis,
    leftMillis: Math.max(0, Number(lives) - ageMillis)
  }
}
