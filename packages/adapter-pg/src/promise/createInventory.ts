/**
 * Opens an inventory for a host that knows no Effect: nothing given, it lives in memory; a folder,
 * and it is kept there; a URL, and it is on that PostgreSQL server. The signature has no type of
 * Effect; what is inside is layers.
 */
import { HoldfastError, type HoldfastInventory } from "@holdfast/core"
import { InvalidInput, Inventory, layerExpirySweeper, toPromises } from "@holdfast/core/effect"
import * as Cause from "effect/Cause"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { PgSessions } from "../connection/PgSessions.ts"
import { layerPostgres } from "../connection/Postgres.ts"
import type { StoreStartError } from "../connection/StoreStartError.ts"
import { layerMigrations, layerUpkeep } from "../inventory/inventoryTables.ts"
import { layerStorage } from "../inventory/PgInventory.ts"
import { layerPglite } from "../pglite/Pglite.ts"
import type { CreateInventoryOptions, LogEntry } from "./CreateInventoryOptions.ts"

const optional = Schema.optionalKey
const count = (minimum: number, maximum: number) =>
  optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))
const millis = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 86_400_000 }))

const schemaName = Schema.String.check(
  Schema.isPattern(/^[a-z_][a-z0-9_]{0,50}$/, {
    message: "must be a lower-case identifier of at most 51 characters"
  })
)

const isFunction = Schema.makeFilter<unknown>(
  (value) => typeof value === "function" || "must be a function"
)

const Options = Schema.Struct({
  memory: optional(Schema.Literal(true)),
  folder: optional(Schema.String.check(Schema.isMinLength(1))),
  url: optional(Schema.String),
  maxConnections: count(2, 1_000),
  pooler: optional(Schema.Literals(["none", "transaction"])),
  schema: optional(schemaName),
  migrate: optional(Schema.Boolean),
  sweepIntervalMillis: optional(Schema.Union([millis, Schema.Literal(false)])),
  upkeep: optional(Schema.Boolean),
  engine: optional(
    Schema.Struct({
      queueMax: count(1, 1_000_000),
      batchMax: count(1, 500),
      batchLinesMax: count(1, 1_000),
      waitMillisMax: optional(millis),
      lanes: count(1, 64),
      deadlineMillis: optional(millis)
    })
  ),
  log: optional(Schema.Unknown.check(isFunction))
}).check(
  Schema.makeFilter(
    ({ folder, url }: { readonly folder?: string; readonly url?: string }) =>
      folder === undefined ||
      url === undefined || { path: ["url"], issue: "is not for a database in a folder" }
  ),
  Schema.makeFilter(
    ({ folder, memory, url }: Readonly<Record<string, unknown>>) =>
      memory === undefined ||
      (folder ?? url) === undefined || {
        path: ["memory"],
        issue: "is not for a database in a folder or on a server"
      }
  ),
  Schema.makeFilter(
    ({ maxConnections, url }: { readonly maxConnections?: number; readonly url?: string }) =>
      maxConnections === undefined ||
      url !== undefined || {
        path: ["maxConnections"],
        issue: "is for a server; the embedded database has one connection"
      }
  ),
  Schema.makeFilter(
    ({ pooler, url }: { readonly pooler?: string; readonly url?: string }) =>
      pooler === undefined || url !== undefined || { path: ["pooler"], issue: "is for a server" }
  )
)
type Options = Omit<typeof Options.Type, "log"> & Pick<CreateInventoryOptions, "log">

const read = InvalidInput.reader(Options)

/** The fields that are said; one that is undefined is as left out. */
const said = (fields: unknown): unknown =>
  typeof fields === "object" && fields !== null
    ? Object.fromEntries(
        Object.entries(fields)
          .filter(([, field]) => field !== undefined)
          .map(([key, field]) => [key, key === "engine" ? said(field) : field])
      )
    : fields

/**
 * The places that are named without a value, as by an unset variable. An inventory in memory
 * instead would lose everything with the process.
 */
const unsetPlaces = (options: unknown): ReadonlyArray<InvalidInput.FieldIssue> => {
  const { folder, memory, url } = Object(options) as Readonly<Record<string, unknown>>
  if ((folder ?? url ?? memory) !== undefined) return []
  return ["folder", "url"]
    .filter((place) => place in Object(options))
    .map((path) => ({
      path,
      message: "is undefined: is a variable not set? To use memory, give memory: true"
    }))
}

/** The options as they may be used, or an error that names every bad one of them. */
const checked = (options: unknown): Options => {
  const unset = unsetPlaces(options)
  if (unset.length > 0) throw new HoldfastError("InvalidInput", { issues: unset })
  const result = read(said(options))
  if (Result.isSuccess(result)) return result.success as Options
  throw new HoldfastError("InvalidInput", { issues: result.failure.issues })
}

/** The connections, and what knows the URL: nothing else does, and only as a secret. */
const connections = ({
  folder,
  maxConnections,
  pooler,
  url
}: Options): Layer.Layer<PgSessions, StoreStartError> => {
  if (url === undefined) return layerPglite(folder === undefined ? { memory: true } : { folder })
  return layerPostgres({
    url: Redacted.make(url),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(pooler === undefined ? {} : { pooler })
  })
}

const levels: Readonly<Record<string, LogEntry["level"]>> = {
  Fatal: "error",
  Error: "error",
  Warn: "warn",
  Info: "info"
}

/** A host's own log, as a logger. */
const loggerTo = (log: (entry: LogEntry) => void) =>
  Logger.make(({ cause, logLevel, message }) =>
    log({
      level: levels[logLevel] ?? "debug",
      message: (Array.isArray(message) ? message : [message]).map(String).join(" "),
      cause: cause.reasons.length === 0 ? undefined : Cause.pretty(cause)
    })
  )

const standardError = Logger.withConsoleError(Logger.formatLogFmt)

/** Everything that an inventory is made of. */
const layerOf = (options: Options) => {
  const { deadlineMillis, lanes, ...engine } = options.engine ?? {}
  const { log, migrate = true, schema, sweepIntervalMillis = 1_000, upkeep = true } = options
  const background = Layer.mergeAll(
    sweepIntervalMillis === false
      ? Layer.empty
      : layerExpirySweeper({ interval: sweepIntervalMillis }),
    upkeep ? layerUpkeep({ schema }) : Layer.empty
  )
  return background.pipe(
    Layer.provideMerge(Inventory.layer(engine)),
    Layer.provideMerge(layerStorage({ schema, lanes, deadlineMillis })),
    Layer.provide(migrate ? layerMigrations({ schema }) : Layer.empty),
    Layer.provide(connections(options)),
    Layer.provide(Logger.layer([log === undefined ? standardError : loggerTo(log)]))
  )
}

/**
 * Opens an inventory: in memory when nothing is given or `memory` is true, in a `folder`, or on the
 * PostgreSQL server at a `url`. A `folder` or `url` that is undefined is refused. Its tables are
 * made and brought up to date first, unless `migrate` is false.
 *
 * Rejects with a `HoldfastError`: `InvalidInput` names every bad option; `StartFailed` says in
 * `details.reason` why the database could not be opened (`FolderInUse`, `FolderUnusable`,
 * `InvalidOptions`, `Failed`, `Changed`, `Newer`); `Unavailable` says why the server cannot be used,
 * such as a wrong password or a missing right. Nothing stays open then.
 *
 * ```ts
 * await using inventory = await createInventory({ folder: "./stock" })
 * await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
 * const [hold] = await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 2 }] })
 * ```
 */
export const createInventory = async (
  options: CreateInventoryOptions = {}
): Promise<HoldfastInventory> => toPromises(layerOf(checked(options)))
