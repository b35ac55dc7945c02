/**
 * Three full rolling restarts of three servers behind haproxy, on layer 7 and on layer 4, at 200
 * requests a second. Prints requests and failures, and ends with 1 when any request failed. Takes
 * about five minutes.
 */
import { whyNoPostgres, whyNoProgram } from "@holdfast/test-servers"
import { rollingRestart } from "./rollingRestart.ts"

const reason = whyNoPostgres() ?? whyNoProgram("haproxy")
if (reason !== undefined) {
  console.error(reason)
  process.exit(1)
}

let failed = 0
for (const mode of ["http", "tcp"] as const) {
  const { codes, failures, requests, slowestMillis } = await rollingRestart({
    mode,
    rounds: 3,
    requestsPerSecond: 200,
    leaveTime: "5s"
  })
  const count = [...failures.values()].reduce((sum, number) => sum + number, 0)
  failed += count + codes.filter((code) => code !== 0).length
  const why = [...failures].map(([failure, number]) => `${number} × ${failure}`).join(", ")
  console.log(
    `haproxy ${mode === "http" ? "L7" : "L4"}: ${codes.length} restarts, ${requests} requests, ` +
      `${count} failed${why === "" ? "" : ` (${why})`}, slowest ${slowestMillis} ms, ` +
      `exit codes ${codes.join(" ")}`
  )
}
process.exit(failed === 0 ? 0 : 1)
