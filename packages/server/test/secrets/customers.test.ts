/**
 * What is kept about customers, in a real server: it is nowhere in clear, it is read while its key changes, and it
 * is erased without a trace but the records of who did it.
 */
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../commands/openSession.ts"
import { type Answer, get, inParallel, post, registerSku, send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { ringText } from "./ring.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const canary = "canary of Ann Smith, 7 Harbour Row"
const customer = { name: canary, phones: [canary], nested: { [canary]: true } }
const ring = ringText("a", "a")

const at = (orderId: string) => `/api/inventory/orders/${orderId}/customer`

describePostgres(18, "what is kept about customers", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let session: TestSession
  beforeAll(async () => {
    database = await freshDatabase()
    session = await openSession(database.url)
  })
  afterAll(async () => {
    await session.close()
    await database.drop()
  })

  const env = (text = ring) => ({ HOLDFAST_KEYRING: text, HOLDFAST_LOG_LEVEL: "debug" })
  const start = () => startServer(["--database", database.url], { env: env() })
  const run = (...args: ReadonlyArray<string>) =>
    holdfast([...args, "--database", database.url], { env: env() })

  /** Every row of every table, as text. */
  const everyRow = async (): Promise<string> => {
    const tables = await session.run(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('inventory', 'catalog', 'access')`
    )
    expect(tables.length).toBeGreaterThan(30)
    const texts: Array<string> = []
    for (const { name } of tables) {
      const [row] = await session.run(`select string_agg(t::text, ' ') as text from ${name} t`)
      texts.push(String(row?.["text"]))
    }
    return texts.join("\n")
  }

  it("CU11 is in clear in no answer, log, event, record, export or table", async () => {
    await using server = await start()
    await registerSku(server.url, "mug", 20)
    const answers: Array<Answer> = []
    const sent = async (method: string, path: string, body: object, status: number) => {
      const answer = await send(server.url, method, path, body, {
        "idempotency-key": `k-${answers.length}`
      })
      expect([path, answer.status]).toEqual([path, status])
      answers.push(answer)
    }
    const line = { skuId: "mug", quantity: 1 }
    const lines = [line]
    const order = (id: string) => `/api/inventory/orders/${id}`
    await sent("POST", "/api/inventory/reservations", { ...line, orderId: "o-1", customer }, 201)
    await sent("POST", `${order("o-2")}/reservations`, { lines, customer }, 201)
    await sent("PUT", `${order("o-2")}/reservations`, { lines, customer }, 200)
    await sent("PUT", order("o-3"), { lines, customer }, 200)
    // What is refused repeats nothing of it.
    const short = [{ skuId: "mug", quantity: 999 }]
    await sent("POST", `${order("o-4")}/reservations`, { lines: short, customer }, 409)
    await sent("PUT", order("o-5"), { lines: short, customer }, 200)
    await sent("POST", `${order("o-6")}/reservations`, { lines, ttl: -1, customer }, 400)
    await sent("POST", `${order("o-6")}/reservations`, { lines, customer: canary }, 400)
    await sent("POST", `${order("o-6")}/reservations`, { lines, customer: [customer] }, 400)
    const large = { text: canary.repeat(200) }
    await sent("POST", `${order("o-6")}/reservations`, { lines, customer: large }, 400)
    await sent("PUT", `${order("o-7")}/reservations`, { lines, customr: customer }, 400)
    for (const id of ["o-1", "o-2", "o-3"]) {
      const found = await get(server.url, at(id))
      expect(found.body).toMatchObject({ orderId: id, customer })
      expect(found.headers.get("cache-control")).toBe("no-store")
    }
    for (const id of ["o-4", "o-5", "o-6", "nobody"]) {
      expect((await get(server.url, at(id))).body.type).toBe(
        "urn:holdfast:problem:customer-not-found"
      )
    }
    for (const path of [
      "/api/events?context=inventory&size=1000",
      "/api/inventory/events",
      "/api/audit?size=1000",
      `${order("o-1")}/reservations`,
      order("o-3"),
      "/api/inventory/mug/reservations",
      "/api/skus/mug/history"
    ]) {
      const found = await get(server.url, path)
      expect([path, found.status]).toEqual([path, 200])
      answers.push(found)
    }
    const texts = [...answers.map(({ body }) => JSON.stringify(body)), server.log()]
    texts.push(await everyRow())
    for (const args of [
      ["audit", "export"],
      ["audit", "list", "--json"],
      ["events", "list", "--json"],
      ["export", "skus"],
      ["export", "stock"]
    ]) {
      const { code, stderr, stdout } = await run(...args)
      expect([args, code]).toEqual([args, 0])
      texts.push(stdout, stderr)
    }
    const joined = texts.join("\n")
    expect(joined).toContain("o-1")
    expect(joined).toContain("hf1:a:")
    expect(joined).not.toContain("canary")
    expect(joined).not.toContain("Harbour")
    expect(joined).not.toContain(Buffer.from(canary).toString("base64").slice(4, -4))
    await server.stop()
    expect(server.log()).not.toContain("canary")
  })

  it("CU12 is erased by its path and by the command, with a record, and the logs still verify", async () => {
    await using server = await start()
    const headers = { "user-agent": "desk 4", "x-correlation-id": "case-7" }
    expect((await send(server.url, "GET", at("o-1"), undefined, headers)).status).toBe(200)
    const erase = () => send(server.url, "DELETE", at("o-1"), undefined, headers)
    expect((await erase()).body).toEqual({ orderId: "o-1", isErased: true })
    expect((await erase()).body).toEqual({ orderId: "o-1", isErased: false })
    expect((await get(server.url, at("o-1"))).status).toBe(404)
    const { body } = await get(server.url, "/api/audit?target=ORDER:o-1")
    const records = body.items.filter(
      ({ correlationId }: { correlationId: string | null }) => correlationId
    )
    expect(records).toMatchObject([
      { operation: "EraseCustomer", correlationId: "case-7", eventPositions: [] },
      { operation: "EraseCustomer", sender: { userAgent: "desk 4" }, outcome: "DONE" },
      { operation: "ReadCustomer", principal: { kind: "HOST" }, targets: ["ORDER:o-1"] }
    ])
    const holds = await get(server.url, "/api/inventory/orders/o-1/reservations")
    expect(holds.body.reservations).toHaveLength(1)

    const unasked = await run("erase", "--order", "o-2")
    expect([unasked.code, unasked.stdout]).toEqual([2, ""])
    expect(unasked.stderr).toContain("give --yes")
    expect((await get(server.url, at("o-2"))).status).toBe(200)
    const wrong = await run("erase", "--order", "o-2", "--order", "x".repeat(101), "--yes")
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--order 2 of 2")])
    const none = await run("erase", "--yes")
    expect(none.code).toBe(2)
    const erased = await run(
      ...["erase", "--order", "o-2", "--order", "o-3", "--order", "o-2", "--order", "o-9"],
      ...["--yes", "--json"]
    )
    expect([erased.code, erased.stderr]).toEqual([0, ""])
    expect(JSON.parse(erased.stdout)).toEqual({
      orders: [
        { orderId: "o-2", isErased: true },
        { orderId: "o-3", isErased: true },
        { orderId: "o-9", isErased: false }
      ]
    })
    const repeated = await run("erase", "--order", "o-2", "--yes")
    expect(repeated.stdout).toBe("nothing is kept about the customer of the order o-2\n")
    const { body: all } = await get(server.url, "/api/audit?operation=EraseCustomer")
    expect(all.items).toHaveLength(6)
    const [left] = await session.run("select count(*)::float8 as n from inventory.order_customers")
    expect(left?.["n"]).toBe(0)
    await session.until(
      `select (select max(last_position) from inventory.seals where log = 'AUDIT')
         = (select max(position) from inventory.audit) as is_sealed`,
      ({ is_sealed }) => is_sealed === true
    )
    expect((await run("audit", "verify")).code).toBe(0)
    expect((await run("reconcile")).code).toBe(0)
  })

  it("CU13 is read without a failure while its key changes and reserves go on", async () => {
    const both = ringText("b", "a", "b")
    {
      await using server = await start()
      await registerSku(server.url, "cup", 5_000)
      await inParallel(
        Array.from({ length: 450 }, (_, n) => n),
        8,
        async (n) => {
          const body = { lines: [{ skuId: "cup", quantity: 1 }], customer: { n } }
          const answer = await post(server.url, `/api/inventory/orders/r-${n}/reservations`, body)
          expect(answer.status).toBe(201)
        }
      )
      await server.stop()
    }
    await using server = await startServer(["--database", database.url], { env: env(both) })
    let [reads, failed, writes] = [0, 0, 0]
    const abort = new AbortController()
    const reading = async () => {
      while (!abort.signal.aborted) {
        const n = (reads++ * 37) % 450
        const { body, status } = await get(server.url, at(`r-${n}`))
        if (status !== 200 || body.customer.n !== n) failed++
      }
    }
    const writing = async () => {
      while (!abort.signal.aborted) {
        const n = writes++ % 450
        const body = { lines: [{ skuId: "cup", quantity: 1 }], customer: { n } }
        const path = `/api/inventory/orders/r-${n}/reservations`
        if ((await send(server.url, "PUT", path, body)).status !== 200) failed++
      }
    }
    const load = Promise.all([reading(), reading(), writing()])
    const rotated = await holdfast(["keyring", "rotate", "--database", database.url], {
      env: env(both)
    })
    abort.abort()
    await load
    expect(rotated.code).toBe(0)
    expect(failed).toBe(0)
    expect(reads).toBeGreaterThan(50)
    expect(writes).toBeGreaterThan(5)
    const rows = await session.run("select distinct key_id from inventory.order_customers")
    expect(rows).toEqual([{ key_id: "b" }])
    await server.stop()
  })
})
