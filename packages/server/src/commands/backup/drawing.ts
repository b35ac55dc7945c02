/** Draws how far a copy is: a bar on a terminal, or lines of JSON on standard error. */
import type { CopyProgress } from "@holdfast/adapter-pg/effect"

const drawMillisMin = 200
const barWidth = 24

const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`

/** The bar as a line of at most 80 columns. */
export const copyLine = (what: string, { bytesDone, bytesTotal }: CopyProgress): string => {
  const share = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal)
  const full = Math.round(share * barWidth)
  const bar = `[${"#".repeat(full)}${"-".repeat(barWidth - full)}]`
  return `${bar} ${Math.floor(share * 100)} % ${what}, ${mebibytes(bytesDone)} of ${mebibytes(bytesTotal)}`
}

/** Shows progress, five times a second at most. */
export const makeCopyDrawing = (what: string, { json }: { readonly json: boolean }) => {
  const { stderr } = process
  let drawnAt = performance.now()
  let isDrawn = false
  return {
    show: (progress: CopyProgress): void => {
      const now = performance.now()
      if ((!json && !stderr.isTTY) || now - drawnAt < drawMillisMin) return
      drawnAt = now
      isDrawn = !json
      const line = json
        ? `${JSON.stringify({ type: "progress", doing: what, ...progress })}\n`
        : `\r${copyLine(what, progress)}\u001b[K`
      stderr.write(line)
    },
    clear: (): void => {
      if (isDrawn) stderr.write("\r\u001b[K")
      isDrawn = false
    }
  }
}
