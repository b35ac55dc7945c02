/**
 * Three full rolling restarts of three servers behind haproxy, on layer 7 and on layer 4, at 300
 * requests a second and 30,000 requests at least; and once more with a server that is killed. Prints
 * requests and failures, and ends with 1 when any request failed that may not. Takes about six minutes.
 */
import { whyNoPostgres, whyNoProgram } from "@holdfast/test-servers"
import { type RollingReport, rollingRestart } from "./rollingRestart.ts"

const reason = whyNoPostgres() ?? whyNoProgram("haproxy")
if (reason !== undefined) {
  console.error(reason)
  process.exit(1)
}

const countOf = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((sum, number) => sum + number, 0)

const wordsOf = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([what, count]) => `${count} × ${what}`).join(", ")

const say = (name: string, { codes, failures, requests, slowestMillis }: RollingReport) => {
  const why = wordsOf(failures)
  console.log(
    `${name}: ${codes.length} restarts, ${requests.toLocaleString("en")} requests, ${countOf(failures)} failed` +
      `${why === "" ? "" : ` (${why})`}, slowest ${slowestMillis} ms, exit codes ${codes.join(" ")}`
  )
}

const load = { rounds: 3, requestsPerSecond: 300, requestsMin: 30_000, leaveTime: "5s" } as const

let faults = 0
for (const mode of ["http", "tcp"] as const) {
  const report = await rollingRestart({ mode, ...load })
  say(`haproxy ${mode === "http" ? "L7" : "L4"}`, report)
  faults += countOf(report.failures) + report.codes.filter((code) => code !== 0).length
}

const killed = 4
const report = await rollingRestart({ mode: "http", ...load, killed })
say(`haproxy L7, restart ${killed + 1} is kill -9`, report)
const { kill } = report
if (kill === undefined) throw new Error("no server was killed")
console.log(
  `  ${kill.underWay} requests were under way; ${kill.failed} failed, and ${kill.failedLater.length} of those that were ` +
    `sent when haproxy had seen it go; sent again under their keys: ${wordsOf(kill.repeated)}; orders with another stock than one unit: ${kill.wrong.length}`
)
faults += kill.failedLater.length + kill.others.length + kill.wrong.length
faults += report.codes.filter((code, at) => code !== (at === killed ? null : 0)).length
faults += [...kill.repeated].filter(([how]) => !how.startsWith("201")).length
process.exit(faults === 0 ? 0 : 1)
