/**
 * A host's transaction that cannot be used, or in which an engine call does not end well: what is
 * answered, and that nothing half-done can be committed.
 */
import { type AnyHoldfastError, isHoldfastError } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import type pg from "pg"
import { expect, it } from "vitest"
import { type HostTransaction, withinTransaction } from "../../src/index.ts"
import { type Host, inTransaction, openHost } from "./hosts.ts"

const order = { orderId: "o1", lines: [{ skuId: "mug", quantity: 2 }] }

const insertOrder = (client: pg.ClientBase, orderId: string) =>
  client.query("insert into orders (id, units) values ($1, 2)", [orderId])

const refusal = async (call: Promise<unknown>): Promise<AnyHoldfastError> => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

const unusable = (message: RegExp) => ({
  code: "TransactionUnusable",
  isRetryable: false,
  message: expect.stringMatching(message)
})

/** A connection in a transaction, whose COMMIT the test sends; what it came to is the command. */
const begunOn = async (host: Host, begin = "begin") => {
  const client = await host.pool.connect()
  await client.query(begin)
  return {
    client,
    commit: async () => (await client.query("commit")).command,
    [Symbol.dispose]: () => client.release(true)
  }
}

const reserved = async ({ inventory }: Host) => {
  expect(await inventory.reconcile()).toMatchObject({ accuracy: 1 })
  return (await inventory.stock("mug")).reservedQuantity
}

/** Holds the mug's row until it is let go. */
const lockMug = async (host: Host) => {
  const begun = await begunOn(host)
  await begun.client.query("select 1 from inventory.inventory where sku_id = 'mug' for update")
  return begun
}

/** Waits until somebody waits for a lock, by asking. */
const untilWaiting = async ({ pool }: Host): Promise<void> => {
  const { rows } = await pool.query(`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`)
  return rows.length > 0 ? undefined : untilWaiting({ pool } as Host)
}

describePostgres(18, "a transaction that cannot be used", () => {
  it("because nothing was begun is refused, on one connection and on a pool", async () => {
    await using host = await openHost()
    const client = await host.pool.connect()
    for (const connection of [client, host.pool]) {
      const error = await refusal(withinTransaction(connection).reserve(order))
      expect(error).toMatchObject(unusable(/no transaction/))
    }
    client.release()
    expect(await reserved(host)).toBe(0)
  })

  it("because it has had its call is refused, and keeps what the first call did", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const { client, commit } = begun
    const commands = withinTransaction(client)
    await commands.reserve(order)
    const again = [commands, withinTransaction(client), withinTransaction({ query: query(client) })]
    for (const second of again) {
      const error = await refusal(second.receive({ skuId: "mug", quantity: 1 }))
      expect(error).toMatchObject(unusable(/its one engine call/))
    }
    await insertOrder(client, "o1")
    expect(await commit()).toBe("COMMIT")
    expect(await reserved(host)).toBe(2)
    await client.query("begin")
    await commands.reserve({ ...order, orderId: "o2" })
    expect(await commit()).toBe("COMMIT")
    expect(await reserved(host)).toBe(4)
  })

  it("by two calls at once serves one of them", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const commands = withinTransaction(begun.client)
    const ends = await Promise.allSettled(
      ["a", "b", "c"].map((orderId) => commands.reserve({ ...order, orderId }))
    )
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"])
    expect(await begun.commit()).toBe("COMMIT")
    expect(await reserved(host)).toBe(2)
  })

  it("is as new when the savepoint before the call is rolled back", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const commands = withinTransaction(begun.client)
    await begun.client.query("savepoint before")
    await commands.reserve(order)
    await begun.client.query("rollback to savepoint before")
    await commands.reserve({ ...order, orderId: "o2" })
    expect(await begun.commit()).toBe("COMMIT")
    await expect(host.inventory.reservationsOfOrder("o1")).rejects.toMatchObject({
      code: "OrderNotFound"
    })
    expect(await reserved(host)).toBe(2)
  })

  for (const begin of [
    "begin isolation level repeatable read",
    "begin isolation level serializable",
    "begin read only"
  ]) {
    it(`because of ${begin} is refused, and left as it was`, async () => {
      await using host = await openHost()
      using begun = await begunOn(host, begin)
      const error = await refusal(withinTransaction(begun.client).reserve(order))
      expect(error).toMatchObject(unusable(/read committed|read only/))
      const { rows } = await begun.client.query("show lock_timeout")
      expect(rows).toEqual([{ lock_timeout: "0" }])
      expect(await begun.commit()).toBe("COMMIT")
      expect(await reserved(host)).toBe(0)
    })
  }

  it("because a statement of the host failed in it says so", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    await expect(begun.client.query("select 1 / 0")).rejects.toThrow("division by zero")
    const error = await refusal(withinTransaction(begun.client).reserve(order))
    expect(error).toMatchObject(unusable(/failed before; roll it back/))
  })

  it("because its query answers no rows says so", async () => {
    const answers = [undefined, 1, { rowCount: 1 }]
    for (const answer of answers) {
      const host = { query: async () => answer } as unknown as HostTransaction
      const error = await refusal(withinTransaction(host).reserve(order))
      expect(error).toMatchObject(unusable(/neither rows nor an object that holds `rows`/))
    }
  })

  it("because its query renames columns is refused, before anything is misread", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
    const renaming: HostTransaction["query"] = async (sql, values) => {
      const { rows } = await begun.client.query(sql, values)
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]))
      )
    }
    const error = await refusal(withinTransaction({ query: renaming }).reserve(order))
    expect(error).toMatchObject(unusable(/renames the columns/))
    expect(await begun.commit()).toBe("COMMIT")
    expect(await reserved(host)).toBe(0)
  })
})

type HostQuery = HostTransaction["query"]

/** A host's wrapping of its connection, that the engine cannot tell from another one. */
const query =
  (client: pg.ClientBase, before: (sql: string) => void = () => undefined): HostQuery =>
  async (sql, values) => {
    before(sql)
    return client.query(sql, values)
  }

const isWrite = (sql: string) => /insert into inventory\.reservations/.test(sql)

describePostgres(18, "an engine call that does not end well", () => {
  it("is Busy when the SKU stays locked, and leaves a transaction only to roll back", async () => {
    await using host = await openHost()
    using locking = await lockMug(host)
    using begun = await begunOn(host)
    await insertOrder(begun.client, "o1")
    const error = await refusal(withinTransaction(begun.client).reserve(order))
    expect(error).toMatchObject({ code: "Busy", isRetryable: true })
    expect(error.message).toContain("roll this transaction back first")
    await expect(insertOrder(begun.client, "o2")).rejects.toMatchObject({ code: "25P02" })
    expect(await begun.commit()).toBe("ROLLBACK")
    await locking.commit()
    expect(await host.orders()).toEqual([])
    await inTransaction(host.pool, (client) => withinTransaction(client).reserve(order))
    expect(await reserved(host)).toBe(2)
  })

  it("because its signal aborted rejects once it has let go of the connection", async () => {
    await using host = await openHost()
    using locking = await lockMug(host)
    using begun = await begunOn(host)
    await insertOrder(begun.client, "o1")
    const reason = new Error("the buyer left")
    const controller = new AbortController()
    const call = withinTransaction(begun.client).reserve(order, { signal: controller.signal })
    await untilWaiting(host)
    controller.abort(reason)
    const early = await Promise.race([call.catch(() => "settled"), host.orders()])
    expect(early).toEqual([])
    await locking.commit()
    await expect(call).rejects.toBe(reason)
    expect(await begun.commit()).toBe("ROLLBACK")
    expect(await host.orders()).toEqual([])
    expect(await reserved(host)).toBe(0)
  })

  it("because its signal had aborted before does not touch the transaction", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const signal = AbortSignal.abort(new Error("too late"))
    const commands = withinTransaction(begun.client)
    await expect(commands.reserve(order, { signal })).rejects.toThrow("too late")
    await commands.reserve(order)
    expect(await begun.commit()).toBe("COMMIT")
    expect(await reserved(host)).toBe(2)
  })

  it("in the middle of its writes cannot be committed, when it was aborted there", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const controller = new AbortController()
    const aborting = query(begun.client, (sql) => {
      if (isWrite(sql)) controller.abort(new Error("the buyer left"))
    })
    const commands = withinTransaction({ query: aborting })
    await insertOrder(begun.client, "o1")
    const call = commands.reserve(order, { signal: controller.signal })
    await expect(call).rejects.toThrow("the buyer left")
    expect(await begun.commit()).toBe("ROLLBACK")
    expect(await host.orders()).toEqual([])
    expect(await reserved(host)).toBe(0)
  })

  it("in the middle of its writes cannot be committed, when the driver gave up there", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    const failing = query(begun.client, (sql) => {
      if (isWrite(sql)) throw new Error("Query read timeout")
    })
    await insertOrder(begun.client, "o1")
    const error = await refusal(withinTransaction({ query: failing }).reserve(order))
    expect(error).toMatchObject(unusable(/Query read timeout; roll back and begin again/))
    expect(await begun.commit()).toBe("ROLLBACK")
    expect(await host.orders()).toEqual([])
    expect(await reserved(host)).toBe(0)
  })

  it("because the server ended the connection says so, and nothing was written", async () => {
    await using host = await openHost()
    using begun = await begunOn(host)
    begun.client.on("error", () => undefined)
    const { rows } = await begun.client.query("select pg_backend_pid() as pid")
    await host.pool.query("select pg_terminate_backend($1, 10000)", [rows[0]?.pid])
    const error = await refusal(withinTransaction(begun.client).reserve(order))
    expect(error.code).toMatch(/^(Unavailable|TransactionUnusable)$/)
    expect(await reserved(host)).toBe(0)
  })
})
