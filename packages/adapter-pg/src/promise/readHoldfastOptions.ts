/**
 * The options of a host, read: every bad one is named, and nothing is opened. The types of the
 * options are in `HoldfastOptions.ts`, which no type of Effect may reach.
 */
import { HoldfastError } from "@holdfast/core"
import { InvalidInput } from "@holdfast/core/effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { HoldfastOptions } from "./HoldfastOptions.ts"

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
      linesMax: count(1, 1_000),
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
/** Options that were read. */
export type Options = Omit<typeof Options.Type, "log"> & Pick<HoldfastOptions, "log">

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
export const checkedOptions = (options: unknown): Options => {
  const unset = unsetPlaces(options)
  if (unset.length > 0) throw new HoldfastError("InvalidInput", { issues: unset })
  const result = read(said(options))
  if (Result.isSuccess(result)) return result.success as Options
  throw new HoldfastError("InvalidInput", { issues: result.failure.issues })
}
