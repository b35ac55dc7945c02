/**
 * The line of counts is what a person and a machine believe of a run, so it is held to the truth by
 * a run of its own: what did not run is not passed, what broke outside of a test is failed.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it, onTestFinished } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

const script = `
  import { startVitest } from "vitest/node"
  import { CountsReporter } from ${JSON.stringify(join(root, "test/CountsReporter.ts"))}
  const reporters = ["default", new CountsReporter()]
  const vitest = await startVitest("test", [], { config: false, watch: false, reporters })
  await vitest.close()
`

/** What a run of these test files prints, and how it ends. */
const run = (...tests: ReadonlyArray<string>) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-counts-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction")
  mkdirSync(join(folder, "test"))
  for (const [n, test] of tests.entries())
    writeFileSync(
      join(folder, "test", `${n}.test.ts`),
      `import { beforeAll, describe, expect, it } from "vitest"\n${test}\n`
    )
  const words = ["--input-type=module", "--eval", script]
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" })
  return { status, lines: stdout.trimEnd().split("\n") }
}

it("counts what passed, and ends well", () => {
  const { lines, status } = run(`it("a", () => {})`, `it("b", () => {})`)
  expect([lines.at(-1), status]).toEqual(["2 passed, 0 failed, 0 skipped", 0])
})

it("names what was skipped with its reason, and does not count it as passed", () => {
  const { lines } = run(`it("a", () => {})\nit("b", (test) => test.skip("no server here"))`)
  expect(lines.slice(-2)).toEqual([
    "SKIPPED test/0.test.ts > b: no server here",
    "1 passed, 0 failed, 1 skipped"
  ])
})

it("counts the tests of a failed setup as failed, and the setup too", () => {
  const { lines, status } = run(
    `describe("s", () => { beforeAll(() => { throw new Error("x") }); it("a", () => {}) })`
  )
  expect([lines.at(-1), status]).toEqual(["0 passed, 2 failed, 0 skipped", 1])
})

it("counts a file that cannot be loaded, and a rejection that nobody awaited, as failed", () => {
  const { lines, status } = run(
    `throw new Error("x")`,
    `it("a", async () => {
      Promise.reject(new Error("y"))
      await new Promise((done) => setImmediate(done))
    })`
  )
  expect([lines.at(-1), status]).toEqual(["1 passed, 2 failed, 0 skipped", 1])
})

it("does not call a run without a test a success", () => {
  const { lines, status } = run()
  expect([lines.at(-1), status]).toEqual(["0 passed, 1 failed, 0 skipped", 1])
})
