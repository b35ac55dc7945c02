/** The inbox in a transaction of the host, with the `pg` driver on PostgreSQL 18. */
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it } from "vitest"
import { claimEvent, withinTransaction } from "../../src/index.ts"
import { inTransaction, openHost } from "./hosts.ts"

describePostgres(18, "an event that is claimed", () => {
  it("is claimed once by each consumer, with what the host writes", async () => {
    await using host = await openHost()
    const handle = (consumer: string) =>
      inTransaction(host.pool, async (client) => {
        const isFirst = await claimEvent(client, consumer, "event-1")
        if (isFirst) await client.query("insert into orders (id, units) values ($1, 1)", [consumer])
        return isFirst
      })
    expect([await handle("a"), await handle("a"), await handle("b")]).toEqual([true, false, true])
    expect(await host.orders()).toEqual(["a", "b"])
  })

  it("is free again when the transaction is rolled back", async () => {
    await using host = await openHost()
    const failing = inTransaction(host.pool, async (client) => {
      expect(await claimEvent(client, "a", "event-1")).toBe(true)
      throw new Error("the handler failed")
    })
    await expect(failing).rejects.toThrow("the handler failed")
    expect(await inTransaction(host.pool, (client) => claimEvent(client, "a", "event-1"))).toBe(
      true
    )
  })

  it("is waited for by another that claims it, which gets what came of it", async () => {
    await using host = await openHost()
    let second: Promise<boolean> | undefined
    await inTransaction(host.pool, async (client) => {
      expect(await claimEvent(client, "a", "event-1")).toBe(true)
      second = inTransaction(host.pool, (other) => claimEvent(other, "a", "event-1"))
    })
    expect(await second).toBe(false)
  })

  it("goes together with a call of the engine", async () => {
    await using host = await openHost()
    const place = () =>
      inTransaction(host.pool, async (client) => {
        if (!(await claimEvent(client, "orders", "event-7"))) return
        await withinTransaction(client).reserve({
          orderId: "o7",
          lines: [{ skuId: "mug", quantity: 2 }]
        })
      })
    await place()
    await place()
    expect((await host.inventory.stock("mug")).reservedQuantity).toBe(2)
  })

  it("may have as many characters as the inbox keeps, however they are written", async () => {
    await using host = await openHost()
    const claim = () =>
      inTransaction(host.pool, (client) => claimEvent(client, "🫖".repeat(100), "🫖".repeat(255)))
    expect([await claim(), await claim()]).toEqual([true, false])
  })

  it("leaves the host's transaction its own time to idle", async () => {
    await using host = await openHost()
    const setting = "idle_in_transaction_session_timeout"
    const { rows } = await inTransaction(host.pool, async (client) => {
      await client.query(`set local ${setting} = '1h'`)
      await claimEvent(client, "a", "event-1")
      return await client.query(`show ${setting}`)
    })
    expect(rows).toEqual([{ [setting]: "1h" }])
  })

  it("is refused without a transaction, and by names that cannot be kept", async () => {
    await using host = await openHost()
    const client = await host.pool.connect()
    try {
      await expect(claimEvent(client, "a", "event-1")).rejects.toMatchObject({
        code: "TransactionUnusable",
        message: expect.stringContaining("begin one")
      })
      const { rows } = await client.query("select count(*)::int as claims from inventory.inbox")
      expect(rows).toEqual([{ claims: 0 }])
      await expect(claimEvent(client, "", "x".repeat(256))).rejects.toMatchObject({
        code: "InvalidInput",
        details: { issues: [{ path: "consumer" }, { path: "eventId" }] }
      })
      for (const unkept of ["a\u0000", "\ud800", "\udc00"]) {
        await expect(claimEvent(client, unkept, unkept)).rejects.toMatchObject({
          code: "InvalidInput",
          details: { issues: [{ path: "consumer" }, { path: "eventId" }] }
        })
      }
      await expect(claimEvent(client, "a", "b", { schema: "No" })).rejects.toMatchObject({
        details: { issues: [{ path: "schema" }] }
      })
    } finally {
      client.release()
    }
  })
})
