/**
 * pgBackRest with the committed file: a full backup, an increment under load, and a restore after the data of the
 * server are destroyed. The release of Debian 12 knows servers up to PostgreSQL 15, so it is one of those.
 */
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { eventually } from "../../packages/server/test/eventually.ts"
import { ordersIn, startKeptLoad } from "../../packages/server/test/recovery/acknowledged.ts"
import { untilPrimary } from "../../packages/server/test/recovery/recoveryPlace.ts"
import { lossOf } from "../../packages/server/test/recovery/restoreDrill.ts"
import { registerSku } from "../../packages/server/test/requests.ts"
import { holdfast, startServer } from "../../packages/server/test/ServerProcess.ts"
import {
  backupTools,
  runOn,
  startPostgres,
  watcherPath,
  whyNoBackupTools,
  whyNoPostgres,
  whyNoWatcher
} from "../../test-servers/src/index.ts"
import { textOf } from "../deploy/manifests.ts"

/** What came of it. */
export interface PgBackRestReport {
  readonly version: string
  readonly fullSeconds: number
  readonly incrementalSeconds: number
  /** From the disaster until a write was acknowledged again. */
  readonly rtoSeconds: number
  readonly rpoSeconds: number
  /** Acknowledged before the disaster, and lost of them; the second number is of those that were archived. */
  readonly acknowledged: number
  readonly lost: number
  readonly archivedAndLost: number
  /** What `holdfast reconcile` found; empty when all agrees. */
  readonly found: string
}

/** Why pgBackRest cannot be run here; undefined when it can. */
export const whyNoPgBackRest = (): string | undefined =>
  whyNoPostgres(15) ?? whyNoBackupTools() ?? whyNoWatcher("pgbackrest")

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

/** The committed file with the places of this machine, and the pass phrase that it has in the environment. */
const configurationWith = (place: string, data: string): string =>
  `${textOf("deploy/backup/pgbackrest/pgbackrest.conf")
    .replace(/^repo1-path=.*$/m, `repo1-path=${place}/repository`)
    .replace(/^pg1-path=.*$/m, `pg1-path=${data}`)
    .replace(/^pg1-socket-path=.*$/m, `pg1-socket-path=${place}`)
    .replace(
      /^start-fast=y$/m,
      `start-fast=y\nrepo1-cipher-pass=of the drill\nlog-path=${place}/log\nlock-path=${place}/lock`
    )}pg1-user=postgres\n`

/** Runs it. */
export const pgBackRest = async (options: {
  readonly callers: number
  readonly writes: number
}): Promise<PgBackRestReport> => {
  const { callers, writes } = options
  await using tools = backupTools()
  const { place } = tools
  const program = join(place, "pgbackrest")
  copyFileSync(watcherPath("pgbackrest"), program)
  chmodSync(program, 0o755)
  const file = join(place, "pgbackrest.conf")
  const server = await startPostgres({
    version: 15,
    settings: {
      ...{ archive_mode: "on", archive_timeout: "60s", unix_socket_directories: place },
      archive_command: `${program} --config=${file} --stanza=holdfast archive-push %p`
    }
  })
  try {
    writeFileSync(file, `${configurationWith(place, server.data)}pg1-port=${server.port}\n`)
    chmodSync(file, 0o644)
    const run = async (...words: ReadonlyArray<string>) => {
      const startedAt = performance.now()
      const all = [`--config=${file}`, "--stanza=holdfast", "--log-level-console=warn", ...words]
      const { code, output } = await tools.run(program, all)
      if (code !== 0) throw new Error(`pgbackrest ${words.join(" ")}: ${code}\n${output}`)
      return (performance.now() - startedAt) / 1_000
    }
    const { output } = await tools.run(program, ["version"])
    await run("stanza-create")
    await run("check")
    const url = server.url()
    await using shop = await startServer(["--database", url])
    for (const skuId of skuIds) await registerSku(shop.url, skuId, 10_000_000)
    const load = startKeptLoad(shop.url, skuIds, { callers, name: "kept" })
    await load.more(writes)
    const fullSeconds = await run("--type=full", "backup")
    await load.more(writes)
    const incrementalSeconds = await run("--type=incr", "backup")
    await load.more(writes)
    // What is archived by now, must not be lost.
    const archivedAt = performance.now()
    const [row] = await runOn(url, "select pg_walfile_name(pg_switch_wal()) as segment")
    await eventually(async () => {
      const [now] = await runOn(url, "select last_archived_wal as segment from pg_stat_archiver")
      return String(now?.["segment"]) >= String(row?.["segment"]) ? true : undefined
    })
    await load.more(writes)

    const disasterAt = performance.now()
    await server.kill9()
    rmSync(server.data, { recursive: true, force: true })
    mkdirSync(server.data, { mode: 0o700 })
    tools.own(server.data)
    await run("restore")
    await server.restart()
    await untilPrimary(url)
    await load.more(1)
    const rtoSeconds = (performance.now() - disasterAt) / 1_000
    const orders = await ordersIn(url)
    await load.stop()
    const known = load.acknowledged.filter(({ at }) => at <= disasterAt)
    const archived = known.filter(({ at }) => at <= archivedAt)
    const reconciled = await holdfast(["reconcile", "--database", url])
    return {
      version: output.trim(),
      ...{ fullSeconds, incrementalSeconds, rtoSeconds, acknowledged: known.length },
      ...lossOf(known, orders, disasterAt),
      archivedAndLost: lossOf(archived, orders, archivedAt).lost,
      found: reconciled.code === 0 ? "" : `${reconciled.stdout}${reconciled.stderr}`
    }
  } finally {
    await server.stop()
  }
}
