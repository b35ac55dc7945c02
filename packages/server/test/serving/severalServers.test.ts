import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../commands/openSession.ts"
import { get, inParallel, missingOf, registerSku, reserve, startLoad } from "../requests.ts"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** How many pauses to try before one falls into a transaction. */
const pausesMax = 10

const names = ["server_a", "server_b", "server_c"]

describePostgres(18, "three servers on one PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let admin: TestSession
  let servers: ReadonlyArray<ServerProcess> = []

  beforeAll(async () => {
    database = await freshDatabase()
    admin = await openSession(database.url)
    // A user for each server tells their sessions apart.
    for (const name of names) await admin.run(createUser(name))
    servers = await inParallel(names, 3, (name) => {
      const url = new URL(database.url)
      url.username = name
      return startServer(["--database", url.href])
    })
  })

  afterAll(async () => {
    await inParallel(servers, 3, (server) => server.kill9())
    await admin.close()
    await database.drop()
  })

  const serverAt = (index: number): ServerProcess => {
    const server = servers[index % servers.length]
    if (server === undefined) throw new Error("the servers are not up")
    return server
  }

  const expectAgreement = async () => {
    const { code, stdout } = await holdfast(["reconcile", "--json", "--database", database.url])
    expect(JSON.parse(stdout)).toMatchObject({ accuracy: 1, drifted: [] })
    expect(code).toBe(0)
  }

  /** Pauses a server while it holds the SKU: it waits for the SKU, and gets it once paused. */
  const pausedWhileHolding = async (server: ServerProcess): Promise<void> => {
    await using holder = await openSession(database.url)
    const stateOf = (condition: string) =>
      `select count(*)::int4 as n from pg_stat_activity where usename = 'server_a' and ${condition}`
    for (let tries = 0; tries < pausesMax; tries++) {
      await holder.run("begin")
      await holder.run("select 1 from inventory.inventory where sku_id = 'hot' for update")
      await admin.until(stateOf("wait_event_type = 'Lock'"), ({ n }) => n === 1)
      server.signal("SIGSTOP")
      await holder.run("rollback")
      await admin.until(stateOf("state like 'idle in transaction%'"), ({ n }) => n === 1)
      const [holding] = await admin.run(stateOf("state = 'idle in transaction'"))
      if (holding?.["n"] === 1) return
      // It had waited too long already, and its transaction failed.
      server.signal("SIGCONT")
    }
    throw new Error(`in ${pausesMax} pauses the server never held the SKU`)
  }

  it("bring the tables up to date together, without a quarrel", async () => {
    const rows = await admin.run("select name from inventory.migrations order by id")
    expect(rows[0]).toEqual({ name: "inventory" })
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
    for (const server of servers) expect(server.isReady).toBe(true)
  })

  it("give the last units to exactly as many callers as there are units", async () => {
    await registerSku(serverAt(0).url, "last", 50)
    const callers = Array.from({ length: 600 }, (_, index) => index)
    const statuses = await inParallel(callers, callers.length, async (index) => {
      const answer = await reserve(serverAt(index).url, "last", `order-${index}`)
      return answer.status
    })
    expect(statuses.filter((status) => status === 201)).toHaveLength(50)
    expect(statuses.filter((status) => status === 409)).toHaveLength(550)
    expect((await get(serverAt(1).url, "/api/inventory/last")).body).toMatchObject({
      totalQuantity: 50,
      reservedQuantity: 50,
      availableQuantity: 0
    })
    await expectAgreement()
  })

  it("T6 go on when one is paused in the middle of a transaction, and agree when it wakes", async () => {
    await registerSku(serverAt(0).url, "hot", 100_000)
    const loads = names.map((name, index) =>
      startLoad({
        url: serverAt(index).url,
        skuIds: ["hot"],
        callers: 8,
        name,
        unanswered: "repeat"
      })
    )
    await Promise.all(loads.map((load) => load.reaches(50)))
    const paused = serverAt(0)
    await pausedWhileHolding(paused)
    // The longest idle time that was seen in its transaction, by the clock of the database.
    let heldMillisMax = 0
    await admin.until(
      `select coalesce(max(extract(epoch from clock_timestamp() - state_change)) * 1000, 0)::float8
         as held from pg_stat_activity
       where usename = 'server_a' and state = 'idle in transaction'`,
      ({ held }) => {
        heldMillisMax = Math.max(heldMillisMax, Number(held))
        return held === 0
      }
    )
    // PostgreSQL ends it after 5 s; a busy machine takes the rest.
    expect(heldMillisMax).toBeLessThan(6_000)
    await Promise.all(loads.slice(1).map((load) => load.reaches(load.acknowledged.length + 100)))
    paused.signal("SIGCONT")
    await loads[0]?.reaches(loads[0].acknowledged.length + 20)
    await Promise.all(loads.map((load) => load.stop()))
    const acknowledged = loads.flatMap((load) => load.acknowledged)
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(await missingOf(serverAt(2).url, acknowledged)).toEqual([])
    await expectAgreement()
  })
})

const createUser = (name: string) => `do $$ begin
  create role ${name} superuser login;
exception when duplicate_object or unique_violation then null;
end $$`
