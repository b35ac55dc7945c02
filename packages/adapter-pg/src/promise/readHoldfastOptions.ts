/**
 * Reads the options of a host and names every bad one. It opens nothing. The types of the options
 * are in `HoldfastOptions.ts`, which no type of Effect may reach.
 */
import { HoldfastError } from "@holdfast/core"
import { CacheSettingsFields, cacheLayerOf } from "@holdfast/core/caching"
import { InvalidInput } from "@holdfast/core/inventory"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { catalogSchemaDefault } from "../catalog/catalogTables.ts"
import { schemaDefault } from "../inventory/inventoryTables.ts"
import { replicaUrlsMistake } from "../replicas/openReplicas.ts"
import type { HoldfastOptions } from "./HoldfastOptions.ts"
import { keyRingMistakes } from "./keyRingOption.ts"

const optional = Schema.optionalKey
const count = (minimum: number, maximum: number) =>
  optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))
const millis = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 86_400_000 }))

const schemaName = Schema.String.check(
  Schema.isPattern(/^(?!pg_)[a-z_][a-z0-9_]{0,50}$/, {
    message: "must be a lower-case identifier of at most 51 characters"
  })
)

const isFunction = Schema.makeFilter<unknown>(
  (value) => typeof value === "function" || "must be a function"
)

const isPem = (value: unknown): boolean => typeof value === "string" || value instanceof Uint8Array

const pem = Schema.Unknown.check(
  Schema.makeFilter((value) => isPem(value) || "must be PEM, as text or bytes")
)
const pems = Schema.Unknown.check(
  Schema.makeFilter(
    (value) =>
      isPem(value) ||
      (Array.isArray(value) && value.length > 0 && value.every(isPem)) ||
      "must be PEM, as text or bytes, or a list of such"
  )
)

const Tls = Schema.Struct({
  ca: optional(pems),
  cert: optional(pem),
  key: optional(pem),
  passphrase: optional(Schema.String),
  servername: optional(Schema.String),
  rejectUnauthorized: optional(Schema.Boolean)
})

/** The host's pool is its own object, and only looked at. */
const poolMistake = (pool: unknown): string | undefined => {
  if (typeof Object(pool).connect !== "function") return "must be a pool of connections, as of pg"
  const { binary, max } = Object(Object(pool).options) as Readonly<Record<string, unknown>>
  if (binary === true) return "must be a pool without binary: true; its answers are read as text"
  return max !== undefined && !(Number(max) >= 2)
    ? "must lend at least 2 connections: give it max: 2 or more"
    : undefined
}

/** The API is a module of the host's, and only looked at. */
const openTelemetryMistake = (api: unknown): string | undefined => {
  const { context, trace } = Object(api) as Readonly<Record<string, unknown>>
  return typeof Object(trace).getTracer === "function" &&
    typeof Object(trace).wrapSpanContext === "function" &&
    typeof Object(context).active === "function"
    ? undefined
    : 'must be what import * as api from "@opentelemetry/api" gives, of release 1.9 or newer'
}

const filled = Schema.String.check(Schema.isMinLength(1))

const Engine = Schema.Struct({
  queueMax: count(1, 1_000_000),
  batchMax: count(1, 500),
  batchLinesMax: count(1, 1_000),
  waitMillisMax: optional(millis),
  audit: optional(Schema.Literals(["ALL", "PRINCIPALS", "NONE"])),
  lanes: count(1, 64),
  deadlineMillis: optional(millis)
})

const Fields = Schema.Struct({
  memory: optional(Schema.Literal(true)),
  folder: optional(filled),
  url: optional(
    Schema.String.check(Schema.isMinLength(1, { message: "is empty: is a variable not set?" }))
  ),
  host: optional(filled),
  port: count(1, 65_535),
  database: optional(filled),
  user: optional(filled),
  password: optional(Schema.String),
  pool: optional(Schema.Unknown.check(Schema.makeFilter((value) => poolMistake(value) ?? true))),
  ssl: optional(Schema.Union([Schema.Boolean, Tls])),
  maxConnections: count(2, 1_000),
  pooler: optional(Schema.Literals(["none", "transaction"])),
  replicas: optional(
    Schema.Array(filled).check(
      Schema.isBetweenLength(1, 16),
      Schema.makeFilter((urls) => replicaUrlsMistake(urls) ?? true)
    )
  ),
  replicaLagMaxMillis: count(100, 3_600_000),
  schema: optional(schemaName),
  migrate: optional(Schema.Boolean),
  sweepIntervalMillis: optional(Schema.Union([millis, Schema.Literal(false)])),
  upkeep: optional(Schema.Boolean),
  retention: optional(
    Schema.Struct({
      eventsDays: count(1, 36_500),
      unreadEventsDays: count(1, 36_500),
      movementsMonths: count(1, 1_200)
    })
  ),
  engine: optional(Engine),
  cache: optional(
    Schema.Unknown.check(
      Schema.makeFilter(
        (value) =>
          cacheLayerOf(value) !== undefined ||
          "must be a cache, such as memoryCache() of @holdfast/core gives"
      )
    )
  ),
  caching: optional(CacheSettingsFields),
  catalog: optional(
    Schema.Struct({
      schema: optional(schemaName),
      engine: optional(Engine),
      followStock: optional(Schema.Boolean)
    })
  ),
  keyRing: optional(Schema.Unknown.check(Schema.makeFilter(keyRingMistakes))),
  openTelemetry: optional(
    Schema.Unknown.check(Schema.makeFilter((value) => openTelemetryMistake(value) ?? true))
  ),
  log: optional(Schema.Unknown.check(isFunction))
})
type Fields = typeof Fields.Type
type Field = keyof Fields

/** The parts of a URL, as options of their own. */
const serverFields = ["host", "port", "database", "user", "password"] as const
const requiredFields = ["host", "database", "user"] as const

interface Mistake {
  readonly path: ReadonlyArray<string>
  readonly issue: string
}

/** Refuses each of these options, because only one of them may be given. */
const notBeside = (
  options: Fields,
  names: ReadonlyArray<Field>,
  issue: string
): ReadonlyArray<Mistake> =>
  names.filter((name) => options[name] !== undefined).map((name) => ({ path: [name], issue }))

/** What is asked of retention and can have no effect. */
const idleRetention = ({ retention, upkeep }: Fields): ReadonlyArray<Mistake> => {
  if (retention === undefined) return []
  const { eventsDays, unreadEventsDays } = retention
  return [
    ...(upkeep === false
      ? [{ path: ["retention"], issue: "is done by upkeep: leave out upkeep: false" }]
      : []),
    ...(unreadEventsDays !== undefined &&
    unreadEventsDays < (eventsDays ?? Number.POSITIVE_INFINITY)
      ? [
          {
            path: ["retention", "unreadEventsDays"],
            issue:
              eventsDays === undefined
                ? "is about events that are old anyway: give eventsDays too"
                : `must be at least eventsDays, which is ${eventsDays}`
          }
        ]
      : [])
  ]
}

/** The tables of the two contexts have the same names, so each has a schema of its own. */
const sharedSchema = ({ catalog, schema }: Fields): ReadonlyArray<Mistake> =>
  (schema ?? schemaDefault) === (catalog?.schema ?? catalogSchemaDefault)
    ? [
        {
          path: catalog?.schema === undefined ? ["schema"] : ["catalog", "schema"],
          issue: "must differ between the inventory and the catalog"
        }
      ]
    : []

/** The options that contradict each other. */
const contradictions = (options: Fields): ReadonlyArray<Mistake> => {
  const { folder, pool, url } = options
  const isByFields = serverFields.some((name) => options[name] !== undefined)
  const isOnServer = url !== undefined || isByFields || pool !== undefined
  return [
    ...(folder === undefined
      ? []
      : notBeside(options, ["url", ...serverFields, "pool"], "is not for a database in a folder")),
    ...(folder === undefined && !isOnServer
      ? []
      : notBeside(options, ["memory"], "is not for a database in a folder or on a server")),
    ...(url === undefined
      ? []
      : notBeside(options, serverFields, "is not for use beside url, which holds it")),
    ...(pool === undefined
      ? []
      : notBeside(
          options,
          ["url", ...serverFields, "ssl", "maxConnections", "pooler", "replicas"],
          "is not for use beside pool, which has its own"
        )),
    ...((folder ?? url ?? pool) !== undefined || !isByFields
      ? []
      : requiredFields
          .filter((name) => options[name] === undefined)
          .map(
            (name): Mistake => ({ path: [name], issue: "is required beside the other fields" })
          )),
    ...(isOnServer
      ? []
      : [
          ...notBeside(options, ["ssl", "pooler"], "is for a server: give its url or host too"),
          ...notBeside(
            options,
            ["replicas"],
            "are of a server: give the url or the host of their primary too"
          ),
          ...notBeside(
            options,
            ["maxConnections"],
            "is for a server; the embedded database has one connection"
          )
        ]),
    ...(options.replicas === undefined
      ? notBeside(options, ["replicaLagMaxMillis"], "is about replicas: give replicas too")
      : []),
    ...(options.ssl !== undefined && url !== undefined && /[?&]sslmode=/.test(url)
      ? [{ path: ["ssl"], issue: "is not for use beside sslmode in the url" }]
      : []),
    ...(options.caching !== undefined && options.cache === undefined
      ? [{ path: ["caching"], issue: "is about a cache: give cache too" }]
      : []),
    ...idleRetention(options)
  ]
}

const alone = InvalidInput.reader(Fields.check(Schema.makeFilter(contradictions)))

/** How the options are read for what is opened with them. */
const readers = {
  inventory: alone,
  catalog: alone,
  holdfast: InvalidInput.reader(
    Fields.check(
      Schema.makeFilter((options) => [...contradictions(options), ...sharedSchema(options)])
    )
  )
}

/** Options that were read. */
export type Options = Omit<Fields, "log" | "openTelemetry" | "pool"> &
  Pick<HoldfastOptions, "log" | "openTelemetry" | "pool">

/** The options that are objects of options themselves. A `pool` is the host's own object. */
const nested: ReadonlyArray<string> = ["engine", "retention", "ssl", "catalog", "caching"]

/**
 * An array, a URL or a Map has no fields that could be read, and would pass for no options. A plain
 * object may come from another realm, as in a test runner, and then has another `Object.prototype`.
 */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

const isOtherObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !isPlain(value)

const mustBePlain = (path: string): InvalidInput.FieldIssue => ({
  path,
  message: "must be a plain object with the options as its fields"
})

/** The nested options that are objects, but no plain ones. */
const unplain = (options: unknown): ReadonlyArray<InvalidInput.FieldIssue> =>
  nested.filter((name) => isOtherObject(Object(options)[name])).map(mustBePlain)

/** The fields that have a value. An undefined field counts as left out. */
const definedFields = (fields: unknown): unknown =>
  typeof fields === "object" && fields !== null
    ? Object.fromEntries(
        Object.entries(isPlain(fields) ? fields : {})
          .filter(([, field]) => field !== undefined)
          .map(([key, field]) => [key, nested.includes(key) ? definedFields(field) : field])
      )
    : fields

const places = ["folder", "url", ...serverFields, "pool"] as const

/**
 * The places that are named without a value, as by an unset variable. An inventory in memory
 * instead would lose everything with the process.
 */
const unsetPlaces = (options: unknown): ReadonlyArray<InvalidInput.FieldIssue> => {
  const given = Object(options) as Readonly<Record<string, unknown>>
  if ([...places, "memory"].some((place) => (given[place] ?? undefined) !== undefined)) return []
  return places
    .filter((place) => place in given)
    .map((path) => ({
      path,
      message: "is undefined: is a variable not set? To use memory, give memory: true"
    }))
}

/** What is opened with the options. */
export type Opened = "holdfast" | "inventory" | "catalog"

/** The options that have no meaning for one context alone. */
const meaningless = (options: unknown, opened: Opened): ReadonlyArray<InvalidInput.FieldIssue> => {
  if (opened === "holdfast") return []
  const { catalog, retention, sweepIntervalMillis } = Object(options)
  const issues: Array<InvalidInput.FieldIssue> = []
  if (catalog !== undefined) issues.push({ path: "catalog", message: "is for createHoldfast" })
  if (opened === "inventory") return issues
  const message = "is for an inventory"
  if (sweepIntervalMillis !== undefined) issues.push({ path: "sweepIntervalMillis", message })
  if (Object(retention).movementsMonths !== undefined) {
    issues.push({ path: "retention.movementsMonths", message })
  }
  return issues
}

/** The options as they may be used, or an error that names every bad one of them. */
export const checkedOptions = (options: unknown, opened: Opened = "holdfast"): Options => {
  if (isOtherObject(options)) {
    throw new HoldfastError("InvalidInput", { issues: [mustBePlain("")] })
  }
  const unset = unsetPlaces(options)
  if (unset.length > 0) throw new HoldfastError("InvalidInput", { issues: unset })
  const result = readers[opened](definedFields(options))
  const wrong = [...unplain(options), ...meaningless(options, opened)]
  if (Result.isSuccess(result) && wrong.length === 0) return result.success as Options
  const issues = Result.isSuccess(result) ? wrong : [...wrong, ...result.failure.issues]
  throw new HoldfastError("InvalidInput", { issues })
}
