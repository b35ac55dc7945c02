/**
 * Rolling restarts of three servers on one PostgreSQL, behind a real balancer, under a steady load.
 * Each server in turn is stopped, ends, is started again, and is back in the balancer before the
 * next one stops.
 */
import {
  type BalancerMode,
  type FreshDatabase,
  freePort,
  freshDatabase,
  startHaproxy
} from "@holdfast/test-servers"
import { eventually } from "../../eventually.ts"
import { get, registerSku } from "../../requests.ts"
import { type BegunServer, beginServer } from "../../ServerProcess.ts"
import { type LoadReport, startSteadyLoad } from "./steadyLoad.ts"

/** How the drill runs. */
export interface RollingOptions {
  readonly mode: BalancerMode
  /** How often each of the three servers is restarted. */
  readonly rounds: number
  readonly requestsPerSecond: number
  readonly leaveTime: string
}

/** The outcome of the drill. */
export interface RollingReport extends LoadReport {
  /** Exit codes of the stopped servers. */
  readonly codes: ReadonlyArray<number | null>
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
  while (ports.length < serverCount) ports.push(await freePort())
  const begin = (port: number) =>
    beginServer(port, ["--database", database.url, "--leave-time", leaveTime])
  const running = new Map<number, BegunServer>(ports.map((port) => [port, begin(port)]))
  const urlOf = (port: number) => `http://127.0.0.1:${port}`
  for (const port of ports) await untilReady(urlOf(port))
  return {
    ports,
    restart: async (port: number): Promise<number | null | undefined> => {
      const server = running.get(port)
      server?.signal("SIGTERM")
      const ended = await server?.ended
      running.set(port, begin(port))
      await untilReady(urlOf(port))
      return ended?.code
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((server) => server[Symbol.asyncDispose]()))
    }
  }
}

/** Runs the drill, and returns the outcome of the load. */
export const rollingRestart = async (options: RollingOptions): Promise<RollingReport> => {
  const database = await freshDatabase()
  await using servers = await openServers(database, options.leaveTime)
  await using balancer = await startHaproxy(options.mode, servers.ports)
  const url = `http://127.0.0.1:${balancer.port}`
  // The next server may stop only once the balancer has taken this one back.
  const untilBalanced = () =>
    eventually(async () => ((await balancer.serversUp()) === serverCount ? true : undefined))
  await untilBalanced()
  const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)
  for (const skuId of skuIds) await registerSku(url, skuId, 1_000_000)
  const load = startSteadyLoad(url, options.requestsPerSecond, skuIds)
  const codes: Array<number | null> = []
  for (let round = 0; round < options.rounds; round++) {
    for (const port of servers.ports) {
      codes.push((await servers.restart(port)) ?? null)
      await untilBalanced()
    }
  }
  const report = await load.stop()
  await servers[Symbol.asyncDispose]()
  await database.drop()
  return { ...report, codes }
}
