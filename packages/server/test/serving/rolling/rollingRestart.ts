/**
 * Rolling restarts of three servers on one PostgreSQL, behind a real balancer, under a steady load.
 * Each server in turn is stopped, ends, is started again, and is back in the balancer before the
 * next one stops. One of them may be killed instead: then what was under way there may fail, and is
 * asked again under its key.
 */
import {
  type BalancerMode,
  type FailedAnswer,
  type FreshDatabase,
  freePort,
  freshDatabase,
  startHaproxy
} from "@holdfast/test-servers"
import { openSession } from "../../commands/openSession.ts"
import { eventually } from "../../eventually.ts"
import { get, registerSku, reserve } from "../../requests.ts"
import { type BegunServer, beginServer } from "../../ServerProcess.ts"
import { type FailedRequest, type LoadReport, startSteadyLoad } from "./steadyLoad.ts"

/** How the drill runs. */
export interface RollingOptions {
  readonly mode: BalancerMode
  /** How often each of the three servers is restarted. */
  readonly rounds: number
  readonly requestsPerSecond: number
  readonly leaveTime: string
  /** The load goes on until so many requests were sent. */
  readonly requestsMin?: number
  /** Which restart, from 0, is a SIGKILL: none unless given. */
  readonly killed?: number
}

/** What became of the requests that were under way when a server was killed. */
export interface KillReport {
  /** Requests without an answer at that moment, through all servers. */
  readonly underWay: number
  /** Requests that failed, and were sent before the balancer had seen it go. */
  readonly failed: number
  /** Those that failed although they were sent later: why, and how long after it. */
  readonly failedLater: ReadonlyArray<string>
  /** Answers that tell of something else than a server that ended before it had answered. */
  readonly others: ReadonlyArray<FailedAnswer>
  /** Writes among the failed ones that were sent again under their key, and the answers. */
  readonly repeated: ReadonlyMap<string, number>
  /** Orders of theirs that do not hold one unit exactly. */
  readonly wrong: ReadonlyArray<string>
}

/** The outcome of the drill. */
export interface RollingReport extends LoadReport {
  /** Exit codes of the stopped servers. */
  readonly codes: ReadonlyArray<number | null>
  /** Present where a server was killed. */
  readonly kill?: KillReport
}

const serverCount = 3

const untilReady = (url: string): Promise<true> =>
  eventually(async () => {
    const status = await get(url, "/health/ready").then(
      (answer) => answer.status,
      () => 0
    )
    return status === 200 ? true : undefined
  })

/** Three servers, each on a fixed port. */
const openServers = async (database: FreshDatabase, leaveTime: string) => {
  const ports: Array<number> = []
  while (ports.length < serverCount) {
    const port = await freePort()
    // Nobody has it yet, so it may be given twice.
    if (!ports.includes(port)) ports.push(port)
  }
  const begin = (port: number) =>
    beginServer(port, ["--database", database.url, "--leave-time", leaveTime])
  const running = new Map<number, BegunServer>(ports.map((port) => [port, begin(port)]))
  const urlOf = (port: number) => `http://127.0.0.1:${port}`
  for (const port of ports) await untilReady(urlOf(port))
  return {
    ports,
    restart: async (
      port: number,
      signal: NodeJS.Signals = "SIGTERM",
      onEnd: () => Promise<void> = async () => undefined
    ): Promise<number | null | undefined> => {
      const server = running.get(port)
      server?.signal(signal)
      const ended = await server?.ended
      await onEnd()
      running.set(port, begin(port))
      await untilReady(urlOf(port))
      return ended?.code
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((server) => server[Symbol.asyncDispose]()))
    }
  }
}

/** Sends what failed again, each write under its key, and looks at what it did. */
const repeatedOf = async (url: string, failed: ReadonlyArray<FailedRequest>) => {
  const repeated = new Map<string, number>()
  const wrong: Array<string> = []
  for (const { written } of failed) {
    if (written === undefined) continue
    const { body, key } = written
    const { orderId, skuId } = JSON.parse(body) as {
      readonly orderId: string
      readonly skuId: string
    }
    const answer = await reserve(url, skuId, orderId, 1, key)
    const isKept = answer.headers.get("idempotent-replayed") === "true"
    const how = `${answer.status}${isKept ? " as it had been decided" : ""}`
    repeated.set(how, (repeated.get(how) ?? 0) + 1)
    const held = await get(url, `/api/inventory/orders/${orderId}/reservations`)
    const quantities = held.body.reservations.map(
      (hold: { readonly quantity: number }) => hold.quantity
    )
    if (String(quantities) !== "1") wrong.push(orderId)
  }
  return { repeated, wrong }
}

/** Runs the drill, and returns the outcome of the load. */
export const rollingRestart = async (options: RollingOptions): Promise<RollingReport> => {
  const { killed, leaveTime, mode, requestsMin = 0, requestsPerSecond, rounds } = options
  const database = await freshDatabase()
  await using servers = await openServers(database, leaveTime)
  await using balancer = await startHaproxy(mode, servers.ports)
  const url = `http://127.0.0.1:${balancer.port}`
  const untilUp = async (count: number) => {
    await eventually(async () => ((await balancer.serversUp()) === count ? true : undefined))
  }
  await untilUp(serverCount)
  const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)
  for (const skuId of skuIds) await registerSku(url, skuId, 1_000_000)
  const load = startSteadyLoad(url, requestsPerSecond, skuIds)
  const codes: Array<number | null> = []
  let killing: { readonly underWay: number; readonly seenAt: number } | undefined
  for (let round = 0; round < rounds; round++) {
    for (const port of servers.ports) {
      if (codes.length === killed) {
        // Somebody holds a SKU, so that each of the servers has writes under way.
        await using holder = await openSession(database.url)
        await holder.run("begin")
        await holder.run(
          `select 1 from inventory.inventory where sku_id = '${skuIds[0]}' for update`
        )
        await eventually(async () => (load.underWay() > 2 * serverCount ? true : undefined))
        const underWay = load.underWay()
        const restarted = servers.restart(port, "SIGKILL", async () => {
          // It comes back once the balancer has seen it go, or it would be asked while it starts.
          await untilUp(serverCount - 1)
          killing = { underWay, seenAt: performance.now() }
        })
        await holder.run("rollback")
        codes.push((await restarted) ?? null)
      } else codes.push((await servers.restart(port)) ?? null)
      // The next server may stop only once the balancer has taken this one back.
      await untilUp(serverCount)
    }
  }
  await eventually(async () => (load.sent() >= requestsMin ? true : undefined))
  const report = await load.stop()
  let kill: KillReport | undefined
  if (killing !== undefined) {
    const { seenAt, underWay } = killing
    const later = report.failed.filter(({ sentAt }) => sentAt > seenAt)
    kill = {
      ...{ underWay, failed: report.failed.length - later.length },
      failedLater: later.map(
        ({ sentAt, why }) => `${why}, sent ${Math.round(sentAt - seenAt)} ms after it`
      ),
      others: balancer.failedAnswers().filter(({ isBrokenOff }) => !isBrokenOff),
      ...(await repeatedOf(url, report.failed))
    }
  }
  await servers[Symbol.asyncDispose]()
  await database.drop()
  return { ...report, codes, ...(kill === undefined ? {} : { kill }) }
}
