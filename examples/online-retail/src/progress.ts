/**
 * How far the replay is: on a terminal one line with a bar, the rate and the time left, drawn over
 * itself; elsewhere a plain line every few seconds. It writes to the stream that it is given and to
 * nothing else.
 */

/** Where progress is drawn, such as `process.stderr`. */
export interface Screen {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly write: (text: string) => unknown
}

/** How much there is to do, and how much of it is done. */
export interface Progress {
  readonly linesDone: number
  readonly linesTotal: number
  readonly ordersDone: number
  readonly elapsedMillis: number
}

const minutes = (millis: number): string => {
  const seconds = Math.round(millis / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

const grouped = (value: number): string => Math.round(value).toLocaleString("en")

/** Progress in words: how much is done, how fast, and the time left at that rate. */
export const progressText = (progress: Progress): string => {
  const { elapsedMillis, linesDone, linesTotal, ordersDone } = progress
  const perSecond = elapsedMillis === 0 ? 0 : (linesDone * 1_000) / elapsedMillis
  const left = linesDone === 0 ? "--:--" : minutes(((linesTotal - linesDone) * 1_000) / perSecond)
  const percent = linesTotal === 0 ? 100 : Math.floor((100 * linesDone) / linesTotal)
  return (
    `${String(percent).padStart(3)} %  ${grouped(linesDone)} of ${grouped(linesTotal)} lines  ` +
    `${grouped(ordersDone)} orders  ${grouped(perSecond)} lines/s  ${left} left`
  )
}

const bar = (share: number, width: number): string => {
  const full = Math.round(share * width)
  return "█".repeat(full) + "░".repeat(width - full)
}

/** Draws progress until it is stopped; asks `current` only when it draws. */
export const showProgress = (screen: Screen, current: () => Progress): { stop: () => void } => {
  const isTerminal = screen.isTTY === true
  const draw = () => {
    const progress = current()
    const words = progressText(progress)
    if (!isTerminal) return void screen.write(`${words}\n`)
    const width = Math.min(30, (screen.columns ?? 80) - words.length - 3)
    const share = progress.linesTotal === 0 ? 1 : progress.linesDone / progress.linesTotal
    const drawn = width < 5 ? words : `${bar(share, width)} ${words}`
    screen.write(`\r${drawn.slice(0, (screen.columns ?? 80) - 1)}\u001b[K`)
  }
  const timer = setInterval(draw, isTerminal ? 100 : 5_000)
  return {
    stop: () => {
      clearInterval(timer)
      draw()
      if (isTerminal) screen.write("\n")
    }
  }
}
