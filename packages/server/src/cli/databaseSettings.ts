/**
 * Which database a command works on: a PostgreSQL server by URL, the embedded one in a folder, or
 * the embedded one in memory. A flag wins over a variable, and two flags at once are a usage error.
 * The URL holds a password, so only its host and database are ever shown.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { ConnectionOptions } from "node:tls"
import {
  describePostgresUrl,
  layerPglite,
  layerPostgres,
  type PgSessions,
  postgresUrlMistake,
  type StoreStartError
} from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { manifestName } from "../backup/BackupManifest.ts"
import { readCertificates } from "../serving/network/certificateFiles.ts"
import { CommandFailure, failure, usageFailure } from "./CommandFailure.ts"
import { type ReplicaInput, replicaFlags, replicasOf } from "./reads/replicaSettings.ts"
import {
  anyText,
  type Found,
  found,
  oneOf,
  secret,
  setting,
  toggle,
  wholeNumber
} from "./settings.ts"

/** The default folder of the embedded database, and of what goes with it. */
export const folderDefault = ".holdfast"

/** Where stock and products are kept. */
export type DatabasePlace =
  | { readonly _tag: "Postgres"; readonly url: Redacted.Redacted }
  | { readonly _tag: "Folder"; readonly folder: string }
  | { readonly _tag: "Memory" }

const database = secret("database", {
  metavar: "<url>",
  description:
    "PostgreSQL server, postgres://user:password@host:5432/name; several hosts may be named"
})

const folder = found("folder", {
  metavar: "<folder>",
  description: `Folder of the embedded PostgreSQL (default: ${folderDefault})`,
  read: anyText
})

const readSchema = (text: string) =>
  /^(?!pg_)[a-z_][a-z0-9_]{0,50}$/.test(text)
    ? { value: text }
    : { mustBe: "a lower-case identifier of at most 51 characters" }

const schema = setting(
  "schema",
  {
    metavar: "<name>",
    description: "Database schema of the inventory's tables (default: inventory)",
    read: readSchema
  },
  "inventory"
)

const catalogSchema = setting(
  "catalog-schema",
  {
    metavar: "<name>",
    description: "Database schema of the catalog's tables (default: catalog)",
    read: readSchema
  },
  "catalog"
)

const accessSchema = setting(
  "access-schema",
  {
    metavar: "<name>",
    description: "Database schema of the keys of services (default: access)",
    read: readSchema
  },
  "access"
)

const maxConnections = setting(
  "max-connections",
  {
    metavar: "<count>",
    description: "Connections to PostgreSQL at most (default: 10)",
    read: wholeNumber(2, 1_000)
  },
  10
)

/** What stands between this process and the server, if the engine must know it. */
export type Pooler = "none" | "transaction"

const pooler = setting<Pooler, "none">(
  "pooler",
  {
    metavar: "<none|transaction>",
    description: "transaction: behind a pooler in that mode, such as PgBouncer (default: none)",
    read: oneOf("none", "transaction")
  },
  "none"
)

/** The way around a pooler. */
const databaseDirect = secret("database-direct", {
  metavar: "<url>",
  description:
    "With --pooler transaction: the server itself, for the connections that listen and those that build indexes"
})

const file = (name: string, description: string) =>
  setting(name, { metavar: "<file>", description, read: anyText }, undefined)

/** How the connections to a PostgreSQL server are encrypted and checked. */
const databaseTlsFlags = {
  databaseCa: file(
    "database-ca",
    "Authorities that the PostgreSQL server's certificate is checked by; implies TLS"
  ),
  databaseCert: file("database-cert", "Certificate to show to the PostgreSQL server, in PEM"),
  databaseKey: file("database-key", "The private key of --database-cert, in PEM")
}

/** The settings of a command on a database that outlives it. */
export const databaseFlags = {
  database,
  ...databaseTlsFlags,
  folder,
  schema,
  catalogSchema,
  accessSchema,
  maxConnections,
  pooler,
  databaseDirect
}

/** The settings of the server, which may also keep everything in memory. */
export const serverDatabaseFlags = {
  ...databaseFlags,
  ...replicaFlags,
  memory: toggle("memory", "Keep everything in memory only; it ends with the process", false)
}

/** The settings of the database, as read. */
export interface DatabaseInput {
  readonly database: Found<Redacted.Redacted> | undefined
  readonly folder: Found<string> | undefined
  readonly memory?: boolean
}

/** The one place that the settings name. */
export const placeOf = (input: DatabaseInput): Effect.Effect<DatabasePlace, CommandFailure> => {
  const memory = input.memory === true
  const isTyped = (place: Found<unknown> | undefined) => place?.from === "flag"
  const places: ReadonlyArray<readonly [boolean, boolean, DatabasePlace | undefined]> = [
    [
      isTyped(input.database),
      input.database !== undefined,
      input.database && { _tag: "Postgres", url: input.database.value }
    ],
    [
      isTyped(input.folder),
      input.folder !== undefined,
      input.folder && { _tag: "Folder", folder: input.folder.value }
    ],
    [memory, memory, { _tag: "Memory" }]
  ]
  const typed = places.filter(([isFlag]) => isFlag)
  if (typed.length > 1) {
    // Only a server may keep everything in memory.
    const message =
      input.memory === undefined
        ? "choose one of --database and --folder"
        : "choose one of --database, --folder and --memory"
    return Effect.fail(new CommandFailure({ code: "Usage", message, exitCode: 2 }))
  }
  const [, , place] = typed[0] ?? places.find(([, isSet]) => isSet) ?? []
  if (place?._tag === "Postgres" && Redacted.value(place.url) === "") {
    const message = `${input.database?.place} is empty; give it a PostgreSQL URL, or leave it out to use a folder`
    return Effect.fail(new CommandFailure({ code: "Usage", message, exitCode: 2 }))
  }
  if (place?._tag === "Postgres") {
    const mistake = postgresUrlMistake(Redacted.value(place.url))
    if (mistake !== undefined) {
      return Effect.fail(usageFailure(`${input.database?.place}: ${mistake}`))
    }
  }
  const named = place ?? { _tag: "Folder", folder: folderDefault }
  return named._tag === "Folder" ? notABackup(named) : Effect.succeed(named)
}

/** Refuses the folder of a backup: who opens it changes it, and no restore would take it any more. */
const notABackup = (
  place: Extract<DatabasePlace, { readonly _tag: "Folder" }>
): Effect.Effect<DatabasePlace, CommandFailure> =>
  existsSync(join(place.folder, manifestName))
    ? Effect.fail(
        failure(
          "FolderIsBackup",
          `${place.folder} is a backup, and opening it would change it: restore it with ` +
            "holdfast restore into another --folder"
        )
      )
    : Effect.succeed(place)

/** The place as people may read it: never a user name, never a password. */
export const describePlace = (place: DatabasePlace): string => {
  switch (place._tag) {
    case "Postgres":
      return describePostgresUrl(Redacted.value(place.url))
    case "Folder":
      return `embedded PostgreSQL in ${place.folder}`
    case "Memory":
      return "embedded PostgreSQL in memory"
  }
}

/** Refuses a folder without a database in it: only `serve` and `migrate` make one. */
export const checkedToExist = (
  place: DatabasePlace
): Effect.Effect<DatabasePlace, CommandFailure> =>
  place._tag !== "Folder" || existsSync(join(place.folder, "pgdata"))
    ? Effect.succeed(place)
    : Effect.fail(
        failure(
          "NoDatabase",
          `there is no embedded database in ${place.folder}; name another --folder or a ` +
            "--database, or make one with holdfast serve or holdfast migrate"
        )
      )

/** How sessions are opened. */
export interface SessionsInput extends ReplicaInput {
  readonly maxConnections: number
  readonly pooler: Pooler
  readonly databaseDirect?: Found<Redacted.Redacted> | undefined
  readonly databaseCa: string | undefined
  readonly databaseCert: string | undefined
  readonly databaseKey: string | undefined
}

/** The certificates of the connections, or why they cannot be used. */
const sslOf = Effect.fnUntraced(function* (
  place: DatabasePlace,
  { databaseCa: ca, databaseCert: cert, databaseKey: key }: SessionsInput
): Effect.fn.Return<ConnectionOptions | undefined, CommandFailure> {
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  if (place._tag !== "Postgres") {
    return yield* usageFailure("--database-ca, --database-cert and --database-key need --database")
  }
  if (/[?&]sslmode=disable\b/.test(Redacted.value(place.url))) {
    return yield* usageFailure(
      "sslmode=disable of the URL contradicts --database-ca and its siblings"
    )
  }
  if (cert === undefined && key !== undefined) {
    return yield* usageFailure("--database-key needs --database-cert")
  }
  if (cert !== undefined && key === undefined) {
    return yield* usageFailure("--database-cert needs --database-key")
  }
  const own = cert === undefined || key === undefined ? undefined : { cert, key }
  const settings = { cert: "database-cert", key: "database-key", ca: "database-ca" }
  const read = readCertificates({ own, ca, settings }, new Date())
  if (read instanceof CommandFailure) return yield* read
  return {
    ...(read.ca === undefined ? {} : { ca: [...read.ca] }),
    ...(read.cert === undefined ? {} : { cert: read.cert, key: read.key })
  }
})

/** The URL of the way around a pooler, checked; undefined when there is none. */
const directUrlOf = Effect.fnUntraced(function* (
  place: DatabasePlace,
  { databaseDirect, pooler }: SessionsInput
): Effect.fn.Return<Redacted.Redacted | undefined, CommandFailure> {
  if (databaseDirect === undefined) return undefined
  if (place._tag !== "Postgres" || pooler !== "transaction") {
    return yield* usageFailure(
      `${databaseDirect.place} is for a server behind a pooler: it needs --pooler transaction`
    )
  }
  const mistake = postgresUrlMistake(Redacted.value(databaseDirect.value))
  if (mistake !== undefined) return yield* usageFailure(`${databaseDirect.place}: ${mistake}`)
  return databaseDirect.value
})

/** Opens the database for the lifetime of the layer. */
export const layerSessions = (
  place: DatabasePlace,
  input: SessionsInput
): Layer.Layer<PgSessions, StoreStartError | CommandFailure> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const ssl = yield* sslOf(place, input)
      const replicas = yield* replicasOf(input, place._tag === "Postgres")
      const directUrl = yield* directUrlOf(place, input)
      const { maxConnections, pooler } = input
      switch (place._tag) {
        case "Postgres":
          return layerPostgres({
            ...{ url: place.url, maxConnections, pooler, replicas, directUrl },
            ...(ssl === undefined ? {} : { ssl })
          })
        case "Folder":
          return layerPglite({ folder: place.folder })
        case "Memory":
          return layerPglite({ memory: true })
      }
    })
  )
