/**
 * `pnpm drill soak`: one server at 300 requests a second for ten minutes; `--minutes 4` or `--hours 8` for
 * another time, `--rate 100` for another load. Ends with 1 when the heap grows by more than 1 MiB a minute
 * after the warm-up, when more and more handles or connections are open, or when a request failed.
 */
import { parseArgs } from "node:util"
import { whyNoPostgres } from "@holdfast/test-servers"
import { judge } from "./judging.ts"
import { soak } from "./soak.ts"

const reason = process.platform === "linux" ? whyNoPostgres() : "SKIPPED: it reads /proc of Linux"
if (reason !== undefined) {
  console.error(reason)
  process.exit(1)
}

const { values } = parseArgs({
  options: {
    hours: { type: "string", default: "0" },
    minutes: { type: "string" },
    rate: { type: "string", default: "300" }
  }
})
const hours = Number(values.hours)
const minutes = Number(values.minutes ?? (hours > 0 ? 0 : 10)) + hours * 60
const requestsPerSecond = Number(values.rate)
if (!(minutes >= 1) || !(requestsPerSecond > 0)) {
  console.error("drill soak: --minutes or --hours of a minute at least, and a --rate above 0")
  process.exit(2)
}

const millis = minutes * 60_000
// Code is compiled, pools are opened and bounded caches are filled in the first minutes.
const warmUpMillis = Math.min(120_000, millis / 3)
let last = Number.NEGATIVE_INFINITY
const report = await soak({
  requestsPerSecond,
  millis,
  sampleMillis: Math.min(10_000, millis / 60),
  onSample: ({ atMillis, connections, files, handles, heapBytes }) => {
    if (atMillis - last < Math.max(30_000, millis / 20)) return
    last = atMillis
    console.log(
      `${(atMillis / 60_000).toFixed(1)} min: heap ${(heapBytes / 1_048_576).toFixed(1)} MiB, ` +
        `${files} files, ${handles} handles, ${connections} connections`
    )
  }
})
const { connections, faults, files, handles, heapSlope } = judge(report.samples, warmUpMillis)
const failed = [...report.failures].map(([why, count]) => `${count} × ${why}`)
console.log(
  `${report.requests.toLocaleString("en")} requests in ${minutes} min, ${report.failed.length} failed` +
    `${failed.length === 0 ? "" : ` (${failed.join(", ")})`}, slowest ${report.slowestMillis} ms\n` +
    `after ${Math.round(warmUpMillis / 1_000)} s: heap ${heapSlope >= 0 ? "+" : ""}${heapSlope.toFixed(2)} MiB a minute, ` +
    `files ${files.join(" → ")}, handles ${handles.join(" → ")}, connections ${connections.join(" → ")}`
)
for (const fault of faults) console.log(`FAILED: ${fault}`)
process.exit(faults.length + report.failed.length + (report.code === 0 ? 0 : 1) === 0 ? 0 : 1)
