/**
 * A standby takes over from its primary under load: `pnpm drill failover`, with `--rate 300` and
 * `--seconds 8`, which is how long the load goes on altogether, beside the outage; then three nodes of Patroni do, where Patroni and etcd can be had. `--only patroni`
 * leaves out the rest. It prints a line for each way, and ends with 1 when a promise was broken.
 */
import { parseArgs } from "node:util"
import { whyNoPatroni, whyNoPostgres } from "@holdfast/test-servers"
import { type FailoverOptions, isKept, lineOf, loseThePrimary } from "./failover.ts"
import { patroniDrill } from "./patroni.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    seconds: { type: "string", default: "8" },
    rate: { type: "string", default: "300" },
    only: { type: "string" }
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
for (const options of values.only === "patroni" ? [] : runs) {
  const report = await loseThePrimary(options)
  console.log(lineOf(options, report))
  isBroken ||= !isKept(options, report)
}
const noPatroni = whyNoPatroni()
if (noPatroni === undefined) {
  const areKept = await patroniDrill(load, (line) => console.log(line))
  isBroken ||= !areKept
} else console.log(`\n*** ${noPatroni}: no run with Patroni ***\n`)
process.exit(isBroken ? 1 : 0)
