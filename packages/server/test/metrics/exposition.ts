/** What a server exports as Prometheus text, and what the page about metrics says that it exports. */
import { readFileSync } from "node:fs"

/** A metric as it is exported or documented. */
export interface Described {
  readonly name: string
  readonly kind: string
  readonly labels: ReadonlyArray<string>
}

/** A series and its value. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/

/** Every series of a text; throws for a line that is none. */
export const samplesOf = (text: string): ReadonlyArray<Sample> =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, labels = "", value] = sampleLine.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`)
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, text])),
        value: Number(value)
      }
    })

/** The metrics of a text, each with the labels of its first series. */
export const describedIn = (text: string): ReadonlyArray<Described> => {
  const samples = samplesOf(text)
  return [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = "", kind = ""]) => {
    const of = kind === "histogram" ? `${name}_count` : name
    const first = samples.find((sample) => sample.name === of)
    return { name, kind, labels: Object.keys(first?.labels ?? {}).toSorted() }
  })
}

/** The value of a series; undefined when it is not there. */
export const valueOf = (
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {}
): number | undefined =>
  samplesOf(text).find(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  )?.value

const page = new URL("../../../../docs/METRICS.md", import.meta.url)

const row = /^\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*) \| (\w*) ?\| ([^|]+) \|$/gm

/** What the page says, with units. */
export const documented = (): ReadonlyArray<Described & { readonly unit: string }> =>
  [...readFileSync(page, "utf8").matchAll(row)].map(
    ([, name = "", kind = "", labels = "", unit = ""]) => ({
      name,
      kind,
      unit,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label).toSorted()
    })
  )

/** Reads the metrics of a server. */
export const scrape = async (server: object): Promise<string> => {
  const { metrics } = server as { readonly metrics: string }
  const response = await fetch(metrics)
  if (response.status !== 200) throw new Error(`${metrics} answered with ${response.status}`)
  return response.text()
}
