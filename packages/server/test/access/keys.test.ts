/** The keys of services, from the command that makes them to the servers that take them. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const path = "/api/products"

const ask = async (url: string, key: string) =>
  (await send(url, "GET", path, undefined, { authorization: `Bearer ${key}` })).status

const json = async (args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await holdfast([...args, "--json"])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout)
}

describePostgres(18, "the keys of services", () => {
  it("are made once, taken by every server, and refused within seconds once they are revoked", async () => {
    const database = ["--database", (await freshDatabase()).url]
    await using first = await startServer([...database, "--auth", "keys"])
    await using second = await startServer([
      ...[...database, "--service", "product", "--auth", "keys"]
    ])
    const made = await json(["keys", "create", ...database, "--name", "checkout", ...scopes])
    expect(made).toMatchObject({
      name: "checkout",
      scopes: ["reservations:write", "catalog:read"],
      key: expect.stringMatching(/^hf_[\w-]{43}$/),
      expiresAt: null
    })
    for (const { url } of [first, second]) expect(await ask(url, made.key)).toBe(200)
    for (const other of [`${made.key.slice(0, -1)}_`, `hf_${"A".repeat(43)}`, "hf_", made.keyId]) {
      expect(await ask(first.url, other)).toBe(401)
    }
    const { keys: before } = await json(["keys", "list", ...database])
    expect(before).toEqual([
      expect.objectContaining({ keyId: made.keyId, standing: "active", revokedAt: null })
    ])
    expect(JSON.stringify(before)).not.toContain(made.key)

    const unknown = "0b0e6a0c-6a8e-4b7e-9f0a-2d1c7a3f9f55"
    for (const [named, sentence] of [
      [unknown, `no key has the id ${unknown}, and nothing was revoked; holdfast keys list`],
      [made.key, "a key is revoked by its id, a UUID, and not by its name or secret"]
    ]) {
      const refused = await holdfast(["keys", "revoke", named, ...database])
      expect(refused.stderr).toContain(sentence)
      expect(refused.code).toBeGreaterThan(0)
      expect(refused.stdout + refused.stderr).not.toContain(made.key)
    }
    expect(await ask(first.url, made.key)).toBe(200)

    const revokedAt = performance.now()
    await json(["keys", "revoke", made.keyId, ...database])
    for (const { url } of [first, second]) {
      await eventually(async () => ((await ask(url, made.key)) === 401 ? true : undefined))
    }
    expect(performance.now() - revokedAt).toBeLessThan(20_000)
    await first.stop()
    const { keys: after } = await json(["keys", "list", ...database])
    expect(after).toEqual([
      expect.objectContaining({
        standing: "revoked",
        lastUsedAt: expect.stringMatching(/^\d{4}-/),
        revokedAt: expect.stringMatching(/^\d{4}-/)
      })
    ])
    const everything = [first.log(), second.log()].join("\n")
    expect(everything).not.toContain(made.key.slice(3))
    const doctor = await holdfast(["doctor", ...database, "--auth", "keys"])
    expect(doctor.stdout).toMatch(/^warn +keys of services +none is active$/m)
    expect(doctor.stdout).toMatch(/^ok +authentication +keys of services$/m)
  })

  it("of one process let another ask it: the catalog asks the inventory", async () => {
    const stock = ["--database", (await freshDatabase()).url, "--auth", "keys"]
    await using inventory = await startServer([...stock, "--service", "inventory"])
    const made = await json([
      "keys",
      "create",
      ...stock.slice(0, 2),
      "--name",
      "catalog",
      ...scopesOfCatalog
    ])
    const shop = ["--memory", "--service", "product", "--inventory-url", inventory.url]
    const product = {
      ...{ name: "Mug", type: "NORMAL", status: "ACTIVE" },
      options: [
        {
          ...{ name: "Blue", price: { amount: "9.90", currency: "EUR" } },
          skuMappings: [{ skuId: "mug", quantity: 1 }]
        }
      ]
    }
    const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 }
    const bearer = { authorization: `Bearer ${made.key}` }
    expect((await send(inventory.url, "POST", "/api/skus", sku, bearer)).status).toBe(201)
    {
      await using catalog = await startServer(shop)
      expect((await send(catalog.url, "POST", path, product)).status).toBe(503)
    }
    await using catalog = await startServer(shop, { env: { HOLDFAST_SERVICE_KEY: made.key } })
    expect((await send(catalog.url, "POST", path, product)).status).toBe(201)
    expect(catalog.log()).not.toContain(made.key.slice(3))
    const wrong = await holdfast(["serve", ...shop, "--service-key", "s3cret"])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain("--service-key is no key of a service")
    expect(wrong.stderr).not.toContain("s3cret")
  })
})

const scopesOfCatalog = ["--scopes", "stock:write,stock:read,reservations:read,events:read"]
const scopes = ["--scopes", "reservations:write,catalog:read"]

it("are made in an embedded database too, and bad input names the field", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-keys-"))
  try {
    const place = ["--folder", folder]
    const none = await holdfast(["keys", "list", ...place])
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("holdfast migrate") })
    await holdfast(["migrate", ...place])
    const made = await json([
      "keys",
      "create",
      ...place,
      "--name",
      "a",
      "--expires-in",
      "90d",
      ...scopes
    ])
    const life = Date.parse(made.expiresAt) - Date.parse(made.createdAt)
    expect(Math.round(life / 86_400_000)).toBe(90)
    for (const [args, field] of [
      [["create", "--name", "a", "--scopes", "stock:everything"], "--scopes must be"],
      [["create", "--name", "a", ...scopes, "--expires-in", "0d"], "--expires-in must be"],
      [["revoke", made.key], "a key is revoked by its id"],
      [["revoke", crypto.randomUUID()], "no key has the id"]
    ] as const) {
      const { code, stderr } = await holdfast(["keys", ...args, ...place])
      expect(code).toBeGreaterThan(0)
      expect(stderr).toContain(field)
      expect(stderr).not.toContain(made.key)
    }
    await using server = await startServer([...place, "--auth", "keys"])
    expect(await ask(server.url, made.key)).toBe(200)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
