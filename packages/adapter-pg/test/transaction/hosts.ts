/**
 * A host of its own: a database with Holdfast's tables and a table of the host's beside them, the
 * engine open on it, and the host's `pg` pool.
 */
import type { HoldfastInventory } from "@holdfast/core"
import { freshDatabase } from "@holdfast/test-servers"
import pg from "pg"
import { createInventory } from "../../src/index.ts"

/** A host, gone with the test. */
export interface Host extends AsyncDisposable {
  readonly url: string
  readonly pool: pg.Pool
  readonly inventory: HoldfastInventory
  /** The host's own orders, by what anybody else can see. */
  readonly orders: () => Promise<ReadonlyArray<string>>
}

/** What may be set of a host's pool. */
export type HostOptions = Omit<pg.PoolConfig, "connectionString">

/**
 * A host's pool. The server may end a connection that idles, or one that `end` has not closed yet.
 * Without a listener, `pg` would end the process then.
 */
export const hostPool = (config: pg.PoolConfig): pg.Pool => {
  const pool = new pg.Pool(config)
  pool.on("error", () => undefined)
  pool.on("connect", (client) => client.on("error", () => undefined))
  return pool
}

/** Opens a host on PostgreSQL 18 with ten mugs in stock. */
export const openHost = async (options: HostOptions = {}): Promise<Host> => {
  const { drop, url } = await freshDatabase()
  const inventory = await createInventory({ url, sweepIntervalMillis: false, upkeep: false })
  const pool = hostPool({ connectionString: url, max: 20, ...options })
  await pool.query("create table orders (id text primary key, units int not null)")
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 })
  const watching = hostPool({ connectionString: url, max: 1 })
  return {
    url,
    pool,
    inventory,
    orders: async () =>
      (await watching.query("select id from orders order by id")).rows.map(({ id }) => String(id)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([inventory.close(), pool.end(), watching.end()])
      await drop()
    }
  }
}

/** What a host does once an hour in its life: begin, work, commit; roll back when the work throws. */
export const inTransaction = async <A>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<A>,
  begin = "begin"
): Promise<A> => {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const answer = await work(client)
    await client.query("commit")
    return answer
  } catch (error) {
    await client.query("rollback")
    throw error
  } finally {
    client.release()
  }
}
