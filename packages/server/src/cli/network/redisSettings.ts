/** Which Redis the servers share, and how it is asked: the settings. */
import {
  type RedisConnectionOptions,
  type RedisSettings,
  redisPlace
} from "@holdfast/adapter-redis"
import { isHoldfastError } from "@holdfast/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readCertificates } from "../../serving/network/certificateFiles.ts"
import { CommandFailure, usageFailure } from "../CommandFailure.ts"
import { anyText, durationMillis, type Found, secret, setting, variableOf } from "../settings.ts"

/** The settings. */
export const redisFlags = {
  redis: secret("redis", {
    metavar: "<url>",
    description:
      "Redis that servers share, such as redis://user:password@host:6379, rediss:// for TLS, " +
      "redis+sentinel://host,host/name or redis+cluster://host,host"
  }),
  redisPrefix: setting(
    "redis-prefix",
    {
      metavar: "<name>",
      description: "What the names of keys in Redis begin with (default: holdfast)",
      read: (text) =>
        /^[A-Za-z0-9._:-]{1,100}$/.test(text)
          ? { value: text }
          : { mustBe: "1 to 100 letters, digits, dots, dashes, colons and underscores" }
    },
    undefined
  ),
  redisTimeout: setting(
    "redis-timeout",
    {
      metavar: "<time>",
      description: "How long Redis may take to answer (default: 50ms)",
      read: durationMillis("1ms", "10s")
    },
    undefined
  ),
  redisLocalShare: setting(
    "redis-local-share",
    {
      metavar: "<percent>",
      description: "Share of each limit that a server grants while Redis is away (default: 50%)",
      read: (text) => {
        const [, percent] = /^(\d{1,3})%$/.exec(text) ?? []
        const share = Number(percent) / 100
        return share >= 0.01 && share <= 1 ? { value: share } : { mustBe: "from 1% to 100%" }
      }
    },
    undefined
  ),
  redisCa: setting(
    "redis-ca",
    {
      metavar: "<file>",
      description: "Certificate of the authority of Redis' certificate, in PEM; implies TLS",
      read: anyText
    },
    undefined
  ),
  redisCert: setting(
    "redis-cert",
    {
      metavar: "<file>",
      description: "Certificate to show to Redis, in PEM; implies TLS",
      read: anyText
    },
    undefined
  ),
  redisKey: setting(
    "redis-key",
    { metavar: "<file>", description: "The private key of --redis-cert, in PEM", read: anyText },
    undefined
  )
}

/** The settings as read. */
export interface RedisInput {
  readonly redis: Found<Redacted.Redacted> | undefined
  readonly redisPrefix: string | undefined
  readonly redisTimeout: number | undefined
  readonly redisLocalShare: number | undefined
  readonly redisCa: string | undefined
  readonly redisCert: string | undefined
  readonly redisKey: string | undefined
}

/** A Redis to open, and where it is. */
export interface ChosenRedis {
  readonly options: RedisConnectionOptions
  readonly settings: RedisSettings
  /** Hosts and ports, without a password. */
  readonly where: string
}

/** Settings that say how, and need to know where. */
const dependent = {
  "redis-prefix": "redisPrefix",
  "redis-timeout": "redisTimeout",
  "redis-local-share": "redisLocalShare",
  "redis-ca": "redisCa",
  "redis-cert": "redisCert",
  "redis-key": "redisKey"
} as const satisfies Readonly<Record<string, keyof RedisInput>>

const tlsOf = Effect.fnUntraced(function* ({
  redisCa: ca,
  redisCert: cert,
  redisKey: key
}: RedisInput): Effect.fn.Return<RedisConnectionOptions["tls"], CommandFailure> {
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  if (cert === undefined && key !== undefined) {
    return yield* usageFailure("--redis-key needs --redis-cert")
  }
  if (cert !== undefined && key === undefined) {
    return yield* usageFailure("--redis-cert needs --redis-key")
  }
  const own = cert === undefined || key === undefined ? undefined : { cert, key }
  const settings = { cert: "redis-cert", key: "redis-key", ca: "redis-ca" }
  const read = readCertificates({ own, ca, settings }, new Date())
  if (read instanceof CommandFailure) return yield* read
  return {
    ...(read.ca === undefined ? {} : { ca: read.ca.join("\n") }),
    ...(read.cert === undefined || read.key === undefined
      ? {}
      : { cert: read.cert, key: Redacted.make(read.key) })
  }
})

/** The Redis that the settings ask for; undefined when they ask for none. */
export const redisOf = Effect.fnUntraced(function* (
  input: RedisInput
): Effect.fn.Return<ChosenRedis | undefined, CommandFailure> {
  const { redis, redisLocalShare, redisPrefix, redisTimeout } = input
  if (redis === undefined) {
    const [flag] =
      Object.entries(dependent).find(([, setting]) => input[setting] !== undefined) ?? []
    if (flag === undefined) return undefined
    return yield* usageFailure(
      `--${flag} (or ${variableOf(flag)}) needs --redis (or ${variableOf("redis")})`
    )
  }
  const tls = yield* tlsOf(input)
  const options = { url: redis.value, ...(tls === undefined ? {} : { tls }) }
  const where = yield* Effect.try({
    try: () => redisPlace(options),
    catch: (error) => {
      const [issue] = isHoldfastError(error, "InvalidInput") ? error.details.issues : []
      const name = redis.from === "flag" ? "--redis" : variableOf("redis")
      return usageFailure(`${name} ${issue?.message ?? "cannot be used"}`)
    }
  })
  return {
    options,
    where,
    settings: {
      ...(redisPrefix === undefined ? {} : { prefix: redisPrefix }),
      ...(redisTimeout === undefined ? {} : { timeoutMillis: redisTimeout }),
      ...(redisLocalShare === undefined ? {} : { localShare: redisLocalShare })
    }
  }
})
