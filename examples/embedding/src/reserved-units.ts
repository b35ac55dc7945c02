/**
 * A table of the host that follows the stock, with `pg`: how many units of each SKU were reserved.
 * Each event is counted exactly once, however often this process dies, because the rows and the
 * place in the log commit together. Needs a PostgreSQL server: set `DATABASE_URL`, then run
 * `pnpm run reserved-units`.
 */
import { createHoldfast } from "@holdfast/adapter-pg"
import { fromPg } from "@holdfast/adapter-pg/transactions"
import pg from "pg"

const url = process.env["DATABASE_URL"] ?? ""
const pool = new pg.Pool({ connectionString: url })
// Without listeners a lost connection ends the process: the pool's for one that is idle, the
// client's for one that is in use. Its query rejects too, and the events come again.
pool.on("error", (error) => console.error(error.message))
pool.on("connect", (client) => client.on("error", () => undefined))
const holdfast = await createHoldfast({ url })

await pool.query(
  "create table if not exists reserved_units (sku_id text primary key, units int not null)"
)

await holdfast.subscribe("reserved-units", {
  types: ["inventory.stock.reserved"],
  batchMax: 10,
  leaseMillis: 1_000,
  handlerInTransaction: async (events, moveCursor) => {
    const client = await pool.connect()
    try {
      await client.query("begin")
      await moveCursor(fromPg(client))
      for (const { event } of events) {
        if (event.eventType !== "inventory.stock.reserved") continue
        const { quantity, skuId } = event.payload
        await client.query(
          `insert into reserved_units values ($1, $2)
           on conflict (sku_id) do update set units = reserved_units.units + excluded.units`,
          [skuId, quantity]
        )
      }
      await client.query("commit")
    } catch (error) {
      // On a connection that is lost this fails too; the first error is the one that matters.
      await client.query("rollback").catch(() => undefined)
      throw error
    } finally {
      client.release()
    }
  }
})
console.log("following the stock")

const stop = async () => {
  await holdfast.close()
  await pool.end()
}
process.once("SIGTERM", stop).once("SIGINT", stop)
