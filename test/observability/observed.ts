/** What the files under deploy/observability name, read for the tests. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Where the files are. */
export const folder = join(root, "deploy/observability")

/** Reads a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** Reads YAML or JSON under deploy/observability. */
export const readYaml = <A>(path: string): A => parse(read(`deploy/observability/${path}`)) as A

/** A rule that computes a series, or that fires. */
export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** The rules of a file. */
export const rulesOf = (file: string): ReadonlyArray<Rule> =>
  readYaml<{ groups: ReadonlyArray<{ rules: ReadonlyArray<Rule> }> }>(
    `prometheus/rules/${file}`
  ).groups.flatMap(({ rules }) => rules)

const words = new Set([
  ...["by", "without", "on", "ignoring", "group_left", "group_right", "offset", "and", "or"],
  ...["unless", "bool", "inf", "nan"]
])

/** The names of the metrics that an expression asks for. */
export const metricsIn = (expression: string): ReadonlyArray<string> => {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, "")
    .replace(/\{[^}]*\}/g, "")
    .replace(/\[[^\]]*\]/g, "")
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "")
  return [...bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)(\s*\()?/g)].flatMap(
    ([, name = "", call]) => (call !== undefined || words.has(name.toLowerCase()) ? [] : [name])
  )
}

/** The metric that a series is of: a histogram has three kinds of series. */
export const metricOf = (series: string): string => series.replace(/_(?:bucket|sum|count)$/, "")

interface Target {
  readonly expr?: string
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly description?: string
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets?: ReadonlyArray<Target>
  readonly panels?: ReadonlyArray<Panel>
}

/** A dashboard of Grafana, as far as tests look. */
export interface GrafanaDashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly templating: { readonly list: ReadonlyArray<{ readonly query?: string }> }
  readonly panels: ReadonlyArray<Panel>
}

/** The dashboards of Grafana, by their files. */
export const dashboards = (): ReadonlyArray<readonly [string, GrafanaDashboard]> =>
  readdirSync(join(folder, "grafana/dashboards"))
    .filter((file) => file.endsWith(".json"))
    .map((file) => [file, readYaml<GrafanaDashboard>(`grafana/dashboards/${file}`)] as const)

/** Metrics of others that rules and dashboards may use: of the scrape itself and of the exporter of the machine. */
const ofOthers = ["up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"]

/** The metrics that exist: those which docs/METRICS.md promises, and the few of others. */
export const documented = (): ReadonlySet<string> =>
  new Set([
    ...ofOthers,
    ...(read("docs/METRICS.md").match(/\b(?:holdfast|process|nodejs)_[a-z_]+[a-z]\b/g) ?? [])
  ])

/** What an expression asks for that neither is documented nor computed by a recording rule. */
export const unknownIn = (expression: string): ReadonlyArray<string> => {
  const recorded = new Set(rulesOf("recording.yml").map(({ record }) => record))
  const known = documented()
  return metricsIn(expression).filter(
    (name) => !recorded.has(name) && !known.has(name) && !known.has(metricOf(name))
  )
}
