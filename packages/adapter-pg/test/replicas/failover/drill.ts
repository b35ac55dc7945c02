/**
 * A standby takes over from its primary under load: `pnpm drill failover`, with `--rate 300` and
 * `--seconds 8`, which is how long the load goes on altogether, beside the outage. It prints a line for
 * each way, and ends with 1 when a promise was broken.
 */
import { parseArgs } from "node:util"
import { whyNoPostgres } from "@holdfast/test-servers"
import { type FailoverOptions, isKept, lineOf, loseThePrimary } from "./failover.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    seconds: { type: "string", default: "8" },
    rate: { type: "string", default: "300" }
  }
})

const reason = whyNoPostgres()
if (reason !== undefined) throw new Error(reason)
const half = Number(values.seconds) * 500
const load = { writesPerSecond: Number(values.rate), beforeMillis: half, afterMillis: half }
const runs: ReadonlyArray<FailoverOptions> = [
  { ...load, isSynchronous: true, loss: "KILLED" },
  { ...load, isSynchronous: true, loss: "READ_ONLY" },
  { ...load, isSynchronous: false, loss: "READ_ONLY" },
  { ...load, isSynchronous: false, loss: "KILLED" },
  { ...load, isSynchronous: false, loss: "BEHIND" }
]
let isBroken = false
for (const options of runs) {
  const report = await loseThePrimary(options)
  console.log(lineOf(options, report))
  isBroken ||= !isKept(options, report)
}
console.log(
  "SKIPPED: no run with Patroni: this drill promotes by itself. A cluster of Patroni needs patroni, etcd and haproxy"
)
process.exit(isBroken ? 1 : 0)
