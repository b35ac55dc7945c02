/** A cluster of Patroni changes its leader under load, in good order or because the leader is lost. */
import { setTimeout as pause } from "node:timers/promises"
import { type PatroniCluster, startPatroniCluster } from "@holdfast/test-servers"
import { createInventory } from "../../../src/index.ts"
import { type FailoverReport, reportOf, skuIds, startWrites, wordsOf } from "./writes.ts"

/** How a leader goes, and how Holdfast finds the next one. */
export interface PatroniOptions {
  readonly loss: "SWITCHOVER" | "LOST"
  /** `HAPROXY`: one address, which leads to the leader. `EVERY_HOST`: the URL names all nodes. */
  readonly by: "HAPROXY" | "EVERY_HOST"
}

/** How much is written, and for how long before and after. */
export interface PatroniLoad {
  readonly writesPerSecond: number
  readonly beforeMillis: number
  readonly afterMillis: number
}

/** What came of it. */
export interface PatroniReport extends FailoverReport {
  /** From the loss until another node led, as Patroni has it; and until the first write after it. */
  readonly promotedMillis: number
  /** From the return of the lost node until it follows the new leader. */
  readonly wholeMillis: number
}

const ways: ReadonlyArray<PatroniOptions> = [
  { loss: "SWITCHOVER", by: "HAPROXY" },
  { loss: "LOST", by: "HAPROXY" },
  { loss: "LOST", by: "EVERY_HOST" }
]

/** A write is repeated for longer than any leader is missing. */
const repeatMillisMax = 90_000

const promotionMillisMax = 120_000

const untilAnotherLeads = async (cluster: PatroniCluster, before: string): Promise<string> => {
  const startedAt = performance.now()
  while (performance.now() - startedAt < promotionMillisMax) {
    const leader = await cluster.leader()
    if (leader !== undefined && leader !== before) return leader
    await pause(50)
  }
  throw new Error("no other node leads")
}

/** Changes the leader of a cluster once. */
const changeLeader = async (
  cluster: PatroniCluster,
  { by, loss }: PatroniOptions,
  { afterMillis, beforeMillis, writesPerSecond }: PatroniLoad,
  name: string
): Promise<PatroniReport> => {
  const url = by === "HAPROXY" ? cluster.balancedUrl : cluster.allUrl
  await using inventory = await createInventory({ url, log: () => undefined })
  const load = startWrites(inventory, { writesPerSecond, name, repeatMillisMax })
  await pause(beforeMillis)
  const before = (await cluster.leader()) ?? ""
  const lostAt = performance.now()
  if (loss === "LOST") await cluster.lose(before)
  else await cluster.switchOver()
  const leader = await untilAnotherLeads(cluster, before)
  const promotedMillis = Math.round(performance.now() - lostAt)
  await pause(afterMillis)
  const outcome = await load.stop()
  const backAt = performance.now()
  if (loss === "LOST") cluster.bringBack(before)
  await cluster.untilWhole()
  const wholeMillis = Math.round(performance.now() - backAt)
  const report = await reportOf(outcome, { url: cluster.urlOf(leader), name, lostAt })
  return { ...report, promotedMillis, wholeMillis }
}

const words = { SWITCHOVER: "planned switchover", LOST: "the leader and its Patroni are lost" }
const through = { HAPROXY: "through haproxy", EVERY_HOST: "the URL names every host" }

/** Whether nothing that was acknowledged is lost, and every write was answered in time. */
const isKept = (it: FailoverReport): boolean =>
  it.lost + it.twice + it.unanswered + it.notRetryable === 0 &&
  it.isConsistent &&
  it.outageMillis < 60_000

/** Goes through all ways, with a line for each; answers whether every promise was kept. */
export const patroniDrill = async (
  load: PatroniLoad,
  say: (line: string) => void
): Promise<boolean> => {
  const startedAt = performance.now()
  await using cluster = await startPatroniCluster()
  say(`Patroni: 3 nodes are up in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
  {
    await using inventory = await createInventory({
      url: cluster.balancedUrl,
      log: () => undefined
    })
    for (const skuId of skuIds) await inventory.registerSku({ skuId, code: skuId, name: skuId })
  }
  let areKept = true
  for (const [n, way] of ways.entries()) {
    const it = await changeLeader(cluster, way, load, `patroni-${n}`)
    areKept &&= isKept(it)
    say(
      `Patroni, ${words[way.loss]}, ${through[way.by]}, ${load.writesPerSecond} writes a second: RTO ${(it.outageMillis / 1_000).toFixed(1)} s, ` +
        `RPO ${(it.lostMillis / 1_000).toFixed(1)} s; another led after ${(it.promotedMillis / 1_000).toFixed(1)} s; ${wordsOf(it)}; ` +
        `a single try took ${it.slowestTryMillis} ms at most; all three were back ${(it.wholeMillis / 1_000).toFixed(1)} s later`
    )
  }
  return areKept
}
