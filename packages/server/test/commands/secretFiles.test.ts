/** Secrets in files: one rule for every secret setting, and no message that repeats one. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { afterAll, describe, expect, it, vi } from "vitest"
import { holdfast } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-secrets-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const inFile = (text: string) => {
  const file = join(folder, `secret-${++files}`)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}
const secret = "canary-in-a-file"
const elsewhere = `postgres://shop:${secret}@127.0.0.1:9/shop`

/** What a command says that cannot reach its database, or was typed wrongly. */
const said = async (env: Record<string, string>, args: ReadonlyArray<string> = []) => {
  const { code, stderr } = await holdfast(["expire", "--log-level", "none", ...args], { env })
  expect(stderr).not.toContain(secret)
  return { code, stderr }
}

describe("a secret in a file", () => {
  it("is read without the line break at its end, and a flag wins over it", async () => {
    const { code, stderr } = await said({ HOLDFAST_DATABASE_FILE: inFile(`${elsewhere}\n`) })
    expect([code, stderr]).toEqual([1, expect.stringContaining("127.0.0.1:9/shop")])
    const other = ["--database", "postgres://shop:other@127.0.0.1:9/other"]
    const typed = await said({ HOLDFAST_DATABASE_FILE: inFile(elsewhere) }, other)
    expect(typed.stderr).toContain("127.0.0.1:9/other")
  })

  it("counts for an empty variable, but not beside one that says something else", async () => {
    const file = inFile(elsewhere)
    const empty = await said({ HOLDFAST_DATABASE: "", HOLDFAST_DATABASE_FILE: file })
    expect(empty.stderr).toContain("127.0.0.1:9/shop")
    const both = await said({ HOLDFAST_DATABASE: elsewhere, HOLDFAST_DATABASE_FILE: file })
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining("HOLDFAST_DATABASE and HOLDFAST_DATABASE_FILE are both set")
    ])
  })

  it("must be there and hold something", async () => {
    const missing = join(folder, "missing")
    expect(await said({ HOLDFAST_DATABASE_FILE: missing })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `HOLDFAST_DATABASE_FILE names ${missing}, which cannot be read: there is no such file`
      )
    })
    expect(await said({ HOLDFAST_DATABASE_FILE: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`names ${folder}, which cannot be read: it is a folder`)
    })
    const junk = inFile(secret)
    expect(await said({ HOLDFAST_DATABASE_FILE: junk })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `HOLDFAST_DATABASE_FILE names ${junk}: the PostgreSQL URL cannot be read`
      )
    })
    expect(await said({ HOLDFAST_DATABASE: secret })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("HOLDFAST_DATABASE: the PostgreSQL URL cannot be read")
    })
    expect(await said({ HOLDFAST_DATABASE_FILE: inFile("\n") })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("which is empty")
    })
  })

  it("may be every secret: the password of Kafka, too", async () => {
    const { code, stderr } = await holdfast(["serve", "--memory", "--kafka", "127.0.0.1:9"], {
      env: { HOLDFAST_KAFKA_PASSWORD_FILE: inFile(secret) }
    })
    expect([code, stderr]).toEqual([2, expect.stringContaining("--kafka-user")])
    expect(stderr).not.toContain(secret)
  })
})

describePostgres(18, "a database whose address is in a file", () => {
  it("is worked on", async () => {
    const database = await freshDatabase()
    const { code, stdout } = await holdfast(["migrate"], {
      env: { HOLDFAST_DATABASE_FILE: inFile(`${database.url}\n`) }
    })
    expect([code, stdout]).toEqual([0, expect.stringContaining("applied migration")])
    await database.drop()
  })
})
