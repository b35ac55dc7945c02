/**
 * How far an import is: a bar on one line of a terminal, or a line of JSON for machines. The rate is
 * that of this run; the time that is left goes by the bytes that are.
 */
import type { DecidedPart } from "@holdfast/core/exchange"

/** How far it is, at one moment. */
export interface ProgressState {
  readonly records: number
  readonly failed: number
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly recordsPerSecond: number
  /** Null before there is a rate. */
  readonly secondsLeft: number | null
}

const barWidth = 24
const drawMillisMin = 100

const clockOf = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60)
  return `${minutes}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
}

/** The bar as a line of at most 80 columns. */
export const barLine = (state: ProgressState): string => {
  const share = state.bytesTotal === 0 ? 1 : Math.min(1, state.bytesDone / state.bytesTotal)
  const full = Math.round(share * barWidth)
  const bad = state.failed === 0 ? "" : `, ${state.failed.toLocaleString("en")} bad`
  const left = state.secondsLeft === null ? "" : `, ${clockOf(state.secondsLeft)} left`
  return (
    `[${"#".repeat(full)}${"-".repeat(barWidth - full)}] ${Math.floor(share * 100)} % ` +
    `${state.records.toLocaleString("en")} records, ` +
    `${state.recordsPerSecond.toLocaleString("en")}/s${left}${bad}`
  )
}

/** Where progress is shown, and how time is read. */
export interface ProgressOptions {
  readonly bytesTotal: number
  /** Records that an earlier run has decided; they do not count for the rate. */
  readonly passed: number
  readonly json: boolean
  readonly isTerminal: boolean
  readonly write: (text: string) => void
  readonly nowMillis: () => number
}

/** Shows progress as parts are decided. */
export const makeProgress = (options: ProgressOptions) => {
  const { bytesTotal, isTerminal, json, nowMillis, passed, write } = options
  const startedAt = nowMillis()
  let shownAt = startedAt
  let isDrawn = false
  const stateAfter = ({ bytesDone, counts }: DecidedPart, now: number): ProgressState => {
    const seconds = Math.max(0.001, (now - startedAt) / 1_000)
    const share = bytesTotal === 0 ? 1 : bytesDone / bytesTotal
    return {
      records: counts.records,
      failed: counts.failed,
      bytesDone,
      bytesTotal,
      recordsPerSecond: Math.round((counts.records - passed) / seconds),
      secondsLeft: share === 0 ? null : Math.round((seconds / share) * (1 - share))
    }
  }
  return {
    show: (part: DecidedPart): void => {
      const now = nowMillis()
      if ((!json && !isTerminal) || now - shownAt < drawMillisMin) return
      shownAt = now
      const state = stateAfter(part, now)
      if (json) write(`${JSON.stringify({ type: "progress", ...state })}\n`)
      else {
        isDrawn = true
        write(`\r${barLine(state)}\u001b[K`)
      }
    },
    clear: (): void => {
      if (isDrawn) write("\r\u001b[K")
      isDrawn = false
    }
  }
}
