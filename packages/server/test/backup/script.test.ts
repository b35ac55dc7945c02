/**
 * What the script of backups does when a program that it runs fails: no set that is not whole, nothing old dropped,
 * and no replay that ends early. A server makes no difference to it, so one is played.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { backupTools, whyNoBackupTools } from "@holdfast/test-servers"
import { describeUnless } from "@holdfast/test-servers/describeUnless"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"

// Bounds for a machine that is busy with other tests; alone each takes a second.
vi.setConfig({ testTimeout: 60_000 })

const source = fileURLToPath(
  new URL("../../../../deploy/backup/bin/holdfast-backup", import.meta.url)
)

const segment = "000000010000000000000002"

/** What plays the server: an archive with a label and a manifest, and a database that takes every statement. */
const played = {
  pg_basebackup: `if [[ $1 == --version ]]; then echo "pg_basebackup (PostgreSQL) 18.0"; exit; fi
cd "$(mktemp --directory)"
echo "START WAL LOCATION: 0/2000028 (file ${segment})" >backup_label
echo "{}" >backup_manifest
exec tar --create --file=- backup_label backup_manifest`,
  psql: "cat >/dev/null"
}

/** The script in a folder, with programs in the place of those that it would run. */
const openScript = () => {
  const tools = backupTools()
  const programs = join(tools.place, "programs")
  const repository = join(tools.place, "repository")
  const play = (name: string, text: string) => {
    mkdirSync(programs, { recursive: true, mode: 0o755 })
    writeFileSync(join(programs, name), `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 })
  }
  for (const [name, text] of Object.entries(played)) play(name, text)
  const script = join(tools.place, "holdfast-backup")
  writeFileSync(script, readFileSync(source), { mode: 0o755 })
  const run = (...words: ReadonlyArray<string>) =>
    tools.run("bash", ["-c", `PATH=${programs}:$PATH exec ${script} "$@"`, "bash", ...words], {
      HOLDFAST_BACKUP_DIR: repository,
      HOLDFAST_BACKUP_KEEP_DAYS: "0",
      HOLDFAST_BACKUP_DATABASE: "postgres://holdfast_backup@127.0.0.1:1/none"
    })
  const sets = () => readdirSync(join(repository, "sets")).filter((name) => !name.startsWith("."))
  return {
    ...{ play, place: tools.place, repository, run, sets },
    [Symbol.asyncDispose]: () => tools[Symbol.asyncDispose]()
  }
}

describeUnless(whyNoBackupTools(), "the script of backups", () => {
  for (const command of ["full", "incremental"]) {
    it(`ends a backup, ${command}, that does not get to the disk, and keeps the one before`, async () => {
      await using script = openScript()
      expect(await script.run("full")).toMatchObject({ code: 0 })
      const before = script.sets()
      expect(before).toHaveLength(1)
      script.play("sync", "echo no space left >&2; exit 1")
      const { code, output } = await script.run(command)
      expect(output).toContain("no space left")
      expect(output).not.toContain("made")
      expect(code).toBe(1)
      expect(script.sets()).toEqual(before)
      script.play("sync", "exit 0")
      expect(await script.run(command)).toMatchObject({ code: 0 })
      expect(script.sets().at(-1)).not.toBe(before[0])
    })
  }

  it("falls back to a full backup when no increment can be made", async () => {
    await using script = openScript()
    expect(await script.run("full")).toMatchObject({ code: 0 })
    script.play("pg_basebackup", `[[ $* != *--incremental* ]] || exit 1\n${played.pg_basebackup}`)
    const { code, output } = await script.run("incremental")
    expect(output).toContain("this one is full")
    expect(code).toBe(0)
    expect(script.sets().map((name) => name.replace(/.*-/, ""))).toEqual(["full", "full"])
  })

  it("ends a replay at a segment that cannot be read, and not as if the log ended there", async () => {
    await using script = openScript()
    const wal = join(script.repository, "wal")
    mkdirSync(wal, { recursive: true, mode: 0o777 })
    const target = join(script.place, "target")
    expect(await script.run("fetch", segment, target)).toMatchObject({ code: 1 })
    writeFileSync(join(wal, `${segment}.zst`), "damaged", { mode: 0o644 })
    const { code, output } = await script.run("fetch", segment, target)
    expect(output).toContain(`${segment} is in the repository, and cannot be read`)
    expect(code).toBeGreaterThan(125)
    writeFileSync(join(wal, `${segment}.zst.age`), "encrypted", { mode: 0o644 })
    expect((await script.run("fetch", segment, target)).code).toBeGreaterThan(125)
  })

  it("keeps a segment once: the same again is nothing new, and another of its name is refused", async () => {
    await using script = openScript()
    const path = join(script.place, "segment")
    const kept = join(script.repository, "wal", `${segment}.zst`)
    writeFileSync(path, "what was written", { mode: 0o644 })
    expect(await script.run("archive", path, segment)).toMatchObject({ code: 0 })
    const before = readFileSync(kept)
    expect(await script.run("archive", path, segment)).toEqual({ code: 0, output: "" })
    writeFileSync(path, "another past", { mode: 0o644 })
    const { code, output } = await script.run("archive", path, segment)
    expect(output).toMatch(/in the repository already, and differs.*a repository of its own/)
    expect(code).toBe(1)
    expect(readFileSync(kept)).toEqual(before)
  })

  it("writes a segment again that is damaged in the repository, and keeps what was there", async () => {
    await using script = openScript()
    const wal = join(script.repository, "wal")
    const path = join(script.place, "segment")
    writeFileSync(path, "what was written", { mode: 0o644 })
    expect(await script.run("archive", path, segment)).toMatchObject({ code: 0 })
    writeFileSync(join(wal, `${segment}.zst`), "damaged")
    const { code, output } = await script.run("archive", path, segment)
    expect(output).toContain("cannot be read: it is put into wal/left, and written again")
    expect(code).toBe(0)
    expect(readFileSync(join(wal, "left", `${segment}.zst`), "utf8")).toBe("damaged")
    const target = join(script.place, "target")
    expect(await script.run("fetch", segment, target)).toMatchObject({ code: 0 })
    expect(readFileSync(target, "utf8")).toBe("what was written")
  })

  it("keeps a segment that an archiver which outlived its server keeps at the same time", async () => {
    await using script = openScript()
    const [entered, open] = [join(script.place, "entered"), join(script.place, "open")]
    script.play(
      "sync",
      `if mkdir ${entered} 2>/dev/null; then until [[ -e ${open} ]]; do read -rt 0.05 <> <(:) || true; done; fi`
    )
    const path = join(script.place, "segment")
    writeFileSync(path, "what was written", { mode: 0o644 })
    const first = script.run("archive", path, segment)
    await eventually(async () => (existsSync(entered) ? true : undefined))
    expect(await script.run("archive", path, segment)).toMatchObject({ code: 0 })
    writeFileSync(open, "")
    expect(await first).toEqual({ code: 0, output: "" })
    expect(readdirSync(join(script.repository, "wal")).sort()).toEqual([
      `${segment}.zst`,
      "incoming"
    ])
  })

  it("sets aside the end of an earlier timeline while the last checkpoint is still of that one", async () => {
    await using script = openScript()
    const wal = join(script.repository, "wal")
    const [earlier, current] = ["0000000100000000000000AA", "0000000200000000000000AA"].map(
      (name) => `${name}.partial`
    ) as [string, string]
    expect(
      await script.run("archive", join(script.place, "holdfast-backup"), segment)
    ).toMatchObject({ code: 0 })
    for (const name of [earlier, current]) writeFileSync(join(wal, "incoming", name), "")
    script.play(
      "psql",
      `case "$(cat)" in *pg_control_checkpoint*) echo 1 ;; *pg_walfile_name*) echo 00000002 ;; esac`
    )
    script.play("pg_receivewal", "exit 0")
    const { output } = await script.run("wal")
    expect(output).toContain(`${earlier} is of an earlier timeline`)
    expect(output).toContain("pg_receivewal has ended")
    expect(readdirSync(join(wal, "left"))).toEqual([earlier])
    expect(readdirSync(join(wal, "incoming"))).toEqual([current])
    await eventually(async () => (script.sets().length === 1 ? true : undefined))
  })

  it("ends a replay at a segment that is missing among others, and takes the end of the log for one", async () => {
    await using script = openScript()
    const wal = join(script.repository, "wal")
    mkdirSync(join(wal, "incoming"), { recursive: true, mode: 0o777 })
    const target = join(script.place, "target")
    const fetched = () => script.run("fetch", segment, target)
    // What is earlier, of another timeline, or no segment, does not show that one is missing.
    for (const name of [
      "000000010000000000000001.zst",
      "000000020000000000000009.zst",
      "00000002.history.zst",
      `${segment}.00000028.backup.zst`,
      "000000010000000000000003.zst.draft"
    ]) {
      writeFileSync(join(wal, name), "kept", { mode: 0o644 })
    }
    expect((await fetched()).code).toBe(1)
    for (const name of [
      "incoming/000000010000000000000004.partial",
      "00000001000000010000000A.zst"
    ]) {
      writeFileSync(join(wal, name), "kept", { mode: 0o644 })
      const { code, output } = await fetched()
      expect(output).toContain(
        `${segment} is not in the repository, and ${/[0-9A-F]{24}/.exec(name)}`
      )
      expect(code).toBeGreaterThan(125)
      unlinkSync(join(wal, name))
    }
    expect((await script.run("fetch", "00000003.history", target)).code).toBe(1)
    expect((await fetched()).code).toBe(1)
  })
})
