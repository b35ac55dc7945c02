/** What the commands of the audit log and of the key ring say when they cannot do what was typed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { holdfast, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-messages-"))
const ring = join(folder, "ring.json")
const shop = join(folder, "shop")
beforeAll(async () => {
  writeFileSync(ring, (await holdfast(["keyring", "add", "--id", "a"])).stdout)
  expect((await holdfast(["migrate", "--folder", shop])).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const said = async (args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await holdfast([...args])
  expect(stdout).toBe("")
  expect(code).toBeGreaterThan(0)
  return stderr
}

describe("audit verify", () => {
  it("names the flag and the file that cannot be read, before it looks for a database", async () => {
    const missing = join(folder, "missing.jsonl")
    const cases = [
      [["--from", missing], `--from ${missing} cannot be read: there is no such file`],
      [["--from", folder], `--from ${folder} cannot be read: it is a folder`],
      [["--from", ring], `--from ${ring}: line 1 is no line of an audit export`],
      [
        ["--seals", folder, "--folder", missing],
        `--seals ${folder} cannot be read: it is a folder`
      ],
      [["--seals", ring, "--folder", missing], `--seals ${ring}: line 1`]
    ] as const
    for (const [args, sentence] of cases) {
      expect(await said(["audit", "verify", ...args])).toContain(sentence)
    }
  })
})

describe("audit list", () => {
  it("refuses what nothing could be found by, and takes both names of an operation", async () => {
    const at = ["audit", "list", "--folder", shop]
    expect(await said([...at, "--operation", "Foo"])).toMatch(
      /--operation must be one of .*\bReserveStock\b.*\bSkuHistory\b/
    )
    expect(await said([...at, "--target", "mug"])).toContain("--target must be TYPE:id")
    const [from, until] = ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"]
    expect(await said([...at, "--from", from, "--until", until])).toContain(
      "--until must not be before --from"
    )
    const both = await holdfast([...at, "--operation", "reserve", "--json"])
    expect([both.code, JSON.parse(both.stdout)]).toEqual([0, { items: [], next: null }])
  })
})

describe("the key ring", () => {
  it("is looked for before the database, and no key of it is replaced", async () => {
    const missing = join(folder, "missing.json")
    for (const command of ["show", "rotate"]) {
      const at = ["keyring", command, "--folder", join(folder, "nowhere")]
      expect(await said([...at, "--keyring-file", missing])).toContain(
        `--keyring-file ${missing}: there is no such file`
      )
      expect(await said(at)).toContain("there is no key ring; give --keyring-file")
      expect(await said([...at, "--keyring-file", ring])).toContain("there is no embedded database")
    }
    const before = readFileSync(ring, "utf8")
    const again = ["keyring", "add", "--id", "a", "--keyring-file", ring]
    expect(await said(again)).toContain(
      "has a key a already, and no key is replaced; choose another"
    )
    expect(readFileSync(ring, "utf8")).toBe(before)
  })

  it("is looked at by doctor, which shows no key", async () => {
    const doctor = ["doctor", "--folder", shop, "--keyring-file"]
    const good = await holdfast([...doctor, ring])
    expect([good.code, good.stdout]).toEqual([
      0,
      expect.stringMatching(/^ok +key ring +a encrypts; the ring has a$/m)
    ])
    expect(good.stdout).not.toContain(JSON.parse(readFileSync(ring, "utf8")).keys.a)
    const bad = await holdfast([...doctor, folder])
    expect([bad.code, bad.stdout]).toEqual([
      1,
      expect.stringMatching(/^fail +key ring +--keyring-file .*: it is a folder;/m)
    ])
  })

  it("is not rotated while a server has the embedded database", async () => {
    const rotate = ["keyring", "rotate", "--folder", shop, "--keyring-file", ring]
    {
      await using _server = await startServer(["--folder", shop])
      expect(await said(rotate)).toContain(
        `embedded PostgreSQL in ${shop} is open in another process, such as a server: stop that first`
      )
    }
    expect((await holdfast(rotate)).code).toBe(0)
  })
})
