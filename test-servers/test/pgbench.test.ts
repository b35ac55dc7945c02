import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { findPgbench } from "../src/index.ts"

describe("the search for pgbench", () => {
  it("finds it on the path, and nothing where it is missing or cannot be run", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-pgbench-"))
    try {
      const file = join(folder, "pgbench")
      assert.isUndefined(findPgbench(folder, []))
      writeFileSync(file, "")
      chmodSync(file, 0o644)
      assert.isUndefined(findPgbench(folder, []))
      chmodSync(file, 0o755)
      assert.strictEqual(findPgbench(folder, []), file)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
