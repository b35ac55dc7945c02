// Copies of the core that drop one check, each in a folder of its own, and the result of a test
// against such a copy. A mutation that no longer applies is an error, so lists follow the code.
import { execFile } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "@effect/vitest"

const core = fileURLToPath(new URL("../..", import.meta.url))
let home = ""

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "holdfast-mutations-"))
})

afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

/** A check that a copy of the core drops. */
export interface Mutation {
  readonly drops: string
  /** The context that it is a part of: the inventory, unless given. */
  readonly context?: "catalog"
  readonly file: string
  readonly code: string
  readonly becomes: string
  /** What the story that caught it must say. */
  readonly caught: RegExp
}

/** A copy of the core and its contract, changed or not. Returns its folder. */
export const copied = (name: string, change?: Mutation): string => {
  const copy = join(home, name)
  cpSync(join(core, "src"), join(copy, "src"), { recursive: true })
  for (const folder of [
    "test/mutations/probe.ts",
    "test/mutations/probeCatalog.ts",
    "test/memory"
  ]) {
    cpSync(join(core, folder), join(copy, folder), { recursive: true })
  }
  symlinkSync(join(core, "node_modules"), join(copy, "node_modules"))
  writeFileSync(join(copy, "package.json"), '{ "type": "module" }')
  if (change !== undefined) {
    const file = join(copy, "src", change.context ?? "inventory", change.file)
    const parts = readFileSync(file, "utf8").split(change.code)
    if (parts.length !== 2) {
      throw new Error(`${change.file} has ${parts.length - 1} places that say: ${change.code}`)
    }
    writeFileSync(file, parts.join(change.becomes))
  }
  return copy
}

const runs = (...args: ReadonlyArray<string>) =>
  new Promise<{ readonly failed: boolean; readonly output: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" }
    execFile(process.execPath, ["--no-warnings", ...args], { env }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr })
    })
  })

/** Runs random stories against a copy. */
export const probed = (copy: string, probe = "probe.ts") =>
  runs(join(copy, "test/mutations", probe), "c")

/** Runs one test of the contract in a copy. */
export const tried = (copy: string, test: string) =>
  runs(join(core, "node_modules/vitest/vitest.mjs"), "run", "--root", copy, "-t", test)
