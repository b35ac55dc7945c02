/**
 * Runs Schemathesis, a tool that makes requests from the OpenAPI document, against a running
 * server. It needs Python and is kept in a cache folder, so that it is downloaded once. Where it
 * cannot run, the test is skipped with the reason.
 */
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { deafSender } from "../webhooks/deafSender.ts"

const { port } = serverForTests({ webhooks: { sender: deafSender } }, { hasKeyRing: true })

const version = "4.32.5"
const here = fileURLToPath(new URL("schemathesis/", import.meta.url))
const cache = fileURLToPath(new URL("../../../../node_modules/.cache/", import.meta.url))
const home = join(cache, `schemathesis-${version}`)
const tool = join(home, "bin", "st")

/** The tool's memory of earlier runs, empty here. */
const scratch = mkdtempSync(join(tmpdir(), "holdfast-schemathesis-"))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Runs a command until it ends or its time is over. Returns its exit code and its output. */
const run = (
  command: string,
  args: ReadonlyArray<string>,
  seconds: number,
  env: Readonly<Record<string, string>> = {}
): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, cwd: scratch })
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1_000)
    let output = ""
    const hear = (chunk: Buffer) => {
      output += chunk.toString("utf8")
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    child.on("error", ({ message }) => resolve({ code: null, output: message }))
    child.on("close", (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })

/** Downloads the tool unless it is there. Returns why that failed, or undefined. */
const whyNot = async (): Promise<string | undefined> => {
  if (existsSync(join(home, "fetched"))) return undefined
  mkdirSync(dirname(home), { recursive: true })
  const made = await run("python3", ["-m", "venv", home], 60)
  if (made.code !== 0) return `python3 with venv is needed: ${made.output.trim()}`
  const pip = join(home, "bin", "pip")
  const wanted = ["install", "--quiet", "--disable-pip-version-check", `schemathesis==${version}`]
  const fetched = await run(pip, wanted, 120)
  if (fetched.code !== 0) return `schemathesis could not be fetched: ${fetched.output.trim()}`
  mkdirSync(join(home, "fetched"))
  return undefined
}

describe("schemathesis", () => {
  it("finds no 500, no refusal of what the document allows, and nothing undocumented", async ({
    skip
  }) => {
    const missing = await whyNot()
    if (missing !== undefined) {
      console.warn(`SKIPPED schemathesis over the running server: ${missing}`)
      skip(missing)
    }
    const document = `http://127.0.0.1:${port()}/openapi.json`
    // Health checks measure how fast examples are found, which depends on the machine.
    const options = [
      "--suppress-health-check",
      "all",
      "--seed",
      "7",
      "--max-examples",
      "5",
      "--max-time",
      "60",
      // The server of this test trusts everybody. Who may ask what is held by the matrix of permissions.
      "--exclude-checks",
      "ignored_auth",
      "--no-color"
    ]
    const { code, output } = await run(
      tool,
      ["--config-file", join(here, "schemathesis.toml"), "run", document, ...options],
      300,
      { SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: "1" }
    )
    const failures = output.slice(Math.max(0, output.indexOf("= FAILURES =")))
    expect([code, code === 0 ? "" : failures]).toEqual([0, ""])
    // A minute of a busy machine makes some hundred cases, and of a quiet one over a thousand.
    expect(Number(/Test cases:\s+(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(100)
  }, 480_000)
})
