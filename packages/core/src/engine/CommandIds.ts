/**
 * Where command ids come from: UUIDv7, so that rows made at one time lie together in an index. The
 * default draws from the platform's random source and rises with every draw; a test may provide a
 * sequence of its own.
 */
import * as Context from "effect/Context"
import { type CommandId, commandIdFrom } from "../kernel/Identifier.ts"

const bytesPerId = 8
const pool = new Uint8Array(bytesPerId * 512)
let offset = pool.length

/** Draws 512 ids' worth of random bytes at a time: one call a command was a tenth of its cost. */
const randomBytes = (): Uint8Array => {
  if (offset === pool.length) {
    globalThis.crypto.getRandomValues(pool)
    offset = 0
  }
  offset += bytesPerId
  return pool.subarray(offset - bytesPerId, offset)
}

let latestMillis = 0
let step = 0

/**
 * Ids that rise with every draw, also within a millisecond: the first 12 of an id's random bits
 * count up there, from a random start in their lower half. So the rows that one engine writes at
 * one instant sort in the order of their decisions.
 */
const nextId = (): CommandId => {
  const random = randomBytes()
  const nowMillis = Date.now()
  if (nowMillis > latestMillis) {
    latestMillis = nowMillis
    step = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x7ff
  } else if (step < 0xfff) step += 1
  else {
    latestMillis += 1
    step = 0
  }
  random[0] = step >> 8
  random[1] = step & 0xff
  return commandIdFrom(latestMillis, random)
}

/** The source of command ids and batch ids. */
export const CommandIds = Context.Reference<{ readonly next: () => CommandId }>(
  "@holdfast/core/inventory/CommandIds",
  { defaultValue: () => ({ next: nextId }) }
)
