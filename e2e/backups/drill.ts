/**
 * `pnpm drill backups`: what the manifests schedule for both databases, run as the pods that they describe; and
 * pgBackRest with the committed file, where there is one that knows the server. With `--callers` 8 and `--writes` 500
 * between two steps. It says how long each took, and ends with 1 when a promise was broken.
 */
import { parseArgs } from "node:util"
import { whyNoPostgres } from "../../test-servers/src/index.ts"
import { whyNoImages } from "../kubernetes/images.ts"
import { pgBackRest, whyNoPgBackRest } from "./pgbackrest.ts"
import { runScheduled } from "./scheduled.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    callers: { type: "string", default: "8" },
    writes: { type: "string", default: "500" }
  }
})

let areKept = true
const noPods = whyNoPostgres() ?? whyNoImages()
if (noPods === undefined) {
  for (const done of await runScheduled(["product", "inventory"])) {
    const seconds = [...done.seconds].map(([task, took]) => `${task} ${took.toFixed(1)} s`)
    console.log(
      `${done.service}, as its pods: ${seconds.join(", ")}; recorded: ${done.kinds.join(", ")}; ` +
        `COMMIT ${done.isSynchronous ? "waited" : "did NOT wait"} for the receiver of the log`
    )
    areKept &&= done.isSynchronous && done.verified.includes("everything in it agrees")
  }
} else console.log(`\n*** ${noPods}: no pods were run ***\n`)

const noRest = whyNoPgBackRest()
if (noRest === undefined) {
  const it = await pgBackRest({ callers: Number(values.callers), writes: Number(values.writes) })
  console.log(
    `${it.version}, PostgreSQL 15, encrypted: full ${it.fullSeconds.toFixed(1)} s, increment ${it.incrementalSeconds.toFixed(1)} s; data destroyed: ` +
      `RTO ${it.rtoSeconds.toFixed(1)} s, RPO ${it.rpoSeconds.toFixed(1)} s (${it.lost} of ${it.acknowledged} acknowledged lost, of the archived ` +
      `${it.archivedAndLost}); ${it.found === "" ? "stock and ledger agree" : it.found}`
  )
  areKept &&= it.archivedAndLost === 0 && it.found === "" && it.rpoSeconds < 61
} else console.log(`\n*** ${noRest}: pgBackRest was not run ***\n`)
process.exit(areKept && noPods === undefined ? 0 : 1)
