// Standbys of a running server: copies of its data that follow it by streaming, read-only until they
// are promoted. They are made without pg_basebackup, which is not part of the npm binaries.
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { promisify } from "node:util"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import {
  identity,
  isRoot,
  type PostgresOptions,
  type PostgresServer,
  placeCluster,
  startOn,
  startPostgres
} from "./PostgresServer.ts"
import { runOn } from "./sharedServers.ts"

/** A server that follows another. */
export interface StandbyServer extends PostgresServer {
  /** Makes it a primary; resolves when it can be written to. */
  readonly promote: () => Promise<void>
  /** Stops replaying what it receives, so that it lags until it goes on. */
  readonly pauseReplay: () => Promise<void>
  readonly resumeReplay: () => Promise<void>
}

/** How a standby is started. */
export interface StandbyOptions {
  /** Its name in `synchronous_standby_names`: `standby`. */
  readonly name?: string
  /** Whether its COMMITs, once it is promoted, wait for the disk. */
  readonly fsync?: boolean
  /** More server settings, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Folders whose contents belong to the running primary alone. */
const emptied: ReadonlyArray<string> = [
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans"
]

/** Copies the data of a running server between the two ends of a backup, with the label. */
export const copyData = (primary: PostgresServer, data: string): Promise<unknown> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const session = yield* PgConnection.make({ url: Redacted.make(primary.url()) })
        yield* session.query("select pg_backup_start('copy', fast => true)::text", [], false)
        cpSync(primary.data, data, {
          recursive: true,
          filter: (file) => {
            const [folder = "", inside] = relative(primary.data, file).split("/")
            return !folder.startsWith("postmaster.") && !(emptied.includes(folder) && inside)
          }
        })
        const stop = "select labelfile from pg_backup_stop(wait_for_archive => false)"
        const { rows } = yield* session.query(stop, [], false)
        writeFileSync(join(data, "backup_label"), String(rows[0]?.["labelfile"]))
      })
    )
  )

/** Starts a standby of a server, which streams from it. */
export const startStandby = async (
  primary: PostgresServer,
  { fsync = false, name = "standby", settings }: StandbyOptions = {}
): Promise<StandbyServer> => {
  const cluster = placeCluster({
    version: primary.version,
    fsync,
    settings: {
      ...settings,
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`
    }
  })
  await copyData(primary, cluster.data)
  mkdirSync(join(cluster.data, "pg_wal", "archive_status"), { recursive: true })
  writeFileSync(join(cluster.data, "standby.signal"), "")
  if (isRoot()) {
    const { gid, uid } = identity()
    await promisify(execFile)("chown", ["-R", `${uid}:${gid}`, cluster.home])
  }
  await promisify(execFile)("chmod", ["0700", cluster.data])
  const server = await startOn(cluster)
  const run = async (sql: string) => {
    await runOn(server.url(), sql)
  }
  return {
    ...server,
    promote: () => run("select pg_promote(true, 30)::text"),
    pauseReplay: async () => {
      await run("select pg_wal_replay_pause()::text")
      const isPaused = async () => {
        const [row] = await runOn(server.url(), "select pg_get_wal_replay_pause_state() as state")
        return row?.["state"] === "paused"
      }
      // A replay that is asked to pause stops at its next record, and so at once when it waits for one.
      await untilTrue(isPaused, "the standby does not pause")
    },
    resumeReplay: () => run("select pg_wal_replay_resume()::text")
  }
}

/** How a primary with standbys is started. */
export interface ReplicatedOptions extends PostgresOptions {
  /** Their names: one, `a`, unless given. */
  readonly standbys?: ReadonlyArray<string>
  /** Whom a COMMIT waits for, as `synchronous_standby_names` has it; nobody unless given. */
  readonly synchronous?: string
}

/** A primary and its standbys. */
export interface ReplicatedPostgres {
  readonly primary: PostgresServer
  readonly standbys: ReadonlyArray<StandbyServer>
  /** Changes whom a COMMIT waits for, and waits until it is in force; the empty text is nobody. */
  readonly synchronize: (names: string) => Promise<void>
  readonly stop: () => Promise<void>
}

const startMillisMax = 20_000

const untilTrue = async (isSo: () => Promise<boolean>, otherwise: string): Promise<void> => {
  const startedAt = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAt > startMillisMax) throw new Error(otherwise)
    await pause(10)
  }
}

/** Starts a primary and its standbys; each streams when this resolves. */
export const startReplicated = async ({
  standbys: names = ["a"],
  synchronous,
  ...options
}: ReplicatedOptions = {}): Promise<ReplicatedPostgres> => {
  const primary = await startPostgres(options)
  const standbys: Array<StandbyServer> = []
  const stop = async () => {
    for (const server of [...standbys, primary]) await server.stop()
  }
  const count = async (condition: string) => {
    const sql = `select count(*)::int as found from pg_stat_replication where ${condition}`
    return Number((await runOn(primary.url(), sql))[0]?.["found"])
  }
  const synchronize = async (wanted: string) => {
    await runOn(primary.url(), `alter system set synchronous_standby_names = '${wanted}'`)
    await runOn(primary.url(), "select pg_reload_conf()::text")
    const isInForce = async () => {
      const [row] = await runOn(primary.url(), "show synchronous_standby_names")
      const waitsFor = await count("sync_state in ('sync', 'quorum')")
      return (
        row?.["synchronous_standby_names"] === wanted &&
        (wanted === "" ? waitsFor === 0 : waitsFor > 0)
      )
    }
    await untilTrue(isInForce, `${wanted} is not in force`)
  }
  try {
    for (const name of names) {
      standbys.push(
        await startStandby(primary, { name, ...(options.fsync ? { fsync: true } : {}) })
      )
    }
    await untilTrue(
      async () => (await count("state = 'streaming'")) === names.length,
      "a standby does not stream"
    )
    if (synchronous !== undefined) await synchronize(synchronous)
  } catch (cause) {
    await stop()
    throw cause
  }
  return { primary, standbys, synchronize, stop }
}

/** The same for the lifetime of a scope. Dies when it cannot be started. */
export const scopedReplicated = (
  options: ReplicatedOptions = {}
): Effect.Effect<ReplicatedPostgres, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startReplicated(options)),
    ({ stop }) => Effect.promise(stop)
  )
