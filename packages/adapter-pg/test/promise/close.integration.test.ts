import { expect, it, vi } from "@effect/vitest"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import pg from "pg"
import { createInventory, type HoldfastOptions } from "../../src/index.ts"
import { mug, order, ownDatabase, refusal } from "./opened.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 60_000 })

/** An inventory with mugs and cups on a server, and another session that holds the mugs locked. */
const openLocked = async (engine: HoldfastOptions["engine"]) => {
  const { url, ...database } = await ownDatabase()
  const inventory = await createInventory({ url, engine, sweepIntervalMillis: false })
  await inventory.registerSku(mug)
  await inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup", initialStock: 3 })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query("begin")
  await holder.query("select 1 from inventory.inventory where sku_id = 'mug' for update")
  const watcher = new pg.Client({ connectionString: url })
  await watcher.connect()
  return {
    inventory,
    holder,
    /** Asks the server until it has answered so; the test's time-out is the bound. */
    until: async (count: number, condition: string) => {
      const sql = `select count(*)::int4 as count from pg_stat_activity
        where datname = current_database() and application_name = 'holdfast' and ${condition}`
      while ((await watcher.query(sql)).rows[0].count !== count);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([holder.end(), watcher.end()])
      await database[Symbol.asyncDispose]()
    }
  }
}

describePostgres(18, "close with a time-out, while another session has a SKU locked", () => {
  it("answers what can be answered, rejects the rest by then, and frees all in the end", async () => {
    await using world = await openLocked({})
    const { holder, inventory, until } = world
    const stuck = refusal(inventory.reserve(order("o1", 1)))
    await until(1, "wait_event_type = 'Lock'")
    const other = inventory.reserve({ orderId: "o2", lines: [{ skuId: "cup", quantity: 1 }] })
    const closing = refusal(inventory.close({ timeout: 3_000 }))
    expect(await other).toHaveLength(1)
    expect((await stuck).code).toBe("Interrupted")
    expect(await closing).toMatchObject({
      code: "CloseTimedOut",
      details: { timeout: 3_000, calls: [{ method: "reserve", count: 1 }] }
    })
    await holder.query("rollback")
    await until(0, "true")
  })

  it("has nothing to let go when what waits is refused before", async () => {
    await using world = await openLocked({ waitMillisMax: 300, deadlineMillis: 300 })
    const { inventory, until } = world
    const stuck = refusal(inventory.reserve(order("o1", 1)))
    await until(1, "wait_event_type = 'Lock'")
    const closing = inventory.close({ timeout: 60_000 })
    expect(["Busy", "TimedOut"]).toContain((await stuck).code)
    await closing
    await until(0, "true")
  })

  it("waits as long as it takes without one", async () => {
    await using world = await openLocked({ waitMillisMax: 60_000, deadlineMillis: 60_000 })
    const { holder, inventory, until } = world
    const stuck = inventory.reserve(order("o1", 1))
    await until(1, "wait_event_type = 'Lock'")
    const closing = inventory.close()
    await holder.query("rollback")
    expect(await stuck).toHaveLength(1)
    await closing
    await until(0, "true")
  })
})
