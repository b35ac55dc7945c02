/**
 * Standard error, bounded. A reader that does not read, such as a full pipe, holds nobody up: what would
 * wait beyond a bound is dropped and counted, and the log says how much it was once it is read again.
 */
import type { Writable } from "node:stream"

/** The most that may wait for the reader, in bytes. */
const waitingBytesMax = 1_048_576

/** Where lines go. */
export interface LogOutput {
  readonly write: (line: string) => void
  /** How many lines were dropped since the process began. */
  readonly dropped: () => number
}

/** Writes to a stream. `told` makes the line that says how many lines were dropped before it. */
export const logOutputTo = (
  stream: Writable,
  told: (dropped: number) => string,
  bytesMax: number = waitingBytesMax
): LogOutput => {
  let all = 0
  let untold = 0
  let isGone = false
  // Without a listener, a reader that has gone would end the process.
  stream.on("error", () => {
    isGone = true
  })
  return {
    write: (line) => {
      if (isGone || stream.writableLength > bytesMax) {
        all += 1
        untold += 1
        return
      }
      if (untold > 0) {
        const text = told(untold)
        untold = 0
        stream.write(`${text}\n`)
      }
      stream.write(`${line}\n`)
    },
    dropped: () => all
  }
}
