/** Settings of access, TLS, the audit log, logs and metrics that would have no effect: who gives them expects them to protect. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it, vi } from "vitest"
import { holdfast } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 })

const folder = mkdtempSync(join(tmpdir(), "holdfast-idle-"))
const file = join(folder, "ca.pem")
writeFileSync(file, "nothing")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = `hf_${"A".repeat(43)}`
const shop = ["--service", "product"]

/** What is typed after `serve --memory`, and what is said of it. */
const idle: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
  [["--service-key", key], "--service-key needs --inventory-url or --catalog-url"],
  [[...shop, "--guests", "--auth", "development"], "--guests is about the inventory"],
  [["--guests"], "--guests needs --auth"],
  [["--guests", "--auth", "none"], "--guests needs --auth"],
  [["--jwt-audience", "shop"], "--jwt-audience (or HOLDFAST_JWT_AUDIENCE) needs --auth jwt"],
  [["--client-certificates", file], "needs --auth certificates"],
  [["--forwarded-header", "forwarded"], "needs --trusted-proxies"],
  [["--tls-min-version", "1.3"], "--tls-min-version needs --tls-cert"],
  [["--tls-client-ca", file], "--tls-client-ca needs --tls-cert"],
  [["--peer-ca", file], "--peer-ca needs --inventory-url or --catalog-url"],
  [["--inventory-url", "http://127.0.0.1:9"], "--inventory-url is for --service product"],
  [["--database-ca", file], "--database-ca, --database-cert and --database-key need --database"],
  [["--kafka-ca", file], "--kafka-ca (or HOLDFAST_KAFKA_CA) needs --kafka"],
  [["--redis-ca", file], "--redis-ca (or HOLDFAST_REDIS_CA) needs --redis"],
  [["--metrics-host", "0.0.0.0"], "--metrics-host needs --metrics-port"],
  [
    ["--access-log", "errors", "--access-log-share", "0.5"],
    "--access-log-share needs --access-log all"
  ],
  [["--seals-kafka"], "--seals-kafka needs --kafka"],
  [["--auth", "keys"], "--auth keys needs a database that outlives the process"]
]

const said = async (args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await holdfast([...args])
  expect([code, stdout], args.join(" ")).toEqual([2, ""])
  return stderr
}

describe("a server does not start with settings that have no effect", () => {
  it.each(idle)("%j: %s", async (args, words) => {
    expect(await said(["serve", "--memory", "--port", "0", ...args])).toContain(words)
  })
})

describe("the check of an export", () => {
  it("takes no database", async () => {
    const from = ["audit", "verify", "--from", file]
    for (const place of [
      ["--folder", folder],
      ["--database", "postgres://127.0.0.1:9/shop"]
    ]) {
      expect(await said([...from, ...place])).toContain("leave out --database and --folder")
    }
  })
})
