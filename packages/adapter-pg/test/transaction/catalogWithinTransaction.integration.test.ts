/** The catalog inside a host's own transaction, with the `pg` driver on PostgreSQL 18. */
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it } from "vitest"
import { catalogWithinTransaction, createCatalog } from "../../src/index.ts"
import { ownDatabase, refusal } from "../promise/opened.ts"
import { hostPool } from "./hosts.ts"

describePostgres(18, "the host's row and the product", () => {
  it("commit together, or not at all, one call a transaction", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using catalog = await createCatalog({ url, schema: "products" })
    const pool = hostPool({ connectionString: url, max: 2 })
    try {
      await pool.query("create table notes (text text)")
      const client = await pool.connect()
      const inside = () => catalogWithinTransaction(client, { schema: "products" })
      const make = (name: string) => inside().createProduct({ name, type: "NORMAL" })
      await client.query("begin")
      await client.query("insert into notes values ('kept')")
      const { id } = await make("Kept")
      expect(await catalog.product(id)).toBeUndefined()
      expect((await refusal(make("Second"))).code).toBe("TransactionUnusable")
      await client.query("commit")
      expect(await catalog.product(id)).toMatchObject({ product: { name: "Kept" } })
      await client.query("begin")
      await client.query("insert into notes values ('dropped')")
      await inside().deleteProduct({ productId: id })
      await client.query("rollback")
      expect((await catalog.product(id))?.product.version).toBe(1)
      expect((await pool.query("select text from notes")).rows).toEqual([{ text: "kept" }])
      expect((await refusal(make("Outside"))).code).toBe("TransactionUnusable")
      client.release()
      const events = await catalog.events()
      expect(events.map(({ event }) => event.eventType)).toEqual(["product.created"])
    } finally {
      await pool.end()
    }
  })
})
