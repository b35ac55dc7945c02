import { expect, it, vi } from "@effect/vitest"
import { isHoldfastError } from "@holdfast/core"
import { startTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import pg from "pg"
import { createHoldfast, createInventory, type HoldfastOptions } from "../../src/index.ts"
import { hostPool } from "../transaction/hosts.ts"
import { issuesOf, mug, order, ownDatabase, refusal } from "./opened.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 60_000 })

const quiet = { sweepIntervalMillis: false, upkeep: false } as const

/** A host's pool on a database of its own, gone with the test. */
const ownPool = async (config: pg.PoolConfig = {}) => {
  const { url, ...database } = await ownDatabase()
  const pool = hostPool({ connectionString: url, application_name: "the host", ...config })
  return {
    url,
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool.end()
      await database[Symbol.asyncDispose]()
    }
  }
}

describePostgres(18, "a host's own pool", () => {
  it("carries every transaction of the engine, and never oversells", async () => {
    await using own = await ownPool({ max: 4 })
    const { pool, url } = own
    await using inventory = await createInventory({ pool })
    await inventory.registerSku(mug)
    const calls = Array.from({ length: 20 }, (_, n) => inventory.reserve(order(`o${n}`, 1)))
    const ends = await Promise.allSettled(calls)
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3)
    const short = ends.filter(
      (end) => end.status === "rejected" && isHoldfastError(end.reason, "InsufficientStock")
    )
    expect(short).toHaveLength(17)
    expect(await inventory.reconcile()).toMatchObject({ accuracy: 1 })
    const watching = new pg.Client({ connectionString: url, application_name: "the test" })
    await watching.connect()
    const { rows } = await watching.query(
      `select distinct application_name as name from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
    )
    await watching.end()
    expect(rows).toEqual([{ name: "the host" }])
  })

  it("gives connections back as they came, and leaves the pool open", async () => {
    await using own = await ownPool({ max: 2 })
    const { pool } = own
    await pool.query("set lock_timeout = '7s'")
    const inventory = await createInventory({ pool, ...quiet })
    await inventory.registerSku(mug)
    await inventory.reserve(order("o1", 1))
    await refusal(inventory.reserve(order("o2", 5)))
    await inventory.close()
    const clients = await Promise.all([pool.connect(), pool.connect()])
    const seen = await Promise.all(
      clients.map(async (client) => ({
        settings: (await client.query("show enable_seqscan")).rows,
        statements: (await client.query("select * from pg_prepared_statements")).rows,
        open: (await client.query("select now() = statement_timestamp() as idle")).rows,
        listeners: client.listenerCount("error")
      }))
    )
    const timeouts = await Promise.all(clients.map((client) => client.query("show lock_timeout")))
    for (const client of clients) client.release()
    const idle = await Promise.all([pool.connect()]).then(([client]) => {
      const count = client?.listenerCount("error")
      client?.release()
      return count
    })
    for (const { listeners, ...session } of seen) {
      expect(session).toEqual({
        settings: [{ enable_seqscan: "on" }],
        statements: [],
        open: [{ idle: true }]
      })
      expect(listeners).toBe(idle)
    }
    expect(timeouts.map(({ rows }) => rows[0].lock_timeout)).toContain("7s")
  })

  it("keeps the engine's settings in force: a lock is not waited for without end", async () => {
    await using own = await ownPool({ max: 6 })
    const { pool } = own
    await using inventory = await createInventory({ pool, ...quiet })
    await inventory.registerSku(mug)
    const holder = await pool.connect()
    await holder.query("begin")
    try {
      await holder.query("select 1 from inventory.inventory for update")
      const error = await refusal(inventory.reserve(order("o1", 1)))
      expect(["Busy", "TimedOut"]).toContain(error.code)
    } finally {
      await holder.query("rollback")
      holder.release()
    }
    expect(await inventory.reserve(order("o2", 1))).toHaveLength(1)
  })

  it("reads its answers whatever the host has set for its own", async () => {
    await using own = await ownPool({
      types: { getTypeParser: () => () => "the host's own" } as never
    })
    await using inventory = await createInventory({ pool: own.pool, ...quiet })
    await inventory.registerSku(mug)
    expect(await inventory.stock("mug")).toMatchObject({ totalQuantity: 3 })
  })

  it("replaces connections that the server ended, and the host's process lives on", async () => {
    await using own = await ownPool({ max: 3 })
    const { pool, url } = own
    await using inventory = await createInventory({ pool, ...quiet })
    await inventory.registerSku(mug)
    const admin = new pg.Client({ connectionString: url })
    await admin.connect()
    for (const n of [1, 2, 3]) {
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`)
      const key = { idempotencyKey: `o${n}` }
      const reserving = (): Promise<unknown> =>
        inventory.reserve(order(`o${n}`, 1), key).catch((error: unknown) => {
          if (isHoldfastError(error) && error.isRetryable) return reserving()
          throw error
        })
      expect(await reserving()).toHaveLength(1)
    }
    await admin.end()
    expect(await inventory.stock("mug")).toMatchObject({ reservedQuantity: 3 })
  })

  it("does not wait for ever for a server that falls silent, nor lends its connection again", async () => {
    await using own = await ownPool()
    const proxy = await startTcpProxy(Number(new URL(own.url).port))
    const pool = hostPool({ connectionString: proxy.url(own.url), max: 4 })
    const inventory = await createInventory({ pool, ...quiet, engine: { deadlineMillis: 500 } })
    try {
      await inventory.registerSku(mug)
      await proxy.behave({ kind: "stall" })
      expect(await refusal(inventory.reserve(order("o1", 1)))).toMatchObject({
        code: expect.stringMatching(/Unavailable|TimedOut|Busy/)
      })
    } finally {
      await proxy.close()
      await inventory.close()
      await pool.end()
    }
  })

  it("H14 names the host and the port of the pool when the server is away", async () => {
    const pool = hostPool({ host: "127.0.0.1", port: 1, user: "somebody", password: "s3cr3t" })
    const error = await refusal(createInventory({ pool, ...quiet }))
    await pool.end()
    expect(error).toMatchObject({ code: "Unavailable", isRetryable: true })
    expect(error.message).toMatch(/cannot be reached.*127\.0\.0\.1:1/)
    expect(error.message).not.toMatch(/somebody|s3cr3t/)
  })

  it("is refused when it cannot serve, and beside options that it has itself", async () => {
    const refused = (options: unknown) => issuesOf(createHoldfast(options as HoldfastOptions))
    const pools = [
      [{}, "must be a pool of connections, as of pg"],
      [new pg.Pool({ max: 1 }), "must lend at least 2 connections: give it max: 2 or more"],
      [
        new pg.Pool({ binary: true } as pg.PoolConfig),
        "must be a pool without binary: true; its answers are read as text"
      ]
    ] as const
    for (const [pool, message] of pools) {
      expect(await refused({ pool })).toEqual([`pool: ${message}`])
    }
    const pool = new pg.Pool()
    const others = { url: "postgres://a@b/c", ssl: true, maxConnections: 5, pooler: "none" }
    expect(await refused({ pool, ...others })).toEqual(
      Object.keys(others).map((name) => `${name}: is not for use beside pool, which has its own`)
    )
    expect(await refused({ pool, folder: "x" })).toEqual([
      "pool: is not for a database in a folder"
    ])
    expect(await refused({ pool: undefined })).toEqual([
      "pool: is undefined: is a variable not set? To use memory, give memory: true"
    ])
  })
})
