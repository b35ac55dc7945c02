/** Puts reports into docs/BENCHMARKS.md, each between the markers that carry its name. */
import { readFileSync, writeFileSync } from "node:fs"
import { describeMachine, type Machine } from "./machine.ts"
import { type Report, toMarkdown } from "./Report.ts"

const page = new URL("../../docs/BENCHMARKS.md", import.meta.url)

/** The page with a report in place of what stood between its markers. */
export const withReport = (text: string, report: Report, machine: Machine): string => {
  const start = `<!-- bench:${report.name} -->`
  const end = `<!-- /bench:${report.name} -->`
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/BENCHMARKS.md has no place for ${report.name}`)
  const body = `\n${toMarkdown(report)}\n\n*${describeMachine(machine)}*\n`
  return `${text.slice(0, from + start.length)}${body}${text.slice(to)}`
}

/** Writes reports into the page. */
export const writeReports = (reports: ReadonlyArray<Report>, machine: Machine): void => {
  const written = reports.reduce(
    (text, report) => withReport(text, report, machine),
    readFileSync(page, "utf8")
  )
  writeFileSync(page, written)
}
