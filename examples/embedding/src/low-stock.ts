/**
 * A table of the host that follows the stock, with `pg`: which SKUs run low. Each event is counted
 * exactly once, however often this process dies, because the rows and the place in the log commit
 * together. Needs a PostgreSQL server: `DATABASE_URL=postgres://… node src/low-stock.ts`.
 */
import { createHoldfast } from "@holdfast/adapter-pg"
import { fromPg } from "@holdfast/adapter-pg/transactions"
import pg from "pg"

const url = process.env["DATABASE_URL"] ?? ""
const pool = new pg.Pool({ connectionString: url })
// A pool without a listener ends the process when an idle connection is lost.
pool.on("error", (error) => console.error(error.message))
const holdfast = await createHoldfast({ url })

await pool.query(
  "create table if not exists low_stock (sku_id text primary key, reserved int not null)"
)

await holdfast.subscribe("low-stock", {
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
          `insert into low_stock values ($1, $2)
           on conflict (sku_id) do update set reserved = low_stock.reserved + excluded.reserved`,
          [skuId, quantity]
        )
      }
      await client.query("commit")
    } catch (error) {
      await client.query("rollback")
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
