// A server that keeps the log of all its changes, and can be taken back to a moment in its past: a
// copy of its data is replayed up to a mark, as an operator does after an accident.
import { execFile } from "node:child_process"
import { chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pauseFor } from "node:timers/promises"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import {
  dataParent,
  identity,
  isRoot,
  type PostgresServer,
  type PostgresVersion,
  startPostgres
} from "./PostgresServer.ts"
import { runOn } from "./sharedServers.ts"
import { copyData } from "./standby.ts"

/** A server with an archive and one copy of its data. */
export interface ArchivedServer extends PostgresServer {
  /** Gives a name to this moment. */
  readonly mark: (name: string) => Promise<void>
  /**
   * Kills the server, and starts it on the same port as it was at a mark; resolves when it can be
   * written to. What was committed after the mark is lost.
   */
  readonly restoreTo: (mark: string) => Promise<void>
}

/** The first column of the first row of a statement. */
const queryOn = async (url: string, sql: string): Promise<unknown> => {
  const [row] = await runOn(url, sql)
  return Object.values(row ?? {})[0]
}

/** Asks again until the first column of the first row is true. */
const untilTrue = async (url: string, sql: string): Promise<void> => {
  while ((await queryOn(url, sql)) !== true) await pauseFor(20)
}

const startArchived = async (version: PostgresVersion): Promise<ArchivedServer> => {
  const place = mkdtempSync(join(dataParent(false), "holdfast-archive-"))
  const { gid, uid } = identity()
  if (uid !== undefined && gid !== undefined) chownSync(place, uid, gid)
  const server = await startPostgres({
    version,
    settings: {
      archive_mode: "on",
      archive_command: `test ! -f ${place}/%f && cp %p ${place}/%f`,
      restore_command: `cp ${place}/%f %p`
    }
  })
  const backup = join(place, "backup")
  await copyData(server, backup)
  return {
    ...server,
    stop: async () => {
      await server.stop()
      rmSync(place, { recursive: true, force: true })
    },
    mark: async (name) => {
      await runOn(server.url(), `select pg_create_restore_point('${name}')::text`)
    },
    restoreTo: async (mark) => {
      const file = await queryOn(server.url(), "select pg_walfile_name(pg_switch_wal())")
      await untilTrue(
        server.url(),
        `select last_archived_wal >= '${String(file)}' from pg_stat_archiver`
      )
      await server.kill9()
      rmSync(server.data, { recursive: true, force: true })
      cpSync(backup, server.data, { recursive: true })
      mkdirSync(join(server.data, "pg_wal", "archive_status"), { recursive: true })
      writeFileSync(join(server.data, "recovery.signal"), "")
      writeFileSync(
        join(server.data, "postgresql.auto.conf"),
        `recovery_target_name = '${mark}'\nrecovery_target_action = 'promote'\n`
      )
      if (isRoot()) await promisify(execFile)("chown", ["-R", `${uid}:${gid}`, server.data])
      await promisify(execFile)("chmod", ["0700", server.data])
      await server.restart()
      await untilTrue(server.url(), "select not pg_is_in_recovery()")
    }
  }
}

/** A server with an archive, for the lifetime of a scope. */
export const scopedArchivedPostgres = (
  version: PostgresVersion = 18
): Effect.Effect<ArchivedServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startArchived(version)),
    (server) => Effect.promise(() => server.stop())
  )
