/**
 * A real server is watched by real programs, with the files of `deploy/observability`: a trace in the file of a
 * Collector, every metric and rule in Prometheus, every line of log again in OpenSearch. What this machine lacks
 * is named and skipped. `pnpm drill observability` ends with 1 when something that ran did not work out.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Brought, bringCollector, bringOpenSearch, whyNoWatcher } from "@holdfast/test-servers"
import { eventually } from "../eventually.ts"
import { startServer } from "../ServerProcess.ts"
import { foundAgain, learnedBy, putTemplate, spansIn, traceTree } from "./looks.ts"
import {
  startCollector,
  startOpenSearch,
  startPrometheus,
  startRsyslog,
  type Up
} from "./programs.ts"

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
let failed = 0

const say = (part: string, isWell: boolean, words: string) => {
  if (!isWell) failed += 1
  console.log(`${isWell ? "ok    " : "FAILED"} ${part}: ${words}`)
}

const skip = (part: string, reason: string) => console.log(`SKIPPED ${part}: ${reason}`)

const folder = mkdtempSync(join(tmpdir(), "holdfast-observability-"))
const documented = readFileSync(new URL("../../../../docs/METRICS.md", import.meta.url), "utf8")

const receivingBy = async (collector: Brought): Promise<Up | undefined> =>
  "path" in collector ? startCollector(collector.path, folder) : undefined

/** Reserves one of the demo's SKUs for another order each time. */
const reserving = (url: string) => {
  let order = 0
  return async (headers: Readonly<Record<string, string>>): Promise<void> => {
    order += 1
    const answer = await fetch(`${url}/api/inventory/orders/drill-${order}/reservations`, {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ lines: [{ skuId: "85123A", quantity: 1 }] })
    })
    await answer.text()
  }
}

const watchTraces = async (): Promise<void> => {
  const spans = await eventually(async () => {
    const all = spansIn(folder)
    const tree = traceTree(all, traceId)
    return tree.length > 0 && tree.some((line) => line.includes("linked")) ? all : undefined
  }).catch(() => spansIn(folder))
  const tree = traceTree(spans, traceId)
  say("Collector", tree.length > 1, `${spans.length} spans in its file; the tree of one request:`)
  for (const line of tree) console.log(`         ${line}`)
}

const watchMetrics = async (target: string, busy: () => Promise<void>): Promise<void> => {
  const reason = whyNoWatcher("prometheus")
  if (reason !== undefined) return skip("Prometheus", reason)
  await using prometheus = await startPrometheus(target, folder)
  const { brokenRules, firing, names, undocumented } = await learnedBy(
    prometheus.url,
    documented,
    busy
  )
  say("Prometheus", names.length > 20, `scraped ${names.length} metrics of the server`)
  say(
    "documented",
    undocumented.length === 0,
    `not in docs/METRICS.md: ${undocumented.join(", ") || "none"}`
  )
  say(
    "rules",
    brokenRules.length === 0,
    `all computed; broken: ${brokenRules.join(", ") || "none"}`
  )
  say("alerts", firing.length === 0, `firing on a healthy server: ${firing.join(", ") || "none"}`)
}

const watchLogs = async (log: string): Promise<void> => {
  const search = bringOpenSearch()
  if ("reason" in search) return skip("OpenSearch", search.reason)
  const reason = whyNoWatcher("rsyslogd")
  if (reason !== undefined) return skip("OpenSearch", reason)
  await using openSearch = await startOpenSearch(search.path, folder)
  await putTemplate(openSearch.url)
  await using _rsyslog = startRsyslog(new URL(openSearch.url).port, folder)
  const { found, lines, ofTrace } = await foundAgain(openSearch.url, folder, log, traceId)
  say("OpenSearch", found === lines, `${found} of ${lines} lines of log found again`)
  say("by trace", ofTrace > 0, `${ofTrace} lines found by the trace of one request`)
}

try {
  console.log("Preparing: the Collector and OpenSearch are made once, which may take minutes.")
  const collector = bringCollector()
  if ("reason" in collector) skip("Collector", collector.reason)
  await using receiving = await receivingBy(collector)
  const args = [
    "--memory",
    "--demo",
    "--metrics-port",
    "0",
    "--log-format",
    "ecs",
    "--access-log",
    "all"
  ]
  await using server = await startServer(args, {
    env: {
      OTEL_TRACES_EXPORTER: receiving === undefined ? "none" : "otlp",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      ...(receiving === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: receiving.url })
    }
  })
  const { metrics } = server as unknown as { readonly metrics: string }
  const reserve = reserving(server.url)
  for (let request = 0; request < 20; request += 1) {
    await reserve(request === 7 ? { traceparent } : {})
  }
  if (receiving !== undefined) await watchTraces()
  await watchMetrics(new URL(metrics).host, () => reserve({}))
  const { stderr } = await server.stop()
  await watchLogs(stderr)
  for (const name of ["Grafana", "Tempo", "Kibana", "Logstash", "Filebeat", "Alertmanager"]) {
    skip(name, "not run here; its files are checked by test/observability")
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed === 0 ? 0 : 1)
