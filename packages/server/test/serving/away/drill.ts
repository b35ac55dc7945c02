/**
 * The broker is away for a minute, under 300 writes a second: `pnpm drill away`, with
 * `--seconds 60`, `--rate 300` and `--client kafkajs | platformatic`. It prints a line for each
 * client, and ends with 1 when a write failed, the server was not ready, or an event was lost or out
 * of order.
 */
import { parseArgs } from "node:util"
import { whyNoKafka, whyNoPostgres } from "@holdfast/test-servers"
import { brokerAway, lineOf } from "./brokerAway.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    seconds: { type: "string", default: "60" },
    rate: { type: "string", default: "300" },
    client: { type: "string" }
  }
})

const reason = whyNoKafka() ?? whyNoPostgres()
if (reason !== undefined) throw new Error(reason)
let isBad = false
for (const client of ["platformatic", "kafkajs"] as const) {
  if ((values.client ?? client) !== client) continue
  const options = {
    client,
    awaySeconds: Number(values.seconds),
    writesPerSecond: Number(values.rate)
  }
  const report = await brokerAway(options)
  console.log(lineOf(options, report))
  const { failures, lost, outOfOrder, readyRefused } = report
  isBad ||= failures.size + lost + outOfOrder + readyRefused > 0
}
process.exit(isBad ? 1 : 0)
