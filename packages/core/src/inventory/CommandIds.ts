/**
 * Where command ids come from: UUIDv7, so that what they lead to lies together in an index. The
 * default draws from the platform's random source; a test may provide a sequence of its own.
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

/** The source of command ids and batch ids. */
export const CommandIds = Context.Reference<{ readonly next: () => CommandId }>(
  "@holdfast/core/inventory/CommandIds",
  { defaultValue: () => ({ next: () => commandIdFrom(Date.now(), randomBytes()) }) }
)
