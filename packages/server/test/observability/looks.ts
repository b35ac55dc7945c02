/** What the drill looks for at each program, and what it found in words. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../eventually.ts"
import { shipped } from "./programs.ts"

const json = async <A>(url: string, init?: RequestInit): Promise<A> => {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${init?.method ?? "GET"} ${url}: ${answer.status} ${text}`)
  return JSON.parse(text) as A
}

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links?: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>
}

interface TraceLine {
  readonly resourceSpans: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
  }>
}

/** The spans in what a Collector wrote. */
export const spansIn = (folder: string): ReadonlyArray<Span> => {
  const file = join(folder, "traces.jsonl")
  if (!existsSync(file)) return []
  // The last line may be half written.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1)
  return lines
    .map((line) => JSON.parse(line) as TraceLine)
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
}

/** The spans of a trace, and those of other traces that are linked to one of them, a line each. */
export const traceTree = (spans: ReadonlyArray<Span>, traceId: string): ReadonlyArray<string> => {
  const own = spans.filter((span) => span.traceId === traceId)
  const below = (parent: string, depth: number): ReadonlyArray<string> =>
    own
      .filter(({ parentSpanId = "" }) => parentSpanId === parent)
      .flatMap(({ name, spanId }) => [
        `${"  ".repeat(depth)}${name}`,
        ...below(spanId, depth + 1),
        ...spans
          .filter(({ links = [] }) => links.some((link) => link.spanId === spanId))
          .map((linked) => `${"  ".repeat(depth + 1)}↳ linked: ${linked.name}`)
      ])
  const known = new Set(own.map(({ spanId }) => spanId))
  const outer = new Set(
    own.map(({ parentSpanId = "" }) => parentSpanId).filter((id) => !known.has(id))
  )
  return [...outer].flatMap((parent) => below(parent, 0))
}

/** What Prometheus learned of a server. */
export interface Learned {
  readonly names: ReadonlyArray<string>
  readonly undocumented: ReadonlyArray<string>
  readonly brokenRules: ReadonlyArray<string>
  readonly firing: ReadonlyArray<string>
}

interface RuleGroups {
  readonly data: {
    readonly groups: ReadonlyArray<{
      readonly rules: ReadonlyArray<{
        readonly name: string
        readonly health: string
        readonly state?: string
        readonly lastError?: string
      }>
    }>
  }
}

/** Waits until Prometheus has scraped a server and computed every rule, and reads what it knows. */
export const learnedBy = async (
  url: string,
  documented: string,
  busy: () => Promise<void>
): Promise<Learned> => {
  const rules = await eventually(async () => {
    await busy()
    const { data } = await json<RuleGroups>(`${url}/api/v1/rules`)
    const all = data.groups.flatMap(({ rules }) => rules)
    const up = await json<{ data: { result: ReadonlyArray<{ value: [number, string] }> } }>(
      `${url}/api/v1/query?query=${encodeURIComponent('up{job="holdfast"} == 1 and on() holdfast:http_requests:rate5m > 0')}`
    )
    const isDone = up.data.result.length === 1 && all.every(({ health }) => health !== "unknown")
    return isDone ? all : undefined
  })
  const { data } = await json<{ data: ReadonlyArray<string> }>(
    `${url}/api/v1/label/__name__/values`
  )
  const names = data
    .filter((name) => /^(holdfast_|process_|nodejs_)/.test(name))
    .map((name) => name.replace(/_(bucket|sum|count)$/, ""))
  const whole = [...new Set(names)]
  return {
    names: whole,
    undocumented: whole.filter((name) => !documented.includes(`\`${name}`)),
    brokenRules: rules
      .filter(({ health }) => health !== "ok")
      .map(({ lastError, name }) => `${name}: ${lastError}`),
    firing: rules.filter(({ state }) => state === "firing").map(({ name }) => name)
  }
}

/** Puts the shipped index template into a search server. */
export const putTemplate = (url: string) =>
  json(`${url}/_index_template/logs-holdfast`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: readFileSync(join(shipped, "logs/index-template.json"), "utf8")
  })

interface Hits {
  readonly hits: { readonly total: { readonly value: number } }
}

const searching = async (url: string, query: string): Promise<number> => {
  const index = `${url}/logs-holdfast-default`
  await fetch(`${index}/_refresh`, { method: "POST" }).then((answer) => answer.text())
  const found = await json<Hits>(
    `${index}/_search?size=0&track_total_hits=true&q=${encodeURIComponent(query)}`
  ).catch(() => undefined)
  return found?.hits.total.value ?? 0
}

/** Hands lines to rsyslog, and waits until the search server has as many documents. */
export const foundAgain = async (
  url: string,
  folder: string,
  log: string,
  traceId: string
): Promise<{ readonly lines: number; readonly found: number; readonly ofTrace: number }> => {
  const lines = log.split("\n").filter((line) => line !== "")
  writeFileSync(join(folder, "holdfast.log"), lines.map((line) => `${line}\n`).join(""))
  const refused = join(folder, "refused.json")
  const found = await eventually(async () => {
    if (existsSync(refused)) throw new Error(`refused: ${readFileSync(refused, "utf8")}`)
    const count = await searching(url, "*")
    return count >= lines.length ? count : undefined
  })
  return { lines: lines.length, found, ofTrace: await searching(url, `trace.id:${traceId}`) }
}
