// The linter of GitHub's workflows, made by Go once into the cache of this user. Without Go, the tests
// that need it are skipped by name, with the reason.
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const version = "v1.7.8"

const folder = join(
  process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  ...["holdfast", "test-servers", `actionlint-${version}`]
)

/** Where the linter is, once it is there. */
export const actionlint: string = join(folder, "actionlint")

/** Why the linter is not available here; undefined when it is. The first call makes it. */
export const whyNoActionlint = (): string | undefined => {
  if (existsSync(actionlint)) return undefined
  try {
    execFileSync("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${version}`], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: "" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 400_000
    })
    return undefined
  } catch (cause) {
    const reason = `SKIPPED: Go cannot make actionlint: ${String(cause).split("\n")[0]}`
    console.warn(`\n*** ${reason}: its tests do not run ***\n`)
    return reason
  }
}
