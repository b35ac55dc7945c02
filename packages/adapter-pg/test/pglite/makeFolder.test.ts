/** Folders are made with those above them, or the error of the system is thrown at once. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { makeFolder } from "../../src/pglite/makeFolder.ts"

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-make-"))
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

it("makes a folder and those above it, and leaves one that is there alone", () => {
  const folder = join(place, "a", "b", "c")
  makeFolder(folder, 0o700)
  makeFolder(folder, 0o755)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it("throws what the system says of a place where there can be none", () => {
  const file = join(place, "file")
  writeFileSync(file, "")
  expect(() => makeFolder(file)).toThrow("EEXIST")
  expect(() => makeFolder(join(file, "inside"))).toThrow(/ENOTDIR|ENOENT/)
})

it.skipIf(process.platform !== "linux")("does not go on for good in /proc — Linux has it", () => {
  expect(() => makeFolder("/proc/nowhere")).toThrow("ENOENT")
  expect(() => makeFolder("/proc/nowhere/inside")).toThrow("ENOENT")
})
