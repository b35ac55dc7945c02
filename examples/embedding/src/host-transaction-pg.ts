/**
 * A row of the host and a reservation in one transaction, with `pg`. Both are there after COMMIT,
 * or neither is. Needs a PostgreSQL server: `DATABASE_URL=postgres://… node src/host-transaction-pg.ts`.
 */
import { createInventory, withinTransaction } from "@holdfast/adapter-pg"
import { fromPg } from "@holdfast/adapter-pg/transactions"
import { isHoldfastError } from "@holdfast/core"
import pg from "pg"

const url = process.env["DATABASE_URL"] ?? ""
const pool = new pg.Pool({ connectionString: url })
// Without listeners a lost connection ends the process: the pool's for one that is idle, the
// client's for one that is in use. Its query rejects too.
pool.on("error", (error) => console.error(error.message))
pool.on("connect", (client) => client.on("error", () => undefined))
// Makes Holdfast's tables, in a schema of their own, and keeps house.
const inventory = await createInventory({ url })

const placeOrder = async (orderId: string, units: number): Promise<void> => {
  const client = await pool.connect()
  try {
    await client.query("begin")
    await client.query("insert into shop_orders (id, units) values ($1, $2)", [orderId, units])
    // The one engine call of the transaction, and the last before its COMMIT: it locks the stock.
    const lines = [{ skuId: "mug", quantity: units }]
    await withinTransaction(fromPg(client)).reserve({ orderId, lines })
    await client.query("commit")
    console.log(`${orderId}: stored and reserved`)
  } catch (error) {
    // On a connection that is lost this fails too; the first error is the one that matters.
    await client.query("rollback").catch(() => undefined)
    if (!isHoldfastError(error)) throw error
    console.log(`${orderId}: ${error.code}, so neither is there`)
  } finally {
    client.release()
  }
}

await pool.query("create table if not exists shop_orders (id text primary key, units int not null)")
await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
await placeOrder("order-1", 2)
await placeOrder("order-2", 2)
const { rows } = await pool.query("select id from shop_orders")
const { reservedQuantity } = await inventory.stock("mug")
console.log(`${rows.length} order stored, ${reservedQuantity} units reserved`)
await inventory.close()
await pool.end()
