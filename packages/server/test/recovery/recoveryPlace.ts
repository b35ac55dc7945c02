/** A PostgreSQL server with its backups, as deploy/backup makes them, and what destroys and restores it. */
import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  type BackupTools,
  backupTools,
  type PostgresServer,
  type RunningTool,
  runOn,
  startPostgres,
  type ToolEnded
} from "@holdfast/test-servers"
import { eventually } from "../eventually.ts"

const deploy = fileURLToPath(new URL("../../../../deploy/backup/", import.meta.url))
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** How the log of the server is kept elsewhere. */
export type LogKeeping = "SYNCHRONOUS" | "ARCHIVED"

/** Where it all lies, and how the log is kept. */
export interface RecoveryOptions {
  readonly keeping: LogKeeping
  /** After how long a segment that is not full is archived, in seconds. */
  readonly archiveSeconds?: number
  /** Whether a COMMIT waits for the disk: data then lies on a disk, too. */
  readonly fsync?: boolean
}

/** The server and its backups. */
export interface RecoveryPlace extends AsyncDisposable {
  readonly server: PostgresServer
  readonly tools: BackupTools
  /** Runs holdfast-backup, and rejects with what it printed when it fails. */
  readonly backup: (...words: ReadonlyArray<string>) => Promise<string>
  /** Runs holdfast-backup, however it ends. */
  readonly tried: (...words: ReadonlyArray<string>) => Promise<ToolEnded>
  /** Starts to receive the log; resolves when every COMMIT waits for it. */
  readonly receive: () => Promise<RunningTool>
  /** Kills the server with all its backends, and removes its data. */
  readonly destroy: () => Promise<void>
}

const isSynchronous = "select count(*)::int as n from pg_stat_replication where sync_state = 'sync'"

/** Starts a server whose backups are encrypted. */
export const openRecovery = async (options: RecoveryOptions): Promise<RecoveryPlace> => {
  const { archiveSeconds = 10, fsync = false, keeping } = options
  const tools = backupTools()
  const script = join(tools.place, "holdfast-backup")
  copyFileSync(join(deploy, "bin", "holdfast-backup"), script)
  const setup = join(tools.place, "setup.sql")
  copyFileSync(join(deploy, "setup.sql"), setup)
  const identityFile = join(tools.place, "key.txt")
  const { output } = await tools.run("age-keygen", ["-o", identityFile])
  const recipient = /age1[0-9a-z]+/.exec(output)?.[0] ?? ""
  const repository = join(tools.place, "repository")
  const place = {
    HOLDFAST_BACKUP_DIR: repository,
    HOLDFAST_BACKUP_RECIPIENT: recipient,
    HOLDFAST_BACKUP_SCRATCH: tools.place
  }
  const archive =
    `HOLDFAST_BACKUP_DIR=${repository} HOLDFAST_BACKUP_RECIPIENT=${recipient} ` +
    `HOLDFAST_BACKUP_IDENTITY_FILE=${identityFile} ${script} archive %p %f`
  const server = await startPostgres({
    fsync,
    settings: {
      summarize_wal: "on",
      ...(keeping === "ARCHIVED"
        ? { archive_mode: "on", archive_command: archive, archive_timeout: String(archiveSeconds) }
        : {})
    }
  })
  const env = {
    ...place,
    HOLDFAST_BACKUP_DATABASE: `postgres://holdfast_backup@127.0.0.1:${server.port}/postgres`,
    HOLDFAST_BACKUP_IDENTITY_FILE: identityFile,
    HOLDFAST_BACKUP_VERIFY_PORT: String(server.port + 1),
    HOLDFAST_COMMAND: `${process.execPath} --conditions=@holdfast/source --disable-warning=ExperimentalWarning ${main}`
  }
  await runOn(server.url(), "create role holdfast_backup login replication")
  const made = await tools.run("psql", [
    ...["--quiet", "--set=ON_ERROR_STOP=1", "--set=role=holdfast_backup"],
    ...[`--file=${setup}`, server.url()]
  ])
  if (made.code !== 0) throw new Error(made.output)
  const tried = (...words: ReadonlyArray<string>) => tools.run(script, words, env)
  const running: Array<RunningTool> = []
  return {
    ...{ server, tools, tried },
    backup: async (...words) => {
      const { code, output } = await tried(...words)
      if (code !== 0) throw new Error(`holdfast-backup ${words.join(" ")}: ${code}\n${output}`)
      return output
    },
    receive: async () => {
      const receiver = tools.start(script, ["wal"], env)
      running.push(receiver)
      const until = (isSo: () => Promise<boolean>) =>
        Promise.race([
          eventually(async () => ((await isSo()) ? true : undefined)),
          receiver.ended.then(({ output }) => Promise.reject(new Error(`it ended: ${output}`)))
        ])
      await until(async () => receiver.output().includes("receives the write-ahead log"))
      await runOn(server.url(), "alter system set synchronous_standby_names = 'holdfast_backup'")
      await runOn(server.url(), "select pg_reload_conf()::text as reloaded")
      await until(async () => (await runOn(server.url(), isSynchronous))[0]?.["n"] === 1)
      return receiver
    },
    destroy: async () => {
      await server.kill9()
      rmSync(server.data, { recursive: true, force: true })
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of running) await one[Symbol.asyncDispose]()
      await server.stop()
      await tools[Symbol.asyncDispose]()
    }
  }
}

/** The size of a database's server on disk, in MiB. */
export const mebibytesOf = async (url: string): Promise<number> => {
  const [row] = await runOn(
    url,
    "select round(sum(pg_database_size(oid)) / 1048576)::int as n from pg_database"
  )
  return Number(row?.["n"])
}

/** Until a restored server takes writes. */
export const untilPrimary = (url: string): Promise<true> =>
  eventually(async () => {
    const rows = await runOn(url, "select pg_is_in_recovery() as recovers").catch(() => [])
    return rows[0]?.["recovers"] === false ? true : undefined
  })
