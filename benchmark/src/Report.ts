/**
 * What a benchmark found: a table of medians from one run with the ratios between them, and how
 * the aims fared. The same report is printed, written into the documentation, or given as JSON.
 */

/** One row of the table. What is absent was not measured or makes no sense for the row. */
export interface Row {
  readonly name: string
  readonly perSecond?: number
  readonly p50Micros?: number
  readonly p99Micros?: number
  readonly megabytes?: number
  readonly peakMegabytes?: number
  /** The ratio that the report's `ratioIs` explains. */
  readonly ratio?: number
}

/** What was aimed at, and what came out; absent when a yardstick was missing. */
export interface Aim {
  readonly what: string
  readonly unit: "×" | "MB" | "ms" | "/s"
  readonly bound: { readonly atLeast: number } | { readonly atMost: number }
  readonly measured: number | undefined
}

/** The result of one benchmark. */
export interface Report {
  readonly name: string
  readonly title: string
  readonly about: string
  /** What the last column of the table compares. */
  readonly ratioIs: string
  readonly rows: ReadonlyArray<Row>
  readonly aims: ReadonlyArray<Aim>
}

const digits = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 })

const milliseconds = (micros: number): string => `${digits(micros / 1000)} ms`

interface Column {
  readonly head: string
  readonly cell: (row: Row) => string | undefined
}

const cell =
  (read: (row: Row) => number | undefined, show: (value: number) => string) =>
  (row: Row): string | undefined => {
    const value = read(row)
    return value === undefined ? undefined : show(value)
  }

const megabytes = (value: number): string => `${digits(value)} MB`

const times = (value: number): string => `${digits(value)} ×`

const columnsOf = ({ ratioIs, rows }: Report): ReadonlyArray<Column> => {
  const columns: ReadonlyArray<Column> = [
    { head: "", cell: (row) => row.name },
    { head: "per second", cell: cell((row) => row.perSecond, digits) },
    { head: "p50", cell: cell((row) => row.p50Micros, milliseconds) },
    { head: "p99", cell: cell((row) => row.p99Micros, milliseconds) },
    { head: "under load", cell: cell((row) => row.megabytes, megabytes) },
    { head: "since start", cell: cell((row) => row.peakMegabytes, megabytes) },
    { head: ratioIs, cell: cell((row) => row.ratio, times) }
  ]
  return columns.filter((column) => rows.some((row) => column.cell(row) !== undefined))
}

/** Whether an aim was met; undefined when it was not measured. */
export const isMet = ({ bound, measured }: Aim): boolean | undefined => {
  if (measured === undefined) return undefined
  return "atLeast" in bound ? measured >= bound.atLeast : measured <= bound.atMost
}

const amount = (value: number, unit: Aim["unit"]): string =>
  unit === "/s" ? `${digits(value)}/s` : `${digits(value)} ${unit}`

const aimLine = (aim: Aim): string => {
  const { bound, measured, unit, what } = aim
  const wanted =
    "atLeast" in bound ? `≥ ${amount(bound.atLeast, unit)}` : `≤ ${amount(bound.atMost, unit)}`
  const found = measured === undefined ? "not measured" : amount(measured, unit)
  const verdict = { true: "met", false: "missed", undefined: "open" }[`${isMet(aim)}`]
  return `- ${what}: aim ${wanted}, **${found}**, ${verdict}`
}

/** The report as Markdown that also reads well on a terminal. */
export const toMarkdown = (report: Report): string => {
  const columns = columnsOf(report)
  const cells = [
    columns.map(({ head }) => head),
    ...report.rows.map((row) => columns.map((column) => column.cell(row) ?? ""))
  ]
  const widths = columns.map((_, at) => Math.max(3, ...cells.map((line) => line[at]?.length ?? 0)))
  const lines = cells.map((line) => {
    const padded = line.map((text, at) =>
      at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)
    )
    return `| ${padded.join(" | ")} |`
  })
  const rule = widths.map((width, at) =>
    at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  )
  const [head = "", ...body] = lines
  return [
    `### ${report.title}`,
    "",
    report.about,
    "",
    head,
    `| ${rule.join(" | ")} |`,
    ...body,
    "",
    ...report.aims.map(aimLine)
  ].join("\n")
}
