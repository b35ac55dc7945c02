/** The key ring by its commands, in processes: what is printed, what is counted, and what is rotated. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { openSession, type TestSession } from "../commands/openSession.ts"
import { post, registerSku } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { ringText } from "./ring.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-ring-"))
afterAll(() => rmSync(folder, { recursive: true }))

const fileOf = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe("holdfast keyring add", () => {
  it("prints a first ring, and one with a new current key beside the others", async () => {
    const first = await holdfast(["keyring", "add", "--id", "2026-11"])
    expect([first.code, first.stderr]).toEqual([0, ""])
    const ring = JSON.parse(first.stdout)
    expect(ring).toEqual({ current: "2026-11", keys: { "2026-11": expect.any(String) } })
    expect(Buffer.from(ring.keys["2026-11"], "base64")).toHaveLength(32)
    const file = fileOf("first.json", first.stdout)
    const second = await holdfast(["keyring", "add", "--id", "2026-12", "--keyring-file", file])
    const both = JSON.parse(second.stdout)
    expect(both.current).toBe("2026-12")
    expect(Object.keys(both.keys)).toEqual(["2026-11", "2026-12"])
    expect(both.keys["2026-11"]).toBe(ring.keys["2026-11"])
    expect(both.keys["2026-12"]).not.toBe(ring.keys["2026-11"])
    const fromVariable = await holdfast(["keyring", "add", "--id", "next"], {
      env: { HOLDFAST_KEYRING: second.stdout }
    })
    expect(Object.keys(JSON.parse(fromVariable.stdout).keys)).toHaveLength(3)
  })

  it("refuses what gives no ring, in a sentence that has no key", async () => {
    const ring = ringText("a", "a", "b")
    const [key] = Object.values<string>(JSON.parse(ring).keys)
    const file = fileOf("good.json", ring)
    const cut = fileOf("cut.json", ring.slice(0, -10))
    const short = fileOf("short.json", ring.replace(key ?? "", (key ?? "").slice(4)))
    const cases = [
      [["add", "--id", "a", "--keyring-file", file], {}, 1, "has a key a already"],
      [["add", "--id", "no spaces"], {}, 2, "1 to 64 of the characters"],
      [["add"], {}, 2, "--id is missing"],
      [["add", "--id", "c", "--keyring-file", join(folder, "none")], {}, 1, "no such file"],
      [["add", "--id", "c", "--keyring-file", cut], {}, 1, "must be a JSON object"],
      [["add", "--id", "c", "--keyring-file", short], {}, 1, "keys.a must be 32 random bytes"],
      [["add", "--id", "c", "--keyring-file", file], { HOLDFAST_KEYRING: ring }, 2, "not both"]
    ] as const
    for (const [args, env, code, words] of cases) {
      const ended = await holdfast(["keyring", ...args], { env })
      expect([args.join(" "), ended.code, ended.stdout]).toEqual([args.join(" "), code, ""])
      expect(ended.stderr).toContain(words)
      expect(ended.stderr).not.toContain((key ?? "").slice(4, 30))
    }
  })
})

describePostgres(18, "holdfast keyring show and rotate", () => {
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

  const keyring = async (ring: string | undefined, ...args: ReadonlyArray<string>) => {
    const env: Record<string, string> = ring === undefined ? {} : { HOLDFAST_KEYRING: ring }
    return holdfast(["keyring", ...args, "--database", database.url], { env })
  }
  const secrets = async () => {
    const rows = await session.run("select secret from inventory.webhooks order by created_at")
    return rows.map(({ secret }) => String(secret))
  }
  const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`

  it("encrypts what was kept in clear, changes keys, and names a key that is lost", async () => {
    const webhook = async (url: string, name: string) => {
      const body = { url: `https://${name}.example/hooks`, secret: secretOf(name) }
      expect((await post(url, "/api/webhooks", body)).status).toBe(201)
    }
    {
      await using server = await startServer(["--database", database.url])
      await registerSku(server.url, "mug", 10)
      await webhook(server.url, "c")
      const reserve = { skuId: "mug", quantity: 1, orderId: "o-0", customer: { name: "Ann" } }
      const refused = await post(server.url, "/api/inventory/reservations", reserve)
      expect([refused.status, refused.body.type]).toEqual([
        422,
        "urn:holdfast:problem:key-ring-missing"
      ])
      await server.stop()
    }
    expect(await secrets()).toEqual([secretOf("c")])
    const a = ringText("a", "a")
    {
      const env = { HOLDFAST_KEYRING: a }
      await using server = await startServer(["--database", database.url], { env })
      await webhook(server.url, "n")
      for (const n of [1, 2, 3]) {
        const reserve = { skuId: "mug", quantity: 1, orderId: `o-${n}`, customer: { n } }
        expect((await post(server.url, "/api/inventory/reservations", reserve)).status).toBe(201)
      }
      await server.stop()
    }
    expect(await secrets()).toEqual([secretOf("c"), expect.stringMatching(/^hf1:a:/)])

    const rotated = await keyring(a, "rotate", "--json")
    expect([rotated.code, rotated.stderr]).toEqual([0, ""])
    const { columns, current } = JSON.parse(rotated.stdout)
    expect(current).toBe("a")
    expect(columns[0]).toEqual({
      ...{ context: "inventory", column: "webhooks.secret", rotated: 1, unreadable: [] }
    })
    for (const secret of await secrets()) expect(secret).toMatch(/^hf1:a:/)

    const shown = await keyring(a, "show")
    expect(shown.stdout).toContain("a encrypts; the ring has a")
    expect(shown.stdout).toMatch(/a may have encrypted \d+ of 2147483648 values of the inventory/)
    const counted = JSON.parse((await keyring(ringText("b", "a", "b"), "show", "--json")).stdout)
    expect(counted).toMatchObject({ current: "b", keyIds: ["a", "b"] })
    expect(counted.counts).toContainEqual({
      ...{ context: "inventory", keyId: "a", encryptions: expect.any(Number) }
    })

    const lost = await keyring(ringText("b", "b"), "rotate")
    expect(lost.code).toBe(1)
    expect(lost.stdout).toContain("2 could not be read: the key ring has no key a")
    expect(lost.stdout).toContain("3 could not be read: the key ring has no key a")
    const changed = await keyring(ringText("b", "a", "b"), "rotate", "--json")
    expect(changed.code).toBe(0)
    const byColumn = JSON.parse(changed.stdout).columns.filter(
      ({ context }: { readonly context: string }) => context === "inventory"
    )
    expect(byColumn).toMatchObject([
      { column: "webhooks.secret", rotated: 2 },
      { column: "webhooks.previous_secret", rotated: 0 },
      { column: "audit_private.ciphertext" },
      { column: "order_customers.ciphertext", rotated: 3 }
    ])
    const again = JSON.parse((await keyring(ringText("b", "a", "b"), "rotate", "--json")).stdout)
    const moved = again.columns.map(({ rotated: count }: { readonly rotated: number }) => count)
    expect(new Set(moved)).toEqual(new Set([0]))
    // The old key is not needed any more.
    expect((await keyring(ringText("b", "b"), "rotate")).code).toBe(0)
    for (const { stderr, stdout } of [rotated, shown, lost, changed]) {
      for (const id of ["a", "b"]) {
        const key = Buffer.alloc(32, id.charCodeAt(0)).toString("base64")
        expect(stdout + stderr).not.toContain(key)
      }
    }
  })

  it("needs a ring", async () => {
    for (const command of ["show", "rotate"]) {
      const ended = await keyring(undefined, command)
      expect([ended.code, ended.stdout]).toEqual([1, ""])
      expect(ended.stderr).toContain("there is no key ring; give --keyring-file")
    }
  })
})
