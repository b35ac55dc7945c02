/** What people manage through the doors of a server, in its audit logs; and old records that are dropped. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../commands/openSession.ts"
import { eventually } from "../eventually.ts"
import { send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

describePostgres(18, "what people manage through a server", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  let session: TestSession
  const folder = mkdtempSync(join(tmpdir(), "holdfast-managed-"))
  beforeAll(async () => {
    database = await freshDatabase()
    session = await openSession(database.url)
  })
  afterAll(async () => {
    await session.close()
    await database.drop()
    rmSync(folder, { recursive: true })
  })

  const run = async (...args: ReadonlyArray<string>) => {
    const ended = await holdfast([...args, "--database", database.url])
    expect(ended.stderr, args.join(" ")).toBe("")
    return ended
  }
  const listed = async (...args: ReadonlyArray<string>) =>
    JSON.parse((await run("audit", "list", "--json", ...args)).stdout).items as ReadonlyArray<
      Record<string, unknown>
    >
  const keyOf = async (name: string, scopes: string) => {
    const made = await run("keys", "create", "--json", "--name", name, "--scopes", scopes)
    return JSON.parse(made.stdout) as { readonly keyId: string; readonly key: string }
  }

  it("names who made webhooks, keys and imports, and who set cursors back", async () => {
    await run("migrate")
    const admin = await keyOf("admin", "webhooks:write,stock:write,catalog:write")
    const by = { authorization: `Bearer ${admin.key}` }
    await using server = await startServer([
      ...["--database", database.url, "--auth", "keys", "--seal-interval", "100ms"]
    ])
    const hooks = "/api/webhooks"
    const made = await send(server.url, "POST", hooks, { url: "https://shop.example/hook" }, by)
    expect(made.status).toBe(201)
    const { webhookId } = made.body
    const paused = { status: "PAUSED" }
    const changed = await send(server.url, "PATCH", `${hooks}/${webhookId}`, paused, by)
    expect(changed.status).toBe(200)
    const brought = await fetch(`${server.url}/api/imports/skus`, {
      method: "POST",
      headers: { ...by, "content-type": "text/csv" },
      body: "code,name\nMUG,Mug\n"
    })
    expect(brought.status).toBe(202)
    const { importId } = (await brought.json()) as { readonly importId: string }
    await eventually(async () => {
      const [sku] = await listed("--operation", "RegisterSku")
      return sku
    })
    await run("events", "reset", `webhook-${webhookId}`, "--to", "first")
    const file = join(folder, "skus.csv")
    writeFileSync(file, "code,name\nCUP,Cup\n")
    await run("import", "skus", file)
    await run("keys", "revoke", admin.keyId)

    const name = (item: Record<string, unknown>) => {
      const principal = item["principal"] as { readonly kind: string; readonly id: string }
      const [target] = item["targets"] as ReadonlyArray<string>
      return [item["operation"], principal.kind, principal.id, target?.split(":")[0]]
    }
    const service = ["SERVICE", admin.keyId] as const
    const own = (await listed("--target", `WEBHOOK:${webhookId}`)).map(name)
    expect(own).toEqual([
      ["ReplayWebhook", "SERVICE", "cli", "WEBHOOK"],
      ["ChangeWebhook", own[1]?.[1], own[1]?.[2], "WEBHOOK"],
      ["CreateWebhook", own[1]?.[1], own[1]?.[2], "WEBHOOK"]
    ])
    expect(own[1]?.[1]).toBe(service[0])
    const started = await listed("--target", `IMPORT:${importId}`)
    expect(started.map(name)).toEqual([["StartImport", own[1]?.[1], own[1]?.[2], "IMPORT"]])
    const registered = (await listed("--operation", "RegisterSku")).map(name)
    expect(registered).toEqual([
      ["RegisterSku", "SERVICE", "cli", "SKU"],
      ["RegisterSku", own[1]?.[1], own[1]?.[2], "SKU"]
    ])
    const keys = await listed("--context", "access")
    expect(keys.map(name)).toEqual([
      ["RevokeApiKey", "SERVICE", "cli", "API_KEY"],
      ["CreateApiKey", "SERVICE", "cli", "API_KEY"]
    ])
    await session.until(
      "select max(last_position) = (select max(position) from access.audit) as is_sealed from access.seals",
      ({ is_sealed }) => is_sealed === true
    )
    const { stdout } = await run("audit", "verify", "--context", "access")
    expect(stdout).toContain("audit records: 2 fit their")
  })

  it("drops by command what is exported, and says where the chain begins", async () => {
    const exported = join(folder, "export.jsonl")
    writeFileSync(exported, (await run("audit", "export")).stdout)
    const args = ["--before", "2999-01-01T00:00:00Z", "--exported", exported]
    const dry = JSON.parse((await run("audit", "prune", "--json", "--dry-run", ...args)).stdout)
    const upTo = dry.logs[1].upTo as number
    expect(upTo).toBeGreaterThan(0)
    const done = JSON.parse((await run("audit", "prune", "--json", ...args)).stdout)
    expect(done.pruned[1].anchor).toMatchObject({ number: upTo })
    expect((await run("audit", "verify")).code).toBe(0)
    const ofKeys = ["audit", "prune", "--context", "access", ...args]
    const other = await holdfast([...ofKeys, "--database", database.url])
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining("is an export of the inventory")
    ])
  })

  it("refuses a topic of seals without Kafka, and a follower with the name of the sealer", async () => {
    const at = ["--database", database.url]
    const bare = await holdfast(["serve", ...at, "--port", "0", "--seals-kafka"])
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining("needs --kafka")])
    const named = await holdfast([
      "relay",
      ...at,
      "--kafka",
      "127.0.0.1:9",
      "--kafka-cursor",
      "seals"
    ])
    expect(named.code).not.toBe(0)
    expect(named.stderr).toContain("seals is the cursor of the sealer of the log")
  })
})
