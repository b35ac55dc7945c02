/**
 * What the manifests schedule for each of both databases, run as the pods that they describe: the migration, the
 * receiver of the log, a full backup, an increment, and the restore elsewhere that checks it.
 */
import { eventually } from "../../packages/server/test/eventually.ts"
import { type PostgresServer, runOn } from "../../test-servers/src/index.ts"
import type { Image } from "../kubernetes/container.ts"
import { makeImages } from "../kubernetes/images.ts"
import { manifests, openDatabase, urlFor } from "../kubernetes/shop.ts"
import { openHouse, type PodHouse } from "./pods.ts"

/** What came of the backups of a database. */
export interface Scheduled {
  readonly service: string
  /** Seconds that each pod took, by its task. */
  readonly seconds: ReadonlyMap<string, number>
  /** What the database says it has. */
  readonly kinds: ReadonlyArray<string>
  /** What the pod that checks printed. */
  readonly verified: string
  /** Whether COMMIT waited for the receiver of the log. */
  readonly isSynchronous: boolean
}

/** The images by the names that the manifests have. */
const imagesBy =
  (images: { readonly server: Image; readonly backup: Image }) =>
  (name: string): Image | undefined =>
    /\/holdfast-backup:/.test(name) ? images.backup : images.server

const runAll = async (
  house: PodHouse,
  server: PostgresServer,
  service: string
): Promise<Scheduled> => {
  const url = server.url(service)
  const seconds = new Map<string, number>()
  const timed = async (task: string, work: () => Promise<string>) => {
    const startedAt = performance.now()
    const printed = await work()
    seconds.set(task, (performance.now() - startedAt) / 1_000)
    return printed
  }
  await timed("migration", () => house.run("Job", `holdfast-${service}-migration`))
  const receiver = house.start("Deployment", `holdfast-${service}-backup-wal`)
  await eventually(async () =>
    receiver.output().includes("receives the write-ahead log") ? true : undefined
  )
  await runOn(url, "alter system set synchronous_standby_names = 'holdfast_backup'")
  await runOn(url, "select pg_reload_conf()::text as reloaded")
  const isSynchronous = await eventually(async () => {
    const [row] = await runOn(
      url,
      "select count(*)::int as n from pg_stat_replication where sync_state = 'sync'"
    )
    return row?.["n"] === 1 ? true : undefined
  })
  const task = (name: string) =>
    timed(name, () => house.run("CronJob", `holdfast-${service}-backup-${name}`))
  await task("full")
  await task("incremental")
  const verified = await task("verify")
  const heard = await eventually(async () => {
    const rows = await runOn(url, "select kind from holdfast_backups.latest order by kind")
    return rows.length === 4 ? rows : undefined
  })
  const kinds = heard.map(({ kind }) => String(kind))
  // Nobody is waited for any more once the receiver is gone.
  await runOn(url, "alter system set synchronous_standby_names = ''")
  await runOn(url, "select pg_reload_conf()::text as reloaded")
  await receiver.stop(60)
  return { service, seconds, kinds, verified, isSynchronous }
}

/** Runs what is scheduled for some of the services. */
export const runScheduled = async (
  services: ReadonlyArray<"product" | "inventory">
): Promise<ReadonlyArray<Scheduled>> => {
  using images = makeImages()
  const done: Array<Scheduled> = []
  for (const service of services) {
    const server = await openDatabase(service)
    try {
      await using house = openHouse(manifests, imagesBy(images), {
        [`holdfast-${service}-migrator`]: {
          url: urlFor(server, service, "owner", "of the owner")
        },
        [`holdfast-${service}-backup`]: {
          url: urlFor(server, service, "holdfast_backup", "of backups")
        }
      })
      done.push(await runAll(house, server, service))
    } finally {
      await server.stop()
    }
  }
  return done
}
