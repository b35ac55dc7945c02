/** A primary is lost under load, and its standby takes over; nobody decides that but the one who runs it. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import {
  type PostgresServer,
  runOn,
  type StandbyServer,
  startReplicated
} from "@holdfast/test-servers"
import { createInventory } from "../../../src/index.ts"
import { type FailoverReport, numberOf, reportOf, skuIds, startWrites, wordsOf } from "./writes.ts"

/** How a primary is lost, and to what. */
export interface FailoverOptions {
  /** Whether a COMMIT waits for the standby. */
  readonly isSynchronous: boolean
  /**
   * `KILLED`: with SIGKILL, all its backends with it. `READ_ONLY`: it stays, and takes no writes any
   * more, as in a planned change. `BEHIND`: the standby had lost its connection half a second before.
   */
  readonly loss: "KILLED" | "READ_ONLY" | "BEHIND"
  readonly writesPerSecond: number
  /** How long the load goes on before and after, in milliseconds. */
  readonly beforeMillis: number
  readonly afterMillis: number
}

const until = async (isSo: () => Promise<boolean>) => {
  const startedAt = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAt > 30_000) throw new Error("it did not come true in 30 s")
    await pause(10)
  }
}

/** Lets a standby replay all that the primary has written. */
const caughtUp = async (primaryUrl: string, standby: StandbyServer) => {
  const lsn = "'0/0'::pg_lsn)::float8 as n"
  const end = await numberOf(primaryUrl, `select (pg_current_wal_flush_lsn() - ${lsn}`)
  await until(
    async () => (await numberOf(standby.url(), `select (pg_last_wal_replay_lsn() - ${lsn}`)) >= end
  )
}

/** Lets no standby receive anything any more. */
const cutReplication = async ({ data, url }: PostgresServer) => {
  writeFileSync(join(data, "pg_hba.conf"), "host all all 127.0.0.1/32 trust\n")
  await runOn(url(), "select pg_reload_conf()::text as reloaded")
  await until(async () => {
    await runOn(url(), "select pg_terminate_backend(pid)::text as ended from pg_stat_replication")
    return (await numberOf(url(), "select count(*)::int as n from pg_stat_replication")) === 0
  })
}

/** Loses a primary under load. */
export const loseThePrimary = async (options: FailoverOptions): Promise<FailoverReport> => {
  const { afterMillis, beforeMillis, isSynchronous, loss, writesPerSecond } = options
  const { primary, standbys, stop } = await startReplicated(
    isSynchronous ? { synchronous: "FIRST 1 (a)" } : {}
  )
  const standby = standbys[0] as StandbyServer
  try {
    const url = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres`
    await using inventory = await createInventory({ url })
    for (const skuId of skuIds) await inventory.registerSku({ skuId, code: skuId, name: skuId })
    await caughtUp(primary.url(), standby)
    const load = startWrites(inventory, { writesPerSecond })
    await pause(beforeMillis)
    if (loss === "BEHIND") {
      await cutReplication(primary)
      await pause(500)
    }
    if (loss === "READ_ONLY") {
      await runOn(primary.url(), "alter system set default_transaction_read_only = on")
      await runOn(primary.url(), "select pg_reload_conf()::text as reloaded")
      // What was under way has ended once nobody has a transaction id any more.
      await until(
        async () =>
          (await numberOf(
            primary.url(),
            "select count(backend_xid)::int as n from pg_stat_activity"
          )) === 0
      )
      await caughtUp(primary.url(), standby)
    } else {
      await primary.kill9()
    }
    const promotedAt = performance.now()
    await standby.promote()
    await pause(afterMillis)
    return await reportOf(await load.stop(), { url: standby.url(), lostAt: promotedAt })
  } finally {
    await stop()
  }
}

const words = {
  KILLED: "the primary is killed",
  READ_ONLY: "the primary becomes read-only",
  BEHIND: "the standby is half a second behind, and the primary is killed"
}

/** One line a run. */
export const lineOf = (options: FailoverOptions, it: FailoverReport): string =>
  `${options.isSynchronous ? "synchronous" : "asynchronous"}, ${words[options.loss]}, ` +
  `${options.writesPerSecond} writes a second: ${wordsOf(it)}`

/** Whether a run kept what is promised. What an asynchronous standby had not received is lost. */
export const isKept = ({ isSynchronous, loss }: FailoverOptions, it: FailoverReport): boolean =>
  it.twice + it.unanswered + it.notRetryable + it.lostAfter === 0 &&
  it.isConsistent &&
  (it.lost === 0 || (!isSynchronous && loss !== "READ_ONLY"))
