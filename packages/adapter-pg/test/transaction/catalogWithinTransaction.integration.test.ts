/** The catalog inside a host's own transaction, with the `pg` driver on PostgreSQL 18. */
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it } from "vitest"
import { catalogWithinTransaction, createCatalog } from "../../src/index.ts"
import { ownDatabase } from "../promise/opened.ts"
import { hostPool } from "./hosts.ts"

const unusable = "TransactionUnusable"

/** The code of a refusal, or what was answered in its place. */
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => answer,
    (error) => error.code
  )

describePostgres(18, "the host's row and the product", () => {
  it("commit together, or not at all, one call a transaction", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using catalog = await createCatalog({ url, schema: "products" })
    const pool = hostPool({ connectionString: url, max: 2 })
    const client = await pool.connect()
    try {
      await pool.query("create table notes (text text)")
      const inside = () => catalogWithinTransaction(client, { schema: "products" })
      const make = (name: string) => inside().createProduct({ name, type: "NORMAL" })
      const same = inside()
      await client.query("begin")
      await same.createProduct({ name: "Undone", type: "NORMAL" })
      expect(await codeOf(same.createProduct({ name: "Second", type: "NORMAL" }))).toBe(unusable)
      await client.query("rollback")
      expect(await codeOf(same.createProduct({ name: "Outside", type: "NORMAL" }))).toBe(unusable)
      await client.query("begin")
      await client.query("insert into notes values ('kept')")
      const { id } = await make("Kept")
      expect(await catalog.product(id)).toBeUndefined()
      expect(await codeOf(make("Second"))).toBe(unusable)
      await client.query("commit")
      expect(await catalog.product(id)).toMatchObject({ product: { name: "Kept" } })
      await client.query("begin")
      await client.query("insert into notes values ('dropped')")
      await inside().deleteProduct({ productId: id })
      await client.query("rollback")
      expect((await catalog.product(id))?.product.version).toBe(1)
      expect((await pool.query("select text from notes")).rows).toEqual([{ text: "kept" }])
      expect(await codeOf(make("Outside"))).toBe(unusable)
      const events = await catalog.events()
      expect(events.map(({ event }) => event.eventType)).toEqual(["product.created"])
    } finally {
      client.release()
      await pool.end()
    }
  })
})
