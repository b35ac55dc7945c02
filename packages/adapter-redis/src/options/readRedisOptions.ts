/** Reads the settings and names every bad one. It connects to nothing. */
import { createSecureContext } from "node:tls"
import { HoldfastError } from "@holdfast/core"
import { InvalidInput } from "@holdfast/core/engine"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { tlsOptions } from "../clients/ownClient.ts"
import type {
  RedisConnectionOptions,
  RedisHostSettings,
  RedisPlace,
  RedisSettings,
  RedisTarget,
  RedisTls
} from "./RedisOptions.ts"
import { readRedisUrl } from "./readRedisUrl.ts"

const optional = Schema.optional
const filled = Schema.String.check(Schema.isMinLength(1))
const between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const isSecret = (value: unknown): value is Redacted.Redacted<string> =>
  Redacted.isRedacted(value) && typeof Redacted.value(value) === "string"

const secret = Schema.Unknown.check(
  Schema.makeFilter((value) => isSecret(value) || "must be text, wrapped by Redacted.make")
)

/** Whether Node can read the certificates and the key; its words hold none of them. */
const isUsable = Schema.makeFilter<RedisTls>((tls) => {
  try {
    createSecureContext(tlsOptions(tls))
    return true
  } catch (error) {
    return `holds a certificate or a key that cannot be read (${(error as Error).message})`
  }
})

const place = Schema.Struct({ host: filled, port: between(1, 65_535) })
const places = Schema.Array(place).check(Schema.isMinLength(1))

const url = Schema.Unknown.check(
  Schema.makeFilter((value) => {
    if (typeof value !== "string" && !isSecret(value)) {
      return "must be text, or text wrapped by Redacted.make"
    }
    const read = readRedisUrl(textOf(value))
    return "mustBe" in read ? read.mustBe : true
  })
)

const connectionFields = {
  url: optional(url),
  host: optional(filled),
  port: optional(between(1, 65_535)),
  sentinels: optional(
    Schema.Struct({
      name: filled,
      places,
      username: optional(filled),
      password: optional(secret)
    })
  ),
  cluster: optional(places),
  username: optional(filled),
  password: optional(secret),
  db: optional(between(0, 65_535)),
  tls: optional(
    Schema.Union([
      Schema.Boolean,
      Schema.Struct({
        ca: optional(filled),
        cert: optional(filled),
        key: optional(secret),
        passphrase: optional(secret),
        servername: optional(filled),
        rejectUnauthorized: optional(Schema.Boolean)
      }).check(isUsable as never)
    ])
  )
}

const settingFields = {
  prefix: optional(
    Schema.String.check(
      Schema.isPattern(/^[A-Za-z0-9._:-]{1,100}$/, {
        message: "must be 1 to 100 letters, digits, dots, dashes, colons and underscores"
      })
    )
  ),
  timeoutMillis: optional(between(1, 60_000)),
  remembersMillis: optional(between(1, 86_400_000)),
  localShare: optional(Schema.Number.check(Schema.isBetween({ minimum: 0.01, maximum: 1 }))),
  log: optional(
    Schema.Unknown.check(
      Schema.makeFilter((value) => typeof value === "function" || "must be a function")
    )
  )
}

const textOf = (value: string | Redacted.Redacted<string>): string =>
  typeof value === "string" ? value : Redacted.value(value)

const refuse = (issues: ReadonlyArray<InvalidInput.FieldIssue>): never => {
  throw new HoldfastError("InvalidInput", {
    issues: issues.map(({ message, path }) => ({
      path: path === "" ? "options" : `options.${path}`,
      message
    }))
  })
}

const issue = (path: string, message: string) => refuse([{ path, message }])

const readSettingsFields = InvalidInput.reader(Schema.Struct(settingFields))
const readConnectionFields = InvalidInput.reader(Schema.Struct(connectionFields))

/** The settings, filled in. */
export interface ReadSettings {
  readonly prefix: string
  readonly timeoutMillis: number
  readonly remembersMillis: number
  readonly localShare: number
}

/** Reads how the adapter works; throws `InvalidInput` with every bad field. */
export const readSettings = (settings: RedisSettings | RedisHostSettings = {}): ReadSettings => {
  const read = readSettingsFields(settings)
  if (Result.isFailure(read)) return refuse(read.failure.issues)
  return {
    prefix: settings.prefix ?? "holdfast",
    timeoutMillis: settings.timeoutMillis ?? 50,
    remembersMillis: settings.remembersMillis ?? 60_000,
    localShare: settings.localShare ?? 0.5
  }
}

const ways = ["url", "host", "sentinels", "cluster"] as const

const tlsOf = (tls: boolean | RedisTls | undefined, isTls: boolean): RedisTls | undefined => {
  if (tls === false && isTls) return issue("tls", "contradicts the rediss:// of the url")
  if (tls === undefined || tls === false) return isTls ? {} : undefined
  return tls === true ? {} : tls
}

const targetOfUrl = (options: RedisConnectionOptions, text: string): RedisTarget => {
  const read = readRedisUrl(text)
  if ("mustBe" in read) return issue("url", read.mustBe)
  const { db, isTls, kind, name, password, username } = read
  const secretOfUrl = password === undefined ? undefined : Redacted.make(password)
  return {
    kind,
    places: read.places,
    sentinel: name === undefined ? undefined : { name },
    username: options.username ?? username,
    password: options.password ?? secretOfUrl,
    db: options.db ?? db,
    tls: tlsOf(options.tls, isTls)
  }
}

/** Reads where Redis is; throws `InvalidInput` with every bad field. */
export const readTarget = (options: RedisConnectionOptions): RedisTarget => {
  const read = readConnectionFields(options)
  if (Result.isFailure(read)) return refuse(read.failure.issues)
  const given = ways.filter((way) => options[way] !== undefined)
  if (given.length !== 1) {
    return issue("", "must have one of url, host, sentinels and cluster")
  }
  const { cluster, db = 0, host = "", password, port = 6_379, sentinels, url: at } = options
  if (at !== undefined) return targetOfUrl(options, textOf(at))
  const login = { username: options.username, password, tls: tlsOf(options.tls, false) }
  if (cluster !== undefined) {
    if (db !== 0) return issue("db", "must be 0: a cluster has only the first database")
    return { kind: "cluster", places: cluster, sentinel: undefined, db, ...login }
  }
  if (sentinels !== undefined) {
    const { places: watchers, ...sentinel } = sentinels
    return { kind: "sentinel", places: watchers, sentinel, db, ...login }
  }
  const only: RedisPlace = { host, port }
  return { kind: "standalone", places: [only], sentinel: undefined, db, ...login }
}
