/** The table of the host that follows the stock is never off by one, however often its process dies. */
import { spawn } from "node:child_process"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { createInventory } from "@holdfast/adapter-pg"
import { freshDatabase, keepOnLeash } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import pg from "pg"
import { expect, it, vi } from "vitest"

vi.setConfig({ testTimeout: 300_000 })

const deaths = 20
const skuIds = ["cup", "mug", "tee"]

const start = (url: string) => {
  const file = fileURLToPath(new URL("../src/reserved-units.ts", import.meta.url))
  const child = keepOnLeash(
    spawn(process.execPath, ["--conditions=@holdfast/source", file], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["ignore", "ignore", "inherit"]
    })
  )
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  return { child, ended }
}

/** Numbers that look random and are the same for the same seed. */
const numbersFrom = (seed: number) => {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % below
  }
}

describePostgres(18, "a subscription that moves its cursor in the host's transaction", () => {
  it(`counts each event once while its process is killed ${deaths} times`, async () => {
    const database = await freshDatabase()
    const pool = new pg.Pool({ connectionString: database.url })
    const inventory = await createInventory({ url: database.url })
    const seed = Date.now() % 100_000
    console.log(`reserved-units: seed ${seed}`)
    const random = numbersFrom(seed)
    let isOver = false
    let ordered = 0
    try {
      for (const skuId of skuIds) {
        await inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1_000_000 })
      }
      await pool.query("create table reserved_units (sku_id text primary key, units int not null)")
      const counted = async () => {
        const { rows } = await pool.query(
          "select coalesce(sum(units), 0)::int as n from reserved_units"
        )
        return rows[0].n as number
      }
      /** Waits until so many units are counted; the load goes on meanwhile. */
      const untilCounted = async (units: number) => {
        while ((await counted()) < units) await pause(2)
      }
      const load = (async () => {
        while (!isOver) {
          // The load stays a little ahead of the table, so that each death is in the middle of it.
          if (ordered - (await counted()) > 400) continue
          const skuId = skuIds[ordered % 3] as string
          const orders = Array.from({ length: 20 }, () => `order-${++ordered}`)
          await Promise.all(
            orders.map((orderId) => inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] }))
          )
        }
      })()
      for (let death = 0; death < deaths; death++) {
        const before = await counted()
        const { child, ended } = start(database.url)
        await untilCounted(before + 1 + random(120))
        child.kill("SIGKILL")
        await ended
      }
      isOver = true
      await load
      const { child, ended } = start(database.url)
      await untilCounted(ordered)
      child.kill("SIGTERM")
      await ended
      const { rows } = await pool.query("select sku_id, units from reserved_units order by sku_id")
      const truth = await Promise.all(
        skuIds.map(async (skuId) => {
          const { reservedQuantity } = await inventory.stock(skuId)
          return { sku_id: skuId, units: reservedQuantity }
        })
      )
      expect(rows).toEqual(truth)
      expect(ordered).toBeGreaterThan(deaths)
      console.log(
        `reserved-units: ${deaths} deaths, ${ordered} units reserved, ${await counted()} counted`
      )
    } finally {
      isOver = true
      await inventory.close()
      await pool.end()
      await database.drop()
    }
  })

  it("lives on when the connection of its handler is lost", async () => {
    const database = await freshDatabase()
    const pool = new pg.Pool({ connectionString: database.url })
    const inventory = await createInventory({ url: database.url })
    const one = async (sql: string) => (await pool.query(sql)).rows[0]?.n
    const until = (sql: string) => expect.poll(() => one(sql), { timeout: 60_000 })
    try {
      await inventory.registerSku({ skuId: "mug", code: "mug", name: "Mug", initialStock: 3 })
      const lines = [{ skuId: "mug", quantity: 1 }]
      await inventory.reserve({ orderId: "order-1", lines })
      await pool.query("create table reserved_units (sku_id text primary key, units int not null)")
      const { child, ended } = start(database.url)
      await until("select units as n from reserved_units").toBe(1)

      const holder = await pool.connect()
      await holder.query("begin; lock table reserved_units in share mode")
      await inventory.reserve({ orderId: "order-2", lines })
      // The next try may come after a while: the engine lets no statement wait for long.
      const cut = `select count(pg_terminate_backend(pid))::int as n from pg_locks
        where relation = 'reserved_units'::regclass and not granted`
      await until(cut).toBe(1)
      await holder.query("rollback")
      holder.release()

      await until("select units as n from reserved_units").toBe(2)
      expect(child.exitCode).toBe(null)
      child.kill("SIGTERM")
      await ended
    } finally {
      await inventory.close()
      await pool.end()
      await database.drop()
    }
  })
})
