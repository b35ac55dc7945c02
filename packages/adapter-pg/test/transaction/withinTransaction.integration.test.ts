/** The engine inside a host's own transaction, with the `pg` driver on PostgreSQL 18. */
import { type AnyHoldfastError, isHoldfastError } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import pg from "pg"
import { expect, it } from "vitest"
import { createInventory, type HostTransaction, withinTransaction } from "../../src/index.ts"
import { type Host, inTransaction, openHost } from "./hosts.ts"

const order = (orderId: string, quantity = 1, skuId = "mug") => ({
  orderId,
  lines: [{ skuId, quantity }]
})

const insertOrder = (client: pg.ClientBase, orderId: string, units = 1) =>
  client.query("insert into orders (id, units) values ($1, $2)", [orderId, units])

const refusal = async (call: Promise<unknown>): Promise<AnyHoldfastError> => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

/** What a host's COMMIT came to: a transaction that failed is rolled back by it. */
const committed = async (client: pg.ClientBase) => (await client.query("commit")).command

const untouched = { totalQuantity: 10, reservedQuantity: 0 }

const seen = async ({ inventory, orders }: Host) => ({
  orders: await orders(),
  reserved: (await inventory.stock("mug")).reservedQuantity,
  accuracy: (await inventory.reconcile()).accuracy
})

describePostgres(18, "the host's row and the reservation", () => {
  it("commit together, and nobody sees either before", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    const answer = await inTransaction(pool, async (client) => {
      await insertOrder(client, "o1", 3)
      const holds = await withinTransaction(client).reserve(order("o1", 3))
      expect(await seen(host)).toMatchObject({ orders: [], reserved: 0 })
      await expect(inventory.reservationsOfOrder("o1")).rejects.toMatchObject({
        code: "OrderNotFound"
      })
      return holds
    })
    expect(answer).toMatchObject([{ orderId: "o1", skuId: "mug", quantity: 3, status: "PENDING" }])
    expect((await inventory.reservationsOfOrder("o1")).items).toEqual(answer)
    expect(await seen(host)).toEqual({ orders: ["o1"], reserved: 3, accuracy: 1 })
    const reserved = (await inventory.events({ size: 100 })).filter(
      ({ event }) => event.eventType === "inventory.stock.reserved"
    )
    expect(reserved).toMatchObject([
      { event: { aggregateId: "mug", payload: { reservationId: answer[0]?.id, quantity: 3 } } }
    ])
  })

  it("roll back together, and leave no event", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    const work = inTransaction(pool, async (client) => {
      await insertOrder(client, "o1")
      await withinTransaction(client).reserve(order("o1"), { idempotencyKey: "k" })
      throw new Error("the payment was declined")
    })
    await expect(work).rejects.toThrow("declined")
    expect(await seen(host)).toEqual({ orders: [], reserved: 0, accuracy: 1 })
    const types = (await inventory.events({ size: 100 })).map(({ event }) => event.eventType)
    expect(types).not.toContain("inventory.stock.reserved")
    // The key was not used, so it may be used for something else.
    expect(await inventory.reserve(order("o2"), { idempotencyKey: "k" })).toHaveLength(1)
  })

  it("H8 reach the driver as texts, so that no driver guesses a type", async () => {
    await using host = await openHost()
    const values: Array<unknown> = []
    const occurredAt = new Date("2026-02-03T04:05:06.789Z")
    await inTransaction(host.pool, (client) => {
      const query: HostTransaction["query"] = (sql, given) => {
        values.push(...given)
        return client.query(sql, given)
      }
      return withinTransaction({ query }).receive({ skuId: "mug", quantity: 1, occurredAt })
    })
    expect(values.filter((value) => value !== null && typeof value !== "string")).toEqual([])
    expect(values).toContain(`{"${occurredAt.toISOString()}"}`)
  })

  it("do not mind the host's time zone and date style, and leave its settings as they were", async () => {
    await using host = await openHost({
      options: "-c timezone=Asia/Seoul -c datestyle=German,DMY -c lock_timeout=7s"
    })
    const { inventory, pool } = host
    const setting = async (client: pg.ClientBase, name: string) =>
      (await client.query(`select current_setting('${name}') as value`)).rows[0]?.value
    await inTransaction(pool, async (client) => {
      const [hold] = await withinTransaction(client).reserve(order("o1"))
      expect(await setting(client, "lock_timeout")).toBe("2s")
      expect(await setting(client, "statement_timeout")).toBe("10s")
      expect(await setting(client, "idle_in_transaction_session_timeout")).toBe("5s")
      await client.query("commit")
      expect(await setting(client, "lock_timeout")).toBe("7s")
      expect(await setting(client, "enable_seqscan")).toBe("on")
      expect(await inventory.reservation(hold?.id ?? "")).toEqual(hold)
    })
  })

  it("live in the schema that is named", async () => {
    await using host = await openHost()
    const { inventory, pool, url } = host
    await using red = await createInventory({ url, schema: "red" })
    await red.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    await inTransaction(pool, (client) =>
      withinTransaction(client, { schema: "red" }).reserve(order("o1"))
    )
    expect(await red.stock("mug")).toMatchObject({ reservedQuantity: 1 })
    expect(await inventory.stock("mug")).toMatchObject(untouched)
  })
})

describePostgres(18, "one call inside a host's transaction", () => {
  it("takes as many rounds as lapsed holds in its way ask for", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    const count = 1_500
    await inventory.receive({ skuId: "mug", quantity: count - 10 })
    const lines = Array.from({ length: count }, () => ({ skuId: "mug", quantity: 1 }))
    await inventory.reserve({ orderId: "cart", lines })
    await pool.query(`update inventory.reservations
      set created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'`)
    const [hold] = await inTransaction(pool, (client) =>
      withinTransaction(client).reserve(order("o1", count))
    )
    expect(hold).toMatchObject({ quantity: count, status: "PENDING" })
    expect(await seen(host)).toMatchObject({ reserved: count, accuracy: 1 })
  })

  it("takes back what its rounds expired when the host rolls back", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    await inventory.reserve({ ...order("cart", 10), ttl: 1 })
    await pool.query(`update inventory.reservations
      set created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'`)
    const given = inTransaction(pool, async (client) => {
      await withinTransaction(client).reserve(order("o1", 10))
      throw new Error("declined")
    })
    await expect(given).rejects.toThrow("declined")
    const types = (await inventory.events({ size: 100 })).map(({ event }) => event.eventType)
    expect(types).not.toContain("inventory.stock.released")
    expect(await inventory.reserve(order("o2", 10))).toHaveLength(1)
  })
})

describePostgres(18, "a refusal inside a host's transaction", () => {
  it("is typed, writes nothing, and the host may still commit what is its own", async () => {
    await using host = await openHost()
    const { pool } = host
    const cases = [
      ["unknown", order("o1", 1, "plate"), "SkuNotFound", { skuIds: ["plate"] }],
      ["short", order("o1", 11), "InsufficientStock", { lines: [{ requested: 11, available: 10 }] }]
    ] as const
    for (const [id, input, code, details] of cases) {
      await inTransaction(pool, async (client) => {
        await insertOrder(client, `${id}-before`)
        const error = await refusal(withinTransaction(client).reserve(input))
        expect(error).toMatchObject({ code, details, isRetryable: false })
        await insertOrder(client, `${id}-after`)
        expect(await committed(client)).toBe("COMMIT")
      })
    }
    expect(await seen(host)).toEqual({
      orders: ["short-after", "short-before", "unknown-after", "unknown-before"],
      reserved: 0,
      accuracy: 1
    })
  })

  it("of what cannot be read does not even use up the call", async () => {
    await using host = await openHost()
    await inTransaction(host.pool, async (client) => {
      const commands = withinTransaction(client)
      const error = await refusal(commands.reserve(order("o1", 0)))
      expect(error).toMatchObject({ code: "InvalidInput" })
      await commands.reserve(order("o1", 1))
    })
    expect(await seen(host)).toMatchObject({ reserved: 1 })
  })

  it("of the host's own arguments names them", () => {
    const made = () => withinTransaction({} as never, { schema: "No Schema" })
    expect(made).toThrow(/transaction: must have a function.*schema: must be/)
    const misspelt = () => withinTransaction(new pg.Client(), { shema: "tenant_b" } as never)
    expect(misspelt).toThrow(
      "shema: is not a field (there are schema, as, audit, keyRingOf, sender)"
    )
    expect(() => withinTransaction(new pg.Client(), null as never)).toThrow("options: must be")
  })
})

describePostgres(18, "an idempotency key inside a host's transaction", () => {
  it("gives the first answer again, to hosts and to the engine alike", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    const key = { idempotencyKey: "checkout-1" }
    const first = await inTransaction(pool, (client) =>
      withinTransaction(client).reserve(order("o1", 2), key)
    )
    const again = await inTransaction(pool, (client) =>
      withinTransaction(client).reserve(order("o1", 2), key)
    )
    expect(again).toEqual(first)
    expect(await inventory.reserve(order("o1", 2), key)).toEqual(first)
    const other = inTransaction(pool, (client) =>
      withinTransaction(client).reserve(order("o1", 3), key)
    )
    expect(await refusal(other)).toMatchObject({ code: "IdempotencyMismatch" })
    expect(await seen(host)).toMatchObject({ reserved: 2 })
  })

  it("has one effect when twins come at once, whatever each is answered first", async () => {
    await using host = await openHost()
    const key = { idempotencyKey: "checkout-1" }
    const reserve = () =>
      inTransaction(host.pool, (client) => withinTransaction(client).reserve(order("o1"), key))
    const [first, ...others] = await Promise.all(Array.from({ length: 6 }, reserve))
    for (const other of others) expect(other).toEqual(first)
    expect(await seen(host)).toMatchObject({ reserved: 1, accuracy: 1 })
  })
})

describePostgres(18, "host transactions that race", () => {
  it("give the last unit to exactly one", async () => {
    await using host = await openHost()
    const { pool } = host
    await inTransaction(pool, (client) => withinTransaction(client).reserve(order("first", 9)))
    const ends = await Promise.allSettled(
      Array.from({ length: 16 }, (_, n) =>
        inTransaction(pool, async (client) => {
          await insertOrder(client, `o${n}`)
          return withinTransaction(client).reserve(order(`o${n}`))
        })
      )
    )
    const lost = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []))
    expect(lost).toHaveLength(15)
    for (const error of lost) expect(error).toMatchObject({ code: "InsufficientStock" })
    const { orders, ...rest } = await seen(host)
    expect(orders).toHaveLength(1)
    expect(rest).toEqual({ reserved: 10, accuracy: 1 })
  })

  it("with the batches of engines do not oversell either", async () => {
    await using host = await openHost()
    const { inventory, pool, url } = host
    await using another = await createInventory({ url, sweepIntervalMillis: false, upkeep: false })
    const calls = Array.from({ length: 20 }, (_, n) => [
      inventory.reserve(order(`a${n}`)),
      another.reserve(order(`b${n}`)),
      inTransaction(pool, async (client) => {
        await insertOrder(client, `h${n}`)
        await withinTransaction(client).reserve(order(`h${n}`))
      })
    ]).flat()
    const ends = await Promise.allSettled(calls)
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(10)
    const hosts = ends.filter(({ status }, n) => n % 3 === 2 && status === "fulfilled")
    const { orders, ...rest } = await seen(host)
    expect(orders).toHaveLength(hosts.length)
    expect(rest).toEqual({ reserved: 10, accuracy: 1 })
  })

  it("over the same SKUs in opposite order do not deadlock", async () => {
    await using host = await openHost()
    const { inventory, pool } = host
    await inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup", initialStock: 20 })
    await inventory.receive({ skuId: "mug", quantity: 10 })
    const lines = [
      { skuId: "mug", quantity: 1 },
      { skuId: "cup", quantity: 1 }
    ]
    await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        inTransaction(pool, (client) =>
          withinTransaction(client).reserve({
            orderId: `o${n}`,
            lines: n % 2 === 0 ? lines : lines.toReversed()
          })
        )
      )
    )
    expect(await seen(host)).toMatchObject({ reserved: 16, accuracy: 1 })
  })
})
