/**
 * Names of keys. Each has a hash tag, one of 64, by which a cluster puts all keys of a tag into one slot:
 * one script can then take many of them. Pure.
 */

/** How many tags there are; a cluster spreads its load over at most so many servers. */
export const tagCount = 64

/** The tag of a key (FNV-1a). */
export const tagOf = (key: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  }
  return ((hash >>> 0) ^ (hash >>> 17)) & (tagCount - 1)
}

/** What a key is for: a copy, a claim, a limit, or a probe. */
export type KeyUse = "copy" | "claim" | "limit" | "probe"

/** The name of a key in Redis. */
export const nameOf = (prefix: string, use: KeyUse, tag: number, key: string): string =>
  `${prefix}:${use}:{${tag}}:${key}`
