/** What may be asked of the audit log over HTTP, and what a question that cannot be answered says. */
import { readFileSync } from "node:fs"
import type { Principal } from "@holdfast/core/access"
import { CatalogCommand } from "@holdfast/core/catalog"
import { InventoryCommand } from "@holdfast/core/inventory"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { recordedOperations } from "../../src/index.ts"
import { askerHeader } from "../access/askers.ts"
import { openWorld, type World } from "../access/world.ts"

let world: World

beforeAll(async () => {
  world = await openWorld()
  const registered = await world.fetch(
    new Request("http://shop.test/api/skus", {
      method: "POST",
      headers: { [askerHeader]: JSON.stringify(admin), "content-type": "application/json" },
      body: JSON.stringify({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
    })
  )
  expect(registered.status).toBe(201)
})
afterAll(() => world.close())

const admin: Principal = { id: "ada", kind: "USER", roles: ["ADMIN"] }
const user: Principal = { id: "ann", kind: "USER", roles: ["USER"] }

const ask = async (path: string, who = admin) => {
  const headers = { [askerHeader]: JSON.stringify(who) }
  const response = await world.fetch(new Request(`http://shop.test${path}`, { headers }))
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects out of the answer
  return { status: response.status, json: (await response.json()) as any }
}

const operationsOf = async (query: string): Promise<ReadonlyArray<string>> => {
  const { json, status } = await ask(`/api/audit?${query}`)
  expect([query, status]).toEqual([query, 200])
  return json.items.map(({ operation }: { readonly operation: string }) => operation)
}

describe("a question to the audit log", () => {
  it("finds commands and denied reads in one vocabulary, by their name or their operation", async () => {
    expect((await ask("/api/skus/mug/history", user)).status).toBe(403)
    expect((await ask("/api/audit", user)).status).toBe(403)
    for (const [operation, name] of [
      ["registerSku", "RegisterSku"],
      ["skuHistory", "SkuHistory"],
      ["auditRecords", "AuditRecords"]
    ]) {
      for (const asked of [operation, name]) {
        expect(await operationsOf(`operation=${asked}`)).toEqual([name])
      }
    }
    // A name that is known, and of which there is nothing.
    expect(await operationsOf("operation=CancelOrder")).toEqual([])
    expect(await operationsOf("operation=createWebhook")).toEqual([])
  })

  it("is refused when nothing could be found, and names the field and what it may be", async () => {
    const known = expect.stringMatching(/must be one of .*\bReserveStock, .*\bSkuHistory\b/)
    for (const [query, path, message] of [
      ["operation=reserveStocks", "operation", known],
      ["operation=reservestock&principal=ada", "operation", known],
      ["context=catalog&operation=Nothing", "operation", known],
      ["target=mug", "target", "must be TYPE:id, such as SKU:mug, ORDER:order-1 or PRODUCT:p-1"],
      ["target=sku:mug", "target", expect.stringContaining("must be TYPE:id")],
      ["target=SKU:", "target", expect.stringContaining("must be TYPE:id")],
      ["from=2026-11-26T12:00:00Z&until=2026-11-26T11:59:59Z", "until", "must not be before from"]
    ] as const) {
      const { json, status } = await ask(`/api/audit?${query}`)
      expect([query, status, json.issues]).toEqual([query, 400, [{ path, message }]])
    }
    const moment = "2026-11-26T12:00:00Z"
    expect(await operationsOf(`from=${moment}&until=${moment}&target=SKU:a:b`)).toEqual([])
  })

  it("finds what people manage, by every name that the page about the audit log has", async () => {
    const page = readFileSync(new URL("../../../../docs/AUDIT.md", import.meta.url), "utf8")
    const [, table = ""] = page.split("What people manage is recorded too")
    const rows = table.split("\n\n")[1]?.split("\n") ?? []
    const names = rows.flatMap((row) => [
      ...(row.split("|")[1] ?? "").matchAll(/`([A-Z][A-Za-z]+)`/g)
    ])
    expect(names.length).toBeGreaterThan(18)
    for (const [, name = ""] of names) expect(await operationsOf(`operation=${name}`)).toEqual([])
    expect(recordedOperations.get("updateWebhook")).toBe("ChangeWebhook")
  })

  it("knows the name of every command", () => {
    const commands = [...InventoryCommand.members, ...CatalogCommand.members]
    const tags = commands.map(({ fields }) => fields._tag.schema.literal)
    expect(tags.length).toBeGreaterThan(40)
    expect(tags.filter((tag) => recordedOperations.get(tag) !== tag)).toEqual([])
    for (const name of recordedOperations.values()) expect(name).toMatch(/^[A-Z][A-Za-z]+$/)
  })
})
