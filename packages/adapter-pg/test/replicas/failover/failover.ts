/**
 * A primary is lost under load, and its standby takes over: what the callers of an inventory meet, and
 * what of the acknowledged is there afterwards. Every write has a key, and is repeated under it until
 * it is answered. Its reference is in the ledger, once, if it took effect.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { HoldfastError } from "@holdfast/core"
import {
  type PostgresServer,
  runOn,
  type StandbyServer,
  startReplicated
} from "@holdfast/test-servers"
import { createInventory } from "../../../src/index.ts"

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

/** What came of it. */
export interface FailoverReport {
  readonly writes: number
  /** Writes that were answered, and those among them that were before the standby took over. */
  readonly acknowledged: number
  readonly acknowledgedBefore: number
  /** Acknowledged, and not on the new primary. */
  readonly lost: number
  /** Of those, acknowledged by the new primary. */
  readonly lostAfter: number
  /** In the ledger more than once. */
  readonly twice: number
  /** Not acknowledged to the end. */
  readonly unanswered: number
  /** How often a try failed, by its code; and what failed that no caller may simply repeat. */
  readonly failures: ReadonlyMap<string, number>
  readonly notRetryable: number
  /** The longest time in which no write was acknowledged. */
  readonly outageMillis: number
  readonly slowestMillis: number
  /** Whether each total is what the ledger of the new primary says. */
  readonly isConsistent: boolean
}

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

/** How long a write is repeated, in milliseconds. */
const repeatMillisMax = 20_000

const retryable = new Set(["Unavailable", "OutcomeUnknown", "Busy", "TimedOut", "Overloaded"])

interface Written {
  readonly reference: string
  readonly acknowledgedAt: number | undefined
  readonly tookMillis: number
}

type Inventory = Awaited<ReturnType<typeof createInventory>>

/** Writes at a steady rate, whatever becomes of the writes before. */
const startLoad = (inventory: Inventory, writesPerSecond: number) => {
  const failures = new Map<string, number>()
  let notRetryable = 0
  const writes: Array<Promise<Written>> = []
  const write = async (n: number): Promise<Written> => {
    const reference = `write-${n}`
    const startedAt = performance.now()
    while (performance.now() - startedAt < repeatMillisMax) {
      try {
        await inventory.receive(
          { skuId: skuIds[n % skuIds.length] as string, quantity: 1, reference },
          { idempotencyKey: reference }
        )
        const acknowledgedAt = performance.now()
        return { reference, acknowledgedAt, tookMillis: acknowledgedAt - startedAt }
      } catch (error) {
        const code = error instanceof HoldfastError ? error.code : String(error)
        failures.set(code, (failures.get(code) ?? 0) + 1)
        if (!retryable.has(code)) notRetryable += 1
        await pause(100)
      }
    }
    return { reference, acknowledgedAt: undefined, tookMillis: performance.now() - startedAt }
  }
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * writesPerSecond) / 1_000
    while (writes.length < due) writes.push(write(writes.length))
  }, 5)
  return {
    stop: async () => {
      clearInterval(timer)
      return { written: await Promise.all(writes), failures, notRetryable }
    }
  }
}

const until = async (isSo: () => Promise<boolean>) => {
  const startedAt = performance.now()
  while (!(await isSo())) {
    if (performance.now() - startedAt > 30_000) throw new Error("it did not come true in 30 s")
    await pause(10)
  }
}

const numberOf = async (url: string, sql: string) => Number((await runOn(url, sql))[0]?.["n"])

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

/** What the new primary has. */
const ledgerOf = async (url: string) => {
  const rows = await runOn(
    url,
    `select reference, count(*)::int as times from inventory.stock_movements
     where reference like 'write-%' group by reference`
  )
  const drift = await numberOf(
    url,
    `select count(*)::int as n from inventory.inventory i where total_quantity <> (
       select coalesce(sum(m.quantity), 0) from inventory.stock_movements m
       where m.sku_id = i.sku_id and m.location_id = i.location_id)`
  )
  return {
    times: new Map(rows.map((row) => [String(row["reference"]), Number(row["times"])])),
    isConsistent: drift === 0
  }
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
    const load = startLoad(inventory, writesPerSecond)
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
    const { failures, notRetryable, written } = await load.stop()
    const { isConsistent, times } = await ledgerOf(standby.url())
    const acknowledged = written.filter((one) => one.acknowledgedAt !== undefined)
    const before = acknowledged.filter(({ acknowledgedAt = 0 }) => acknowledgedAt < promotedAt)
    const after = acknowledged.filter(({ acknowledgedAt = 0 }) => acknowledgedAt >= promotedAt)
    const isLost = ({ reference }: Written) => !times.has(reference)
    const instants = acknowledged
      .map(({ acknowledgedAt = 0 }) => acknowledgedAt)
      .sort((a, b) => a - b)
    const gaps = instants.map((at, n) => at - (instants[n - 1] ?? at))
    return {
      writes: written.length,
      acknowledged: acknowledged.length,
      acknowledgedBefore: before.length,
      lost: acknowledged.filter(isLost).length,
      lostAfter: after.filter(isLost).length,
      twice: [...times.values()].filter((count) => count > 1).length,
      unanswered: written.length - acknowledged.length,
      failures,
      notRetryable,
      outageMillis: Math.round(Math.max(...gaps)),
      slowestMillis: Math.round(Math.max(...written.map(({ tookMillis }) => tookMillis))),
      isConsistent
    }
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
export const lineOf = (options: FailoverOptions, it: FailoverReport): string => {
  const failures = [...it.failures].map(([code, count]) => `${count} × ${code}`).join(", ")
  return (
    `${options.isSynchronous ? "synchronous" : "asynchronous"}, ${words[options.loss]}, ` +
    `${options.writesPerSecond} writes a second: ${it.writes} writes, ${it.acknowledged} acknowledged ` +
    `(${it.acknowledgedBefore} before), ${it.lost} of them lost, ${it.twice} twice, ` +
    `${it.unanswered} unanswered; tries that failed: ${failures === "" ? "none" : failures}; ` +
    `no write for ${it.outageMillis} ms, the slowest took ${it.slowestMillis} ms; ` +
    `ledger and totals ${it.isConsistent ? "agree" : "DISAGREE"}`
  )
}

/** Whether a run kept what is promised. What an asynchronous standby had not received is lost. */
export const isKept = ({ isSynchronous, loss }: FailoverOptions, it: FailoverReport): boolean =>
  it.twice + it.unanswered + it.notRetryable + it.lostAfter === 0 &&
  it.isConsistent &&
  (it.lost === 0 || (!isSynchronous && loss !== "READ_ONLY"))
