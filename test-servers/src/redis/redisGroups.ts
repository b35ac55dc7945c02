// Several Redis servers that belong together, for tests: one with a replica that three sentinels watch,
// and a cluster of three.
import { setTimeout as pause } from "node:timers/promises"
import { freePort } from "../PostgresServer.ts"
import { type RedisOptions, type RedisServer, startRedis } from "./RedisServer.ts"

/** A server and its replica, watched by three sentinels under the name `shop`. */
export interface WatchedRedis {
  readonly servers: ReadonlyArray<RedisServer>
  readonly sentinels: ReadonlyArray<RedisServer>
  readonly stop: () => Promise<void>
}

/** A cluster of three, each with a third of the slots. */
export interface RedisCluster {
  readonly nodes: ReadonlyArray<RedisServer>
  readonly stop: () => Promise<void>
}

const stopAll = async (servers: ReadonlyArray<RedisServer>): Promise<void> => {
  await Promise.all(servers.map((server) => server.stop()))
}

const waitMillisMax = 30_000

/** Asks twenty times a second until it is so. */
const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const startedAt = performance.now()
  while (!(await isSo().catch(() => false))) {
    if (performance.now() - startedAt > waitMillisMax) throw new Error(`not within 30 s: ${what}`)
    await pause(50)
  }
}

/** What all of them are started with: a copy begins at once, not after five seconds. */
const together = { "repl-diskless-sync-delay": "0" }

/** Starts a server, its replica and three sentinels that replace it within about two seconds. */
export const startWatchedRedis = async (options: RedisOptions = {}): Promise<WatchedRedis> => {
  const settings = { ...together, ...options.settings }
  const started: Array<RedisServer> = []
  const start = async (of: RedisOptions) => {
    const server = await startRedis(of)
    started.push(server)
    return server
  }
  try {
    const first = await start({ ...options, settings })
    const replica = await start({
      ...options,
      settings: { ...settings, replicaof: `127.0.0.1 ${first.port}` }
    })
    await until("the replica has a copy", async () =>
      String(await first.call("INFO", "replication")).includes("state=online")
    )
    const sentinels: Array<RedisServer> = []
    for (let index = 0; index < 3; index++) {
      const lines = [
        `sentinel monitor shop 127.0.0.1 ${first.port} 2`,
        "sentinel down-after-milliseconds shop 1000",
        "sentinel failover-timeout shop 5000"
      ]
      sentinels.push(await start({ isSentinel: true, lines }))
    }
    await until("the sentinels know each other and the replica", async () => {
      const facts = await Promise.all(
        sentinels.map(async ({ call }) => String(await call("SENTINEL", "MASTER", "shop")))
      )
      return facts.every(
        (text) => /num-slaves,1\b/.test(text) && /num-other-sentinels,2\b/.test(text)
      )
    })
    return { servers: [first, replica], sentinels, stop: () => stopAll(started) }
  } catch (cause) {
    await stopAll(started)
    throw cause
  }
}

const slots = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383]
] as const

/** Starts a cluster of three that needs all of its slots. Takes about two seconds. */
export const startRedisCluster = async (): Promise<RedisCluster> => {
  const nodes: Array<RedisServer> = []
  const buses: Array<number> = []
  try {
    for (let index = 0; index < slots.length; index++) {
      const bus = await freePort()
      buses.push(bus)
      const cluster = { "cluster-enabled": "yes", "cluster-port": String(bus) }
      nodes.push(
        await startRedis({ settings: { ...together, ...cluster, "cluster-node-timeout": "2000" } })
      )
    }
    const [first] = nodes
    for (const [index, node] of nodes.entries()) {
      const [from, to] = slots[index] ?? [0, 0]
      await node.call("CLUSTER", "ADDSLOTSRANGE", String(from), String(to))
      await node.call("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1))
      if (index > 0) {
        await first?.call("CLUSTER", "MEET", "127.0.0.1", String(node.port), String(buses[index]))
      }
    }
    await until("the cluster is whole", async () => {
      const facts = await Promise.all(nodes.map(({ call }) => call("CLUSTER", "INFO")))
      return facts.every(
        (text) =>
          /cluster_state:ok/.test(String(text)) && /cluster_known_nodes:3/.test(String(text))
      )
    })
    return { nodes, stop: () => stopAll(nodes) }
  } catch (cause) {
    await stopAll(nodes)
    throw cause
  }
}
