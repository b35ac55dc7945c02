/**
 * What the drill does with the shop in the cluster, under a steady load through its Services: it rolls out, lets a
 * release be tried that does not start, drains a node, and makes backups by Jobs of the CronJobs.
 */

import { send } from "../../packages/server/test/requests.ts"
import { holdfast } from "../../packages/server/test/ServerProcess.ts"
import {
  type LoadReport,
  type SteadyLoad,
  startSteadyLoad
} from "../../packages/server/test/serving/rolling/steadyLoad.ts"
import { runOn } from "../../test-servers/src/index.ts"
import { resourcesIn, textOf } from "../deploy/manifests.ts"
import { openShop, type Shop, urlFor, urlOf } from "./shop.ts"

/** How much, and how often. */
export interface RolloutOptions {
  readonly requestsPerSecond: number
  readonly rollouts: number
  readonly say: (line: string) => void
}

/** How long it takes until connections follow a change of endpoints, in milliseconds. */
const proxyLateMillis = 1_000

const servers = ["holdfast-product", "holdfast-inventory"] as const
const receivers = ["holdfast-product-backup-wal", "holdfast-inventory-backup-wal"] as const

const since = (startedAt: number) => (performance.now() - startedAt) / 1_000

/** Both loads: stock, half of it writes, and pages of products. */
interface Loads {
  readonly sent: () => number
  readonly failed: () => number
  readonly stop: () => Promise<ReadonlyArray<LoadReport>>
}

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

/** Puts goods into the shop, and starts to ask it: two thirds for stock, a third for products. */
const startLoads = async (shop: Shop, perSecond: number): Promise<Loads> => {
  const bearing = (service: "product" | "inventory") => ({
    authorization: `Bearer ${shop.key(service)}`
  })
  const put = async (service: "product" | "inventory", path: string, body: unknown) => {
    const answer = await send(urlOf(service), "POST", path, body, bearing(service))
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  for (const skuId of skuIds) {
    const named = { skuId, code: skuId, name: `Goods ${skuId}` }
    await put("inventory", "/api/skus", { ...named, initialStock: 1_000_000 })
  }
  const { id } = await put("product", "/api/products", {
    ...{ name: "Mug", type: "NORMAL", status: "ACTIVE" },
    options: [
      {
        ...{ name: "One", price: { amount: "5.00", currency: "EUR" } },
        skuMappings: [{ skuId: "sku-0", quantity: 1 }]
      }
    ]
  })
  const asking = (
    service: "product" | "inventory",
    share: number,
    writes: "HALF" | "NONE"
  ): SteadyLoad =>
    startSteadyLoad(urlOf(service), perSecond * share, skuIds, writes, {
      headers: bearing(service),
      ...(service === "product" ? { readPath: () => `/api/products/${id}` } : {})
    })
  const loads = [asking("inventory", 2 / 3, "HALF"), asking("product", 1 / 3, "NONE")]
  const sum = (of: (load: SteadyLoad) => number) => loads.reduce((n, load) => n + of(load), 0)
  return {
    sent: () => sum((load) => load.sent()),
    failed: () => sum((load) => load.failedSoFar()),
    stop: () => Promise.all(loads.map((load) => load.stop()))
  }
}

const backUp = async (shop: Shop): Promise<void> => {
  for (const service of ["product", "inventory"] as const) {
    for (const task of ["full", "incremental", "verify"]) {
      const job = `${service}-${task}-now`
      const from = `--from=cronjob/holdfast-${service}-backup-${task}`
      await shop.plane.kubectl("--namespace", "holdfast", "create", "job", from, job)
      await shop.untilComplete(job)
    }
  }
}

/** Kinds of backups that each database says it has, and whether its log is received. */
const backupsOf = async (shop: Shop): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const [service, server] of shop.databases) {
    const kinds = await runOn(
      server.url(service),
      "select string_agg(kind, ' ' order by kind) as kinds from holdfast_backups.latest"
    )
    const [slot] = await runOn(
      server.url(service),
      "select bool_or(active) as active from pg_replication_slots"
    )
    const isReceived = slot?.["active"] === true ? "received" : "NOT received"
    found.push(`${service}: ${kinds[0]?.["kinds"]}, log ${isReceived}`)
  }
  return found
}

/** Levels that differ from their ledger, by the command; undefined when all agree. */
const driftOf = async (shop: Shop): Promise<string | undefined> => {
  const server = shop.databases.get("inventory")
  if (server === undefined) return "there is no database"
  const url = urlFor(server, "inventory", "owner", "of the owner")
  const { code, stderr, stdout } = await holdfast(["reconcile", "--database", url])
  return code === 0 ? undefined : `${stdout}${stderr}`
}

/** Runs all of it, and answers with what was not as it should be. */
export const rollout = async (options: RolloutOptions): Promise<ReadonlyArray<string>> => {
  const { requestsPerSecond, rollouts, say } = options
  const faults: Array<string> = []
  await using shop = await openShop(say, proxyLateMillis)
  const kubectl = (...words: ReadonlyArray<string>) =>
    shop.plane.kubectl("--namespace", "holdfast", ...words)
  const untilRolledOut = async (names: ReadonlyArray<string>, secondsMax = 300) => {
    for (const name of names) {
      await kubectl("rollout", "status", `deployment/${name}`, `--timeout=${secondsMax}s`)
    }
  }

  const startedAt = performance.now()
  await untilRolledOut([...servers, ...receivers])
  say(`6 servers and 2 receivers of the log are ready, ${since(startedAt).toFixed(1)} s later`)
  const places = ["minikube", "eks-staging", "eks-production"]
  const every = places.map((place) =>
    resourcesIn(textOf(`deploy/kubernetes/${place}.yaml`)).filter(
      // What an operator brings, no server knows by itself.
      ({ kind }) => kind !== "ServiceMonitor"
    )
  )
  for (const [n, place] of places.entries()) await shop.tryOut(place, every[n] ?? [])
  say(
    `${every.flat().length} resources of ${places.length} places accepted strictly, ${shop.warnings.length} warnings`
  )
  faults.push(...shop.warnings)

  const loads = await startLoads(shop, requestsPerSecond)
  /** Does a step, and tells what was asked meanwhile. */
  const step = async (name: string, work: () => Promise<unknown>) => {
    const [sent, failed, at] = [loads.sent(), loads.failed(), performance.now()]
    await work().catch((cause) => faults.push(`${name}: ${String(cause)}`))
    const asked = (loads.sent() - sent).toLocaleString("en")
    say(`${name}: ${since(at).toFixed(1)} s, ${asked} requests, ${loads.failed() - failed} failed`)
  }

  for (let round = 1; round <= rollouts; round++) {
    await step(`rollout ${round} of both services`, async () => {
      for (const name of servers) await kubectl("rollout", "restart", `deployment/${name}`)
      await untilRolledOut(servers)
    })
  }
  await step("a release that does not start, and back again", async () => {
    const inventory = "deployment/holdfast-inventory"
    await kubectl("set", "env", inventory, "HOLDFAST_AUTH=nonsense")
    const isDone = await kubectl("rollout", "status", inventory, "--timeout=15s").then(
      () => true,
      () => false
    )
    if (isDone) faults.push("a release that does not start was rolled out")
    await kubectl("rollout", "undo", inventory)
    await untilRolledOut(["holdfast-inventory"])
  })
  await step("a node is drained", async () => {
    await kubectl("drain", "node-a", "--delete-emptydir-data", "--timeout=240s")
    await untilRolledOut([...servers, ...receivers])
    await kubectl("uncordon", "node-a")
  })
  await step("backups by Jobs of the CronJobs", () => backUp(shop))

  const reports = await loads.stop()
  for (const line of await backupsOf(shop)) {
    say(line)
    const kinds = ["full", "incremental", "verified", "log received"]
    if (!kinds.every((kind) => line.includes(kind))) faults.push(line)
  }
  const drift = await driftOf(shop)
  if (drift !== undefined) faults.push(`stock and ledger disagree: ${drift}`)
  const requests = reports.reduce((n, report) => n + report.requests, 0)
  const failures = reports.flatMap((report) => [...report.failures])
  const failed = reports.reduce((n, report) => n + report.failed.length, 0)
  const slowest = Math.max(...reports.map(({ slowestMillis }) => slowestMillis))
  say(
    `all in all: ${requests.toLocaleString("en")} requests, ${failed} failed, slowest ${slowest} ms; ${shop.kubelet.started()} pods were started, ` +
      `${shop.proxy.changes()} changes of endpoints; stock and ledger ${drift === undefined ? "agree" : "DISAGREE"}`
  )
  for (const [why, count] of failures) faults.push(`${count} × ${why}`)
  return faults
}
