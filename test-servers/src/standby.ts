// A standby of a running server: a copy of its data that follows it by streaming, read-only until
// it is promoted. It is made without pg_basebackup, which is not part of the npm binaries.
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { promisify } from "node:util"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { identity, isRoot, type PostgresServer, placeCluster, startOn } from "./PostgresServer.ts"
import { runOn } from "./sharedServers.ts"

/** A server that follows another. */
export interface StandbyServer extends PostgresServer {
  /** Makes it a primary; resolves when it can be written to. */
  readonly promote: () => Promise<void>
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
export const startStandby = async (primary: PostgresServer): Promise<StandbyServer> => {
  const cluster = placeCluster({
    version: primary.version,
    settings: {
      primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`
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
  return {
    ...server,
    promote: async () => {
      await runOn(server.url(), "select pg_promote(true, 30)::text")
    }
  }
}
