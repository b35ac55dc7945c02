/** The audit log of a server: who did what, sealed, published, checked, and edited behind its back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../commands/openSession.ts"
import { eventually } from "../eventually.ts"
import { get, post, registerSku } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const keyring = (current: string, ...keyIds: ReadonlyArray<string>) =>
  JSON.stringify({
    current,
    keys: Object.fromEntries(
      keyIds.map((id) => [id, Buffer.alloc(32, id.charCodeAt(0)).toString("base64")])
    )
  })

const agent = "till-4 of the shop in the harbour"

describePostgres(18, "the audit log of a server", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let session: TestSession
  const folder = mkdtempSync(join(tmpdir(), "holdfast-audit-"))
  const sealsFile = join(folder, "seals.jsonl")
  beforeAll(async () => {
    database = await freshDatabase()
    session = await openSession(database.url)
  })
  afterAll(async () => {
    await session.close()
    await database.drop()
    rmSync(folder, { recursive: true })
  })

  const at = () => ["--database", database.url]
  const env = { HOLDFAST_KEYRING: keyring("a", "a") }
  const start = () =>
    startServer([...at(), "--seal-interval", "100ms", "--seals-file", sealsFile], { env })
  const auditOf = async (...args: ReadonlyArray<string>) => {
    const { code, stderr, stdout } = await holdfast(["audit", ...args, ...at()], { env })
    return { code, stdout, stderr }
  }
  const sealedAll = () =>
    session.until(
      `select (select max(last_position) from inventory.seals where log = 'AUDIT')
         = (select max(position) from inventory.audit) as is_sealed`,
      ({ is_sealed }) => is_sealed === true
    )

  it("names who changed what, keeps addresses encrypted, and seals and publishes it all", async () => {
    await using server = await start()
    await registerSku(server.url, "mug", 10)
    const headers = { "user-agent": agent, "idempotency-key": "k-1", "x-correlation-id": "c-1" }
    const body = { skuId: "mug", quantity: 2, orderId: "order-1" }
    const held = await post(server.url, "/api/inventory/reservations", body, headers)
    expect(held.status).toBe(201)
    const again = await post(server.url, "/api/inventory/reservations", body, headers)
    expect(again.headers.get("idempotent-replayed")).toBe("true")
    const { body: page } = await get(server.url, "/api/audit?target=ORDER:order-1")
    expect(page.items).toHaveLength(1)
    const [record] = page.items
    expect(record).toMatchObject({
      ...{ outcome: "DONE", operation: "ReserveStock", correlationId: "c-1" },
      principal: { kind: "HOST", id: "" },
      targets: ["SKU:mug", "ORDER:order-1"],
      sender: { address: "127.0.0.1", userAgent: agent },
      senderProblem: null
    })
    expect(record.keyDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(record.keyDigest).not.toContain("k-1")
    const { body: first } = await get(server.url, "/api/audit?size=1")
    expect(first.items).toHaveLength(1)
    const { body: second } = await get(server.url, `/api/audit?size=1&before=${first.next}`)
    expect(second.items[0].operation).toBe("RegisterSku")
    const { body: third } = await get(server.url, `/api/audit?size=1&before=${second.next}`)
    expect(third.items[0].operation).toBe("BeginKey")
    expect(third.next).toBeNull()
    await sealedAll()
    const dump = await session.run(
      `select string_agg(a::text, ' ') || (select string_agg(p::text, ' ') from inventory.audit_private p)
         || (select string_agg(e::text, ' ') from inventory.events e) as text from inventory.audit a`
    )
    expect(dump[0]?.["text"]).toContain("order-1")
    expect(dump[0]?.["text"]).not.toContain("harbour")
    expect(dump[0]?.["text"]).not.toContain("127.0.0.1")
    // The access log and the catalog have seals of their own, and theirs may come first.
    const ofEvents = await eventually(async () => {
      const lines = readFileSync(sealsFile, "utf8").trim().split("\n").filter(Boolean)
      return lines
        .map((line) => JSON.parse(line))
        .find(({ context, log }) => context === "inventory" && log === "EVENTS")
    })
    expect(ofEvents).toMatchObject({ number: 1 })
    expect(server.log()).toContain(ofEvents.digest)
    expect(server.log()).not.toContain(agent)
  })

  it("answers bad questions with the field to blame", async () => {
    await using server = await start()
    for (const [query, path] of [
      ["size=0", "size"],
      ["before=x", "before"],
      ["from=yesterday", "from"],
      ["context=elsewhere", "context"],
      ["principle=ann", "principle"]
    ]) {
      const { body, status } = await get(server.url, `/api/audit?${query}`)
      expect([status, body.issues?.[0]?.path], query).toEqual([400, path])
    }
  })

  it("tells people what happened to a SKU, and who did it", async () => {
    await using server = await start()
    await registerSku(server.url, "vase", 5)
    await post(server.url, "/api/inventory/vase/ship", { quantity: 2, reason: "broken" })
    const { body, status } = await get(server.url, "/api/skus/vase/history")
    expect(status).toBe(200)
    const shipped = body.items.find(
      ({ operation }: { operation: string }) => operation === "ShipStock"
    )
    expect(shipped).toMatchObject({
      eventType: "inventory.stock.updated",
      by: { kind: "HOST", id: "" },
      what: "shipment of -2 at default (5 → 3) because: broken"
    })
    expect((await get(server.url, "/api/skus/nothing/history")).status).toBe(404)
  })

  it("is checked by one command, also offline, which names what was edited", async () => {
    {
      await using _server = await start()
      await sealedAll()
    }
    const whole = await auditOf("verify", "--seals", sealsFile)
    expect([whole.code, whole.stderr]).toEqual([0, ""])
    expect(whole.stdout).toMatch(/events and movements: \d+ fit their \d+ seals/)
    const exported = await auditOf("export")
    const file = join(folder, "export.jsonl")
    writeFileSync(file, exported.stdout)
    const offline = await holdfast(["audit", "verify", "--from", file, "--seals", sealsFile])
    expect([offline.code, offline.stdout]).toEqual([0, whole.stdout])

    await session.run("set session_replication_role = replica")
    await session.run(
      "update inventory.stock_movements set quantity = quantity + 1 where sku_id = 'vase' and type = 'SHIPMENT'"
    )
    const edited = await auditOf("verify")
    expect([edited.code, edited.stderr]).toEqual([1, ""])
    expect(edited.stdout).toMatch(/the movement of event \d+ was changed since it was sealed/)
    await session.run(
      "update inventory.stock_movements set quantity = quantity - 1 where sku_id = 'vase' and type = 'SHIPMENT'"
    )

    const lines = exported.stdout.split("\n")
    const at = lines.findIndex((line) => line.includes("order-1") && line.includes('"log":"AUDIT"'))
    writeFileSync(file, lines.toSpliced(at, 1).join("\n"))
    const removed = await holdfast(["audit", "verify", "--from", file, "--json"])
    expect(removed.code).toBe(1)
    const { position } = JSON.parse(lines[at] as string)
    expect(JSON.parse(removed.stdout).logs[1].finding).toMatchObject({ kind: "REMOVED", position })

    // Who owns the database may seal again what was edited, and does not know what was published.
    await session.run("delete from inventory.seals where log = 'AUDIT'")
    const unsealed = await auditOf("verify", "--seals", sealsFile)
    expect([unsealed.code, unsealed.stdout]).toEqual([
      1,
      expect.stringContaining("seal 1 was removed")
    ])
    expect((await holdfast(["audit", "verify", "--from", join(folder, "no.jsonl")])).code).toBe(1)
  })

  it("says of a lost key which value it concerns, and goes on with everything else", async () => {
    await using server = await startServer([...at()], {
      env: { HOLDFAST_KEYRING: keyring("b", "b") }
    })
    const { body, status } = await get(server.url, "/api/audit?target=ORDER:order-1")
    expect(status).toBe(200)
    expect(body.items[0]).toMatchObject({ operation: "ReserveStock", sender: null })
    expect(body.items[0].senderProblem).toContain("the key ring has no key a")
    await registerSku(server.url, "plate", 1)
    const plate = await get(server.url, "/api/audit?target=SKU:plate")
    expect(plate.body.items[0].sender.address).toBe("127.0.0.1")
  })

  it("refuses to start with a key ring that cannot be read, and repeats no key", async () => {
    const secret = "c2hvcnQtc2VjcmV0"
    const short = JSON.stringify({ current: "a", keys: { a: secret } })
    const file = join(folder, "keyring.json")
    writeFileSync(file, short)
    const bad = [
      [[], { HOLDFAST_KEYRING: short }, "keys.a must be 32 random bytes"],
      [["--keyring-file", file], {}, "keys.a must be 32 random bytes"],
      [["--keyring-file", join(folder, "none.json")], {}, "there is no such file"],
      [["--keyring-file", file], { HOLDFAST_KEYRING: short }, "not both"]
    ] as const
    for (const [args, more, words] of bad) {
      const { code, stderr, stdout } = await holdfast(["serve", ...at(), "--port", "0", ...args], {
        env: more
      })
      expect(code, words).not.toBe(0)
      expect(stdout + stderr).toContain(words)
      expect(stdout + stderr).not.toContain(secret)
    }
  })
})
