// The embedded PostgreSQL: PGlite (PostgreSQL 18 in WASM, in this process), in a folder or in memory,
// behind the same client and the same SQL as a real server. It promises one process a folder, and
// that what was acknowledged survives the death of the process; it runs without fsync, so it does
// not promise to survive the death of the machine. It has one connection, and every statement runs on this
// process's event loop. It does not know tables; the stores make them.

import { existsSync, renameSync, rmSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import * as PgPool from "@effect/sql-pg/PgPool"
import type { PGlite, PGliteOptions } from "@electric-sql/pglite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { openSessions, type PgSessions } from "../connection/PgSessions.ts"
import { StoreStartError } from "../connection/StoreStartError.ts"
import { sessionSettings } from "../connection/sessionSettings.ts"
import { lockFolder } from "./folderLock.ts"
import { makeFolder } from "./makeFolder.ts"
import { pgliteStream } from "./pgliteStream.ts"
import { pgliteUpkeep } from "./pgliteUpkeep.ts"

/** Where the embedded database lives: in a folder, which is made when missing, or in memory alone. */
export type PgliteOptions = { readonly folder: string } | { readonly memory: true }

/** What every start says. The default of 128 MB would be taken from this process, and kept. */
const serverSettings = {
  ...sessionSettings,
  shared_buffers: "32MB",
  // Its timer goes on for as long as the database is open, and holds the process alive.
  log_startup_progress_interval: "0"
}

/**
 * Starts PGlite. Its code is loaded only here, because a process with a server does not need it.
 * The settings are arguments of the server, because PGlite ignores those of a connection.
 */
const startPglite = async (options: PGliteOptions): Promise<PGlite> => {
  const { PGlite } = await import("@electric-sql/pglite")
  const settings = Object.entries(serverSettings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`
  ])
  return PGlite.create({ startParams: [...PGlite.defaultStartParams, ...settings], ...options })
}

/** A database that `initdb` made at build time. Without it the first start takes 3 s, with it 1 s. */
const preparedDatabase = async (): Promise<Pick<PGliteOptions, "loadDataDir">> => {
  // A bundle in CommonJS does not know where it is, and has no assets beside it.
  const here: string | undefined = import.meta.url
  if (here === undefined) return {}
  for (const path of ["../assets/pglite.tar.gz", "../../assets/pglite.tar.gz"]) {
    const file = fileURLToPath(new URL(path, here))
    if (existsSync(file)) {
      // A blob of the open file would hold the process alive until it is collected.
      return { loadDataDir: new Blob([await readFile(file)], { type: "application/x-gzip" }) }
    }
  }
  return {}
}

const unusable = (folder: string) => (cause: unknown) =>
  new StoreStartError({
    reason: "FolderUnusable",
    message: `the embedded database in ${folder} does not start: ${String(cause)}`,
    cause
  })

/** Makes the database under another name first: a process that dies meanwhile leaves no half of one. */
const createIn = async (folder: string): Promise<void> => {
  const draft = join(folder, "pgdata.new")
  rmSync(draft, { recursive: true, force: true })
  const pglite = await startPglite({ dataDir: draft, ...(await preparedDatabase()) })
  await pglite.close()
  renameSync(draft, join(folder, "pgdata"))
}

const openIn = async (folder: string): Promise<PGlite> => {
  const dataDir = join(folder, "pgdata")
  if (!existsSync(dataDir)) await createIn(folder)
  return startPglite({ dataDir })
}

const acquire = (
  what: string,
  open: () => Promise<PGlite>
): Effect.Effect<PGlite, StoreStartError, Scope.Scope> =>
  Effect.acquireRelease(Effect.tryPromise({ try: open, catch: unusable(what) }), (pglite) =>
    Effect.promise(() => pglite.close())
  )

const openPglite = (
  options: PgliteOptions
): Effect.Effect<PGlite, StoreStartError, Scope.Scope> => {
  if ("memory" in options) {
    return acquire("memory", async () => startPglite(await preparedDatabase()))
  }
  const folder = resolve(options.folder)
  return Effect.gen(function* () {
    yield* Effect.try({
      try: () => makeFolder(folder, 0o700),
      catch: unusable(folder)
    })
    yield* lockFolder(folder)
    return yield* acquire(folder, () => openIn(folder))
  })
}

/**
 * The embedded database for the lifetime of the layer, as a pool of one connection. Fails with
 * `FolderInUse` when another process has the folder open, and with `FolderUnusable` when the
 * folder cannot be used. Closing the layer closes the database and frees the folder.
 */
export const layerPglite = (options: PgliteOptions): Layer.Layer<PgSessions, StoreStartError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const pglite = yield* openPglite(options)
      // A second connection would share the one backend and see the first one's open transaction.
      const sessions = yield* openSessions({
        stream: () => pgliteStream(pglite),
        maxConnections: 1,
        username: "postgres",
        database: "postgres"
      }).pipe(Effect.mapError(unusable("memory" in options ? "memory" : options.folder)))
      yield* Effect.forkScoped(pgliteUpkeep(Context.get(sessions, PgPool.PgPool)))
      return sessions
    })
  )
