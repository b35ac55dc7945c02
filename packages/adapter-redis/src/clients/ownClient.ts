/**
 * A client of ioredis that the adapter opens: it fails at once while Redis is away, tries again and again
 * to connect, and sends nothing twice.
 */
import type { ConnectionOptions } from "node:tls"
import * as Redacted from "effect/Redacted"
import { Cluster, type CommonRedisOptions, Redis } from "ioredis"
import type { RedisPlace, RedisTarget, RedisTls } from "../options/RedisOptions.ts"
import { type IoRedisClient, overIoRedis } from "./hostClients.ts"
import type { RedisConnection } from "./RedisConnection.ts"
import { SteadyConnector, SteadySentinelConnector } from "./steadyConnectors.ts"

/** The first tries come quickly; never more than a second passes between two. */
const retryMillis = (tries: number): number => Math.min(50 * 2 ** Math.min(tries, 6), 1_000)

const shared = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 2_000,
  // Nobody says goodbye when a machine or a network dies: a command that has no answer for so long ends
  // the connection. Commands themselves are given up much earlier.
  socketTimeout: 5_000,
  connectionName: "holdfast",
  // A user may lack the right to say which library this is.
  disableClientInfo: true,
  // The server that a connection goes to was replaced by another, and is the other's replica now.
  reconnectOnError: (error: Error) => error.message.startsWith("READONLY")
} as const satisfies CommonRedisOptions

/** The settings of TLS as Node's `tls.connect` takes them. */
export const tlsOptions = ({
  ca,
  cert,
  key,
  passphrase,
  rejectUnauthorized,
  servername
}: RedisTls): ConnectionOptions => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key: Redacted.value(key) }),
  ...(passphrase === undefined ? {} : { passphrase: Redacted.value(passphrase) }),
  ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  ...(servername === undefined ? {} : { servername })
})

const nameOf = ({ host, port }: RedisPlace) => `${host.includes(":") ? `[${host}]` : host}:${port}`

/** Where a target is, for people. */
export const whereOf = ({ places, sentinel }: RedisTarget): string => {
  const names = places.map(nameOf).join(",")
  return sentinel === undefined ? names : `${sentinel.name} of the sentinels ${names}`
}

const secretOf = (secret: Redacted.Redacted<string> | undefined) =>
  secret === undefined ? undefined : Redacted.value(secret)

const clientOf = (target: RedisTarget): Redis | Cluster => {
  const { db, kind, password, places, sentinel, username } = target
  const tls = target.tls === undefined ? undefined : tlsOptions(target.tls)
  const login = {
    username,
    password: secretOf(password),
    ...(tls === undefined ? {} : { tls })
  }
  const [first = { host: "127.0.0.1", port: 6379 }] = places
  switch (kind) {
    case "standalone":
      return new Redis({
        ...shared,
        ...first,
        ...login,
        db,
        Connector: SteadyConnector,
        retryStrategy: retryMillis
      })
    case "sentinel":
      return new Redis({
        ...shared,
        ...login,
        db,
        Connector: SteadySentinelConnector,
        retryStrategy: retryMillis,
        sentinels: [...places],
        name: sentinel?.name ?? "",
        sentinelUsername: sentinel?.username,
        sentinelPassword: secretOf(sentinel?.password),
        sentinelRetryStrategy: retryMillis,
        sentinelReconnectStrategy: retryMillis,
        failoverDetector: true,
        ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls })
      })
    case "cluster":
      return new Cluster([...places], {
        enableOfflineQueue: false,
        clusterRetryStrategy: retryMillis,
        clusterNodeRetryStrategy: retryMillis,
        slotsRefreshTimeout: 2_000,
        // Certificates name hosts, and a cluster may name its nodes by address.
        ...(tls === undefined ? {} : { dnsLookup: (host, done) => done(null, host) }),
        redisOptions: (({ enableOfflineQueue: _, ...rest }) => ({
          ...rest,
          ...login,
          Connector: SteadyConnector
        }))(shared)
      })
  }
}

/** Opens a client. Connecting goes on in the background. */
export const openOwnClient = (target: RedisTarget): RedisConnection => {
  const client = clientOf(target)
  return {
    ...overIoRedis(client as unknown as IoRedisClient, whereOf(target)),
    close: async () => {
      // What is under way is answered first, if Redis is there to answer.
      if (client.status === "ready") {
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, 500)
        })
        await Promise.race([client.quit().catch(() => undefined), late])
        clearTimeout(timer)
      }
      client.disconnect()
    }
  }
}
