/** What a server does at SIGTERM, step by step, seen from outside. */
import { Agent, type IncomingMessage, request } from "node:http"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../../commands/openSession.ts"
import { eventually } from "../../eventually.ts"
import { get, post, registerSku, reserve } from "../../requests.ts"
import { startServer } from "../../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

/** One request over a connection that stays open. */
const overKept = (agent: Agent, url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume()
      response.once("end", () => resolve(response))
    })
      .once("error", reject)
      .end()
  })

/** Who has the cursors and the check of stock, by what they have. */
const ownersIn = async (session: TestSession): Promise<ReadonlyMap<string, string | null>> => {
  const rows = await session.run(`
    select 'inventory ' || name as what, owner::text from inventory.event_cursors
    union all select 'catalog ' || name, owner::text from catalog.event_cursors
    union all select 'stock check', case when leased_until > clock_timestamp() then owner end::text
      from inventory.stock_checks
    order by 1`)
  return new Map(rows.map((row) => [String(row["what"]), row["owner"] as string | null]))
}

const serversIn = async (session: TestSession) =>
  (await session.run("select server_id::text as id from inventory.servers")).map(({ id }) => id)

describePostgres(18, "a server that is asked to stop", () => {
  it("is not ready first, closes connections, serves on, answers all that it took, gives back what it leads, and ends", async () => {
    const database = await freshDatabase()
    const leaveMillis = 1_500
    const settings = [
      "--database",
      database.url,
      "--seal-interval",
      "1s",
      "--max-connections",
      "12"
    ]
    await using server = await startServer([...settings, "--leave-time", `${leaveMillis}ms`])
    await using session = await openSession(database.url)
    await using holder = await openSession(database.url)
    await registerSku(server.url, "held", 100)
    await registerSku(server.url, "free", 100)
    // Something to lead: the seals of both logs, and the options that follow stock.
    const product = await post(server.url, "/api/products", {
      ...{ name: "Mug", type: "NORMAL", status: "ACTIVE" },
      options: [
        {
          ...{ name: "One", price: { amount: "5.00", currency: "EUR" } },
          skuMappings: [{ skuId: "free", quantity: 1 }]
        }
      ]
    })
    expect(product.status).toBe(201)
    const led = await eventually(async () => {
      const owners = await ownersIn(session)
      const held = [...owners].filter(([, owner]) => owner !== null).map(([what]) => what)
      return held.filter((what) => what !== "stock check").length >= 4 ? held : undefined
    })
    expect(led).toEqual(
      expect.arrayContaining(["catalog seals", "inventory seals", "inventory sold-out"])
    )
    expect(await serversIn(session)).toHaveLength(1)

    await using next = await startServer(settings)
    expect(await serversIn(session)).toHaveLength(2)

    // A batch that waits for a lock, and others that wait for the batch.
    await holder.run("begin")
    await holder.run("select 1 from inventory.inventory where sku_id = 'held' for update")
    const orders = Array.from({ length: 20 }, (_, n) => `order-${n}`)
    const taken = orders.map((order) => reserve(server.url, "held", order))
    await session.until(
      "select count(*)::int4 as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      ({ n }) => Number(n) >= 1
    )
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const before = await overKept(agent, `${server.url}/health/ready`)
    expect([before.statusCode, before.headers.connection]).toEqual([200, "keep-alive"])

    const askedAt = performance.now()
    server.signal("SIGTERM")
    await server.logs('"leaving"')
    // 1. Balancers hear that it is going; 2. so do those who keep a connection.
    const ready = await overKept(agent, `${server.url}/health/ready`)
    expect([ready.statusCode, ready.headers.connection]).toEqual([503, "close"])
    expect((await get(server.url, "/health/live")).status).toBe(200)
    // 3. Whoever has not heard yet is served as before, on a new connection, too.
    const late = await reserve(server.url, "free", "late")
    expect([late.status, late.headers.get("connection")]).toEqual([201, "close"])
    // 4. What it leads, it leads on until nobody is served any more.
    expect(
      [...(await ownersIn(session))]
        .filter(([what]) => led.includes(what))
        .every(([, owner]) => owner !== null)
    ).toBe(true)
    // 5. The door closes when the time is over, and what is in the house is answered.
    await server.logs('"stopping"')
    expect(performance.now() - askedAt).toBeGreaterThan(leaveMillis - 50)
    await expect(get(server.url, "/health/live")).rejects.toThrow()
    await holder.run("rollback")
    const answers = await Promise.all(taken)
    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 201))
    // 6. It ends by itself, and nothing says any more that it leads or runs.
    const { code, stderr } = await server.ended
    const endedAt = performance.now()
    expect(code).toBe(0)
    expect(stderr.indexOf('"leaving"')).toBeLessThan(stderr.indexOf('"stopping"'))
    expect(stderr.indexOf('"stopping"')).toBeLessThan(stderr.indexOf('"stopped"'))
    expect(await serversIn(session)).toHaveLength(1)
    // 7. Another takes over long before a lease of 5 or 30 seconds has run out.
    await eventually(async () => {
      const owners = await ownersIn(session)
      const cursors = led.filter((what) => what !== "stock check")
      return cursors.every((what) => owners.get(what) != null) ? true : undefined
    })
    expect(performance.now() - endedAt).toBeLessThan(4_500)
    const [row] = await session.run(
      "select count(*)::int4 as n from inventory.reservations where order_id like 'order-%' and status = 'PENDING'"
    )
    expect(row).toEqual({ n: orders.length })
    agent.destroy()
    await next.stop()
    await holder.close()
    await session.close()
    await database.drop()
  })
})
