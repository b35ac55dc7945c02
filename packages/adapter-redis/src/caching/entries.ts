/** Entries of the cache as Redis keeps them, read. Pure. */
import type { CachedCopy } from "@holdfast/core/caching"

/** What was found: a copy, nothing that may be answered with, or a text that is none of ours. */
export type ReadEntry = CachedCopy | undefined | "undecodable"

const digits = /^\d{1,16}$/

/**
 * Reads an entry at an instant of Redis' clock. One that an earlier run of Redis has kept is nothing, and
 * so is one from the future: the clock was set back, and nobody knows how old the entry is.
 */
export const readEntry = (text: string, run: string, now: number): ReadEntry => {
  const head: Array<string> = []
  let from = 0
  for (let index = 0; index < 7; index++) {
    const to = text.indexOf(" ", from)
    if (to < 0 || to - from > 40) return "undecodable"
    head.push(text.slice(from, to))
    from = to + 1
  }
  const [form, version = "", by, keptAt = "", lives = "", stale = "", kind = ""] = head
  const numbers = [version, keptAt, lives, stale]
  if (form !== "h1" || !numbers.every((number) => digits.test(number))) return "undecodable"
  if (!["v", "n", "t"].includes(kind)) return "undecodable"
  const ageMillis = now - Number(keptAt)
  const isOver = ageMillis >= Number(lives) + Number(stale)
  if (kind === "t" || by !== run || ageMillis < 0 || isOver) return undefined
  return {
    version: Number(version),
    value: kind === "n" ? null : text.slice(from),
    ageMillis,
    leftMillis: Math.max(0, Number(lives) - ageMillis)
  }
}
