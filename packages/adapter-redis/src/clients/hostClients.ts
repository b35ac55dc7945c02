/**
 * The clients that a host may hand in, known by what they can do: one of ioredis or of node-redis,
 * alone, with sentinels or of a cluster. The host opens and closes them.
 */
import type { RedisConnection, Script } from "./RedisConnection.ts"

/** A client of ioredis: `new Redis(…)` or `new Cluster(…)`. */
export interface IoRedisClient {
  readonly evalsha: (sha: string, keyCount: number, ...words: Array<string>) => Promise<unknown>
  readonly eval: (text: string, keyCount: number, ...words: Array<string>) => Promise<unknown>
  readonly call: (command: string, ...words: Array<string>) => Promise<unknown>
  readonly isCluster?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: the nodes of a cluster, and only of one.
  readonly nodes?: any
  // biome-ignore lint/suspicious/noExplicitAny: the options of ioredis, of which only places are read.
  readonly options?: any
}

/** A client of node-redis: `createClient(…)`, `createCluster(…)` or `createSentinel(…)`. */
export interface NodeRedisClient {
  // biome-ignore lint/suspicious/noExplicitAny: its types name every module that it was made with.
  readonly evalSha: (sha: any, options?: any) => Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: the same.
  readonly eval: (script: any, options?: any) => Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: a cluster takes the key first.
  readonly sendCommand: (...args: any) => Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: the options of node-redis, of which only places are read.
  readonly options?: any
}

/** A client of the host. */
export type HostClient = IoRedisClient | NodeRedisClient

const has = (client: object, ...names: ReadonlyArray<string>): boolean =>
  names.every((name) => typeof (client as Record<string, unknown>)[name] === "function")

const isIoRedis = (client: object): client is IoRedisClient =>
  has(client, "evalsha", "eval", "call")

/** Whether something is a client that the adapter can use. */
export const isHostClient = (client: unknown): client is HostClient =>
  typeof client === "object" &&
  client !== null &&
  (isIoRedis(client) || has(client, "evalSha", "eval", "sendCommand"))

interface Place {
  readonly host?: unknown
  readonly port?: unknown
}

const placeOf = ({ host, port }: Place): string | undefined =>
  typeof host === "string" ? `${host}:${String(port)}` : undefined

/** Hosts and ports, and nothing else of a URL. */
const placeOfUrl = (url: unknown): string | undefined =>
  typeof url === "string" ? (URL.parse(url)?.host ?? undefined) : undefined

const named = (places: ReadonlyArray<string | undefined>): string =>
  places.filter((place) => place !== undefined).join(",") || "the host's own client"

const ioRedisWhere = ({ options = {} }: IoRedisClient): string => {
  const { name, sentinels } = options
  return Array.isArray(sentinels)
    ? `${String(name)} of the sentinels ${named(sentinels.map(placeOf))}`
    : named([placeOf(options)])
}

/** Whether what only reads may go to a replica, where a script does not go. */
const readsElsewhere = ({ options = {} }: IoRedisClient): boolean =>
  options.scaleReads !== undefined && options.scaleReads !== "master"

/** The connection of a client of ioredis, which `close` leaves alone. */
export const overIoRedis = (client: IoRedisClient, where?: string): RedisConnection => {
  let complaint: unknown
  const events = client as unknown as {
    readonly on?: (event: string, listener: (error: unknown) => void) => void
  }
  // Without a listener an error of the connection would end the process.
  events.on?.("error", (error) => {
    complaint = error
  })
  events.on?.("ready", () => {
    complaint = undefined
  })
  const isCluster = client.isCluster === true
  const words = (keys: ReadonlyArray<string>, args: ReadonlyArray<string>) => [...keys, ...args]
  return {
    where: where ?? ioRedisWhere(client),
    isCluster,
    runKnown: ({ sha }: Script, keys, args) =>
      client.evalsha(sha, keys.length, ...words(keys, args)),
    runText: ({ text }: Script, keys, args) => client.eval(text, keys.length, ...words(keys, args)),
    // A script needs one key, to find its server in a cluster.
    readThenRun: readsElsewhere(client)
      ? undefined
      : (keys, { sha, text }, isKnown) =>
          Promise.all([
            client.call("MGET", ...keys),
            isKnown ? client.evalsha(sha, 1, keys[0] ?? "") : client.eval(text, 1, keys[0] ?? "")
          ]),
    askAll: ([command = "", ...rest]) => {
      const nodes: ReadonlyArray<IoRedisClient> = isCluster ? client.nodes("master") : [client]
      return Promise.all(nodes.map((node) => node.call(command, ...rest)))
    },
    complaint: () => complaint,
    close: async () => undefined
  }
}

interface NodeRedisCluster {
  readonly masters?: ReadonlyArray<unknown>
  readonly nodeClient?: (node: unknown) => Promise<NodeRedisClient>
}

/** The connection of a client of node-redis, which `close` leaves alone. */
const overNodeRedis = (client: NodeRedisClient): RedisConnection => {
  const cluster = client as unknown as NodeRedisCluster
  const isCluster = Array.isArray(cluster.masters)
  const isSentinel = has(client, "getSentinelNode")
  const { socket = {}, url } = client.options ?? {}
  const isAlone = !isCluster && !isSentinel
  const words = (keys: ReadonlyArray<string>, args: ReadonlyArray<string>) => ({
    keys: [...keys],
    arguments: [...args]
  })
  const askAll = async (command: ReadonlyArray<string>): Promise<ReadonlyArray<unknown>> => {
    if (isSentinel) return [await client.sendCommand(false, [...command])]
    if (!isCluster) return [await client.sendCommand([...command])]
    const { masters = [], nodeClient } = cluster
    const nodes = await Promise.all(masters.map((node) => nodeClient?.call(cluster, node)))
    return Promise.all(nodes.map((node) => node?.sendCommand([...command])))
  }
  return {
    where: isAlone ? named([placeOfUrl(url) ?? placeOf(socket)]) : named([]),
    isCluster,
    runKnown: async ({ sha }: Script, keys, args) => client.evalSha(sha, words(keys, args)),
    runText: async ({ text }: Script, keys, args) => client.eval(text, words(keys, args)),
    askAll,
    complaint: () => undefined,
    close: async () => undefined
  }
}

/** The connection of a client of the host. */
export const overHostClient = (client: HostClient): RedisConnection =>
  isIoRedis(client) ? overIoRedis(client) : overNodeRedis(client as NodeRedisClient)
