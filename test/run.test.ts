/** What `npm start` says to who forgot the `--` that npm asks for. */
import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"

it("says where flags come, and builds nothing", () => {
  const { status, stderr, stdout } = spawnSync("node", ["scripts/run.mjs", "start", "3100"], {
    encoding: "utf8",
    timeout: 20_000
  })
  expect([status, stdout]).toEqual([2, ""])
  expect(stderr).toBe(`"3100" is no flag: flags come after --, as in npm start -- --port 3100\n`)
})
