/**
 * Restores under load: `pnpm drill restore`, with `--rows` (300,000, about 1 KB each), `--callers` 8 and
 * `--writes` 500 between two steps. Data lie on the disk. Prints what was lost and how long it took, and ends
 * with 1 when a promise was broken.
 */
import { parseArgs } from "node:util"
import { whyNoBackupTools, whyNoPostgres } from "@holdfast/test-servers"
import { archiveDrill } from "./archiveDrill.ts"
import { restoreDrill } from "./restoreDrill.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    rows: { type: "string", default: "300000" },
    callers: { type: "string", default: "8" },
    writes: { type: "string", default: "500" }
  }
})
const reason = whyNoPostgres() ?? whyNoBackupTools()
if (reason !== undefined) {
  console.error(`${reason}: the drill was not run`)
  process.exit(1)
}
const load = { callers: Number(values.callers), writes: Number(values.writes) }
const say = (line: string) => console.log(line)
const { destroyed, undone } = await restoreDrill({
  ...load,
  ...{ skus: Number(values.rows), fsync: true, say }
})
const failures = [...destroyed.failures].map(([status, count]) => `${count} × ${status}`).join(", ")
say(
  `${destroyed.mebibytes} MiB, synchronous pg_receivewal, data destroyed: RTO ${destroyed.rtoSeconds.toFixed(1)} s, ` +
    `RPO ${destroyed.rpoSeconds.toFixed(1)} s (${destroyed.lost} of ${destroyed.acknowledged} acknowledged lost); ` +
    `full ${destroyed.fullSeconds.toFixed(1)} s, increment ${destroyed.incrementalSeconds.toFixed(1)} s; meanwhile ${failures}`
)
say(
  `a bad import undone: RTO ${undone.rtoSeconds.toFixed(1)} s, ${undone.lost} of ${undone.acknowledged} acknowledged before ` +
    `the instant lost, ${undone.tooNew + undone.bad} too new kept; the follower was stopped, then adopted: ${undone.holes} holes`
)
for (const line of undone.found) say(`FOUND: ${line}`)
const archived = await archiveDrill({ ...load, archiveSeconds: 10 })
say(
  `archive_timeout 10 s alone: RTO ${archived.rtoSeconds.toFixed(1)} s, RPO ${archived.rpoSeconds.toFixed(1)} s ` +
    `(${archived.lost} of ${archived.acknowledged} acknowledged lost)`
)
const broken =
  destroyed.lost + undone.lost + undone.tooNew + undone.bad + undone.holes + undone.found.length
process.exit(broken === 0 && destroyed.rtoSeconds < 3_600 && archived.rpoSeconds < 30 ? 0 : 1)
