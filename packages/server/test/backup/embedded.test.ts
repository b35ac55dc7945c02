/**
 * Backups of the embedded database by the command: taken while a server writes, restored, and compared with
 * what that server acknowledged; and every way in which they are refused.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { scrape, valueOf } from "../metrics/exposition.ts"
import { missingOf, registerSku, startLoad } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"

// Bounds for a machine that is busy with other tests; alone each takes a few seconds.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let place: string
const at = (...names: ReadonlyArray<string>) => join(place, ...names)

const run = async (...words: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await holdfast(words)
  return { code, stderr, stdout, answer: stdout.startsWith("{") ? JSON.parse(stdout) : undefined }
}

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-backup-"))
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

describe("a backup while a server writes", () => {
  it("has what was acknowledged before it began, agrees with itself, and is known to the server", async () => {
    await using server = await startServer(
      ["--folder", at("shop"), "--metrics-port", "0", "--metrics-interval", "1s"],
      { env: {} }
    )
    const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n}`)
    for (const skuId of skuIds) await registerSku(server.url, skuId, 1_000_000)
    const load = startLoad({
      ...{ url: server.url, skuIds, callers: 8, name: "load" },
      unanswered: "stop"
    })
    const taken: Array<{ readonly to: string; readonly before: number; readonly after: number }> =
      []
    for (const to of ["first", "second"]) {
      await load.reaches(load.acknowledged.length + 100)
      const before = load.acknowledged.length
      const { answer, code, stderr } = await run(
        ...["backup", at(to), "--folder", at("shop"), "--json"]
      )
      expect([code, stderr.replace(/^\{"type":"progress".*\n/gm, "")]).toEqual([0, ""])
      expect(answer).toMatchObject({ levels: 20, agreeing: 20 })
      taken.push({ to, before, after: load.acknowledged.length })
    }
    const age = await eventually(async () =>
      valueOf(await scrape(server), "holdfast_backup_age_seconds", { kind: "full" })
    )
    expect(age).toBeLessThan(60)
    await load.stop()
    await server.stop()
    // It was written to while it was copied, or nothing is shown.
    expect(taken.some(({ after, before }) => after > before)).toBe(true)

    const [, second] = taken
    const restored = await run("restore", at("second"), "--folder", at("restored"))
    expect(restored.stderr).toBe("")
    expect(restored.stdout).toContain("opened it: 20 of 20 levels agree")
    await using again = await startServer(["--folder", at("restored")])
    expect(await missingOf(again.url, load.acknowledged.slice(0, second?.before))).toEqual([])
    // It goes on as a shop of its own.
    await registerSku(again.url, "new", 1)
    const doctor = await run("doctor", "--folder", at("shop"))
    expect(doctor.stdout).toMatch(/^ok {2,}backups +full backup \d+ s ago$/m)
  })
})

describe("a backup of a folder that nobody has open", () => {
  const refusal = async (code: string, ...words: ReadonlyArray<string>) => {
    const { answer } = await run(...words, "--json")
    expect(answer.error.code).toBe(code)
    return answer.error.message as string
  }

  beforeAll(async () => {
    expect((await run("migrate", "--folder", at("calm"))).code).toBe(0)
    // Somebody's own folder, whose name means nothing to a backup.
    mkdirSync(at("good.draft"))
    writeFileSync(at("good.draft", "notes"), "mine")
    expect((await run("backup", at("good"), "--folder", at("calm"))).code).toBe(0)
  })

  it("is a folder with a manifest of every file, and leaves nothing else behind", () => {
    const manifest = JSON.parse(readFileSync(at("good", "holdfast-backup.json"), "utf8"))
    expect(manifest).toMatchObject({ holdfastBackup: 1, postgres: 18 })
    const files = readdirSync(at("good", "pgdata"), { withFileTypes: true, recursive: true })
    expect(manifest.files).toHaveLength(files.filter((entry) => entry.isFile()).length)
    expect(readdirSync(at("good")).sort()).toEqual(["holdfast-backup.json", "pgdata"])
    expect(readdirSync(place).filter((name) => name.startsWith("good"))).toEqual([
      "good",
      "good.draft"
    ])
    expect(readFileSync(at("good.draft", "notes"), "utf8")).toBe("mine")
  })

  it("is not written over anything, and not made of nothing", async () => {
    expect(await refusal("TargetNotEmpty", "backup", at("good"), "--folder", at("calm"))).toMatch(
      /good is not empty/
    )
    await refusal("NoDatabase", "backup", at("other"), "--folder", at("nowhere"))
    expect(existsSync(at("other"))).toBe(false)
    const url = "postgres://nobody@127.0.0.1:1/none"
    expect(await refusal("Usage", "backup", at("other"), "--database", url)).toMatch(/RECOVERING/)
    const file = at("good", "holdfast-backup.json")
    expect(await refusal("FolderUnusable", "backup", file, "--folder", at("calm"))).toMatch(
      /is a file: name a folder/
    )
    // A file system in which nobody makes folders, and says that there is no such place.
    const nowhere = process.platform === "linux" ? "/proc/nowhere/backup" : file
    expect(await refusal("BackupFailed", "backup", nowhere, "--folder", at("calm"))).toMatch(
      /could not be copied to/
    )
    await refusal("TargetWithin", "backup", at("calm", "inside"), "--folder", at("calm"))
    expect(existsSync(at("calm", "inside"))).toBe(false)
  })

  it("is not opened as a database, which would change it", async () => {
    for (const words of [["migrate"], ["doctor"], ["backup", at("other")]]) {
      expect(await refusal("FolderIsBackup", ...words, "--folder", at("good"))).toMatch(
        /restore it/
      )
    }
    const served = await run("serve", "--folder", at("good"))
    expect(served.code).toBe(1)
    expect(served.stderr).toMatch(/is a backup/)
    await refusal("TargetWithin", "restore", at("good"), "--folder", at("good", "inside"))
    expect(readdirSync(at("good")).sort()).toEqual(["holdfast-backup.json", "pgdata"])
  })

  it("is what to restore, where a folder is damaged", async () => {
    mkdirSync(at("broken", "pgdata"), { recursive: true })
    writeFileSync(at("broken", "pgdata", "PG_VERSION"), "18\n")
    expect(await refusal("FolderUnusable", "doctor", "--folder", at("broken"))).toMatch(
      /does not start: .*; if it is damaged, holdfast restore puts a backup into a new --folder$/
    )
  })

  it("says how to start what was restored, as a shell takes it", async () => {
    const { stdout } = await run("restore", at("good"), "--folder", at("with a space"))
    expect(stdout).toContain(`start it with holdfast serve --folder '${at("with a space")}'`)
  })

  it("is restored into a new folder alone", async () => {
    expect(await refusal("TargetNotEmpty", "restore", at("good"), "--folder", at("calm"))).toMatch(
      /restore into a new --folder/
    )
    await using _server = await startServer(["--folder", at("busy")])
    await refusal("FolderInUse", "restore", at("good"), "--folder", at("busy"))
    mkdirSync(at("empty"))
    expect((await run("restore", at("good"), "--folder", at("empty"))).code).toBe(0)
  })

  it("is refused by name when it is none, of another version, or damaged", async () => {
    const into = ["--folder", at("never")]
    expect(await refusal("NotABackup", "restore", at("calm"), ...into)).toMatch(
      /has no holdfast-backup.json/
    )
    await refusal("NotABackup", "restore", at("nowhere"), ...into)
    const changed = (name: string, change: (manifest: Record<string, unknown>) => void) => {
      cpSync(at("good"), at(name), { recursive: true })
      const file = at(name, "holdfast-backup.json")
      const manifest = JSON.parse(readFileSync(file, "utf8"))
      change(manifest)
      writeFileSync(file, JSON.stringify(manifest))
      return at(name)
    }
    const form = changed("form", (manifest) => Object.assign(manifest, { holdfastBackup: 2 }))
    expect(await refusal("BackupVersion", "restore", form, ...into)).toMatch(/of form 2/)
    const server = changed("server", (manifest) => Object.assign(manifest, { postgres: 19 }))
    expect(await refusal("BackupVersion", "restore", server, ...into)).toMatch(/PostgreSQL 19/)
    const outside = changed("outside", ({ files }) =>
      Object.assign((files as Array<object>)[0] as object, { path: "../../elsewhere" })
    )
    await refusal("NotABackup", "restore", outside, ...into)
    const damaged = changed("damaged", () => undefined)
    appendFileSync(join(damaged, "pgdata", "global", "pg_control"), "x")
    expect(await refusal("BackupDamaged", "restore", damaged, ...into)).toMatch(
      /global\/pg_control is not what was written; restore another backup/
    )
    const short = changed("short", () => undefined)
    rmSync(join(short, "pgdata", "PG_VERSION"))
    expect(await refusal("BackupDamaged", "restore", short, ...into)).toMatch(
      /PG_VERSION is missing/
    )
    expect(readdirSync(place).filter((name) => name.startsWith("never"))).toEqual([])
  })
})
