import { mkdtempSync, rmSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { diskCheck, relayCheck } from "../../src/serving/health/healthChecks.ts"
import { holdfast } from "../ServerProcess.ts"
import { startSink } from "../telemetry/otlpSink.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const canary = "c4nary-w0rd"

describe("holdfast info", () => {
  it("shows what is in force and which releases run, and no secret", async () => {
    const env = {
      HOLDFAST_DATABASE: `postgres://shop:${canary}@db.example:5432/shop`,
      HOLDFAST_REDIS: `redis://:${canary}@redis.example:6379`,
      HOLDFAST_LANES: "5",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${canary}@collector.example:4318`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${canary}`,
      OTEL_TRACES_SAMPLER: "sometimes"
    }
    const { code, stderr, stdout } = await holdfast(
      [
        "info",
        "--json",
        "--metrics-port",
        "9464",
        "--seals-url",
        `https://a:${canary}@seals.example/`
      ],
      { env }
    )
    expect(stderr).toBe("")
    expect(code).toBe(0)
    expect(stdout).not.toContain(canary)
    const shown = JSON.parse(stdout)
    expect(shown.versions).toMatchObject({
      holdfast: expect.stringMatching(/^\d/),
      node: process.version
    })
    expect(shown.database).toBe("PostgreSQL at db.example:5432/shop")
    expect(shown.settings).toMatchObject({ "metrics-port": 9464, lanes: 5, port: 3000 })
    expect(shown.settings.database).toBe("(secret)")
    expect(shown.variables["OTEL_EXPORTER_OTLP_HEADERS"]).toBe("(secret)")
    expect(shown.telemetry.metrics).toContain("collector.example:4318/v1/metrics")
    expect(shown.warnings.join()).toContain("OTEL_TRACES_SAMPLER")
    const words = await holdfast(["info"], { env })
    expect(words.code).toBe(0)
    expect(words.stdout).not.toContain(canary)
    expect(words.stdout).toMatch(/^ {2}lanes +5$/m)
    expect(words.stdout).toMatch(/^ {2}metrics-port +-$/m)
    expect(words.stdout).not.toContain("null")
  })

  it("calls each setting as the help of serve does", async () => {
    const { stdout } = await holdfast(["info", "--json"])
    const help = await holdfast(["serve", "--help"])
    const flags = [...help.stdout.matchAll(/^ {2}--([\w-]+) /gm)].map(([, name]) => name)
    const ofEach = new Set(["json", "help", "version", "completions"])
    expect(flags).toContain("limit-carts")
    expect(Object.keys(JSON.parse(stdout).settings)).toEqual(
      flags.filter((name) => !ofEach.has(name ?? "")).toSorted()
    )
  })

  it("refuses a setting that cannot be read", async () => {
    const { code, stdout } = await holdfast(["info", "--json"], { env: { HOLDFAST_LANES: "many" } })
    expect(code).toBe(2)
    expect(stdout).toContain("HOLDFAST_LANES must be")
  })
})

/** A port where nobody listens. */
const freePort = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe("holdfast doctor", () => {
  it("looks at the disk, and at the collector", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-doctor-"))
    try {
      const place = ["--folder", join(folder, "data")]
      await holdfast(["migrate", ...place])
      await using sink = await startSink()
      const doctor = async (env: Readonly<Record<string, string>>) => {
        const { code, stdout } = await holdfast(["doctor", "--json", ...place], { env })
        return { code, checks: JSON.parse(stdout).checks as ReadonlyArray<Record<string, string>> }
      }
      const well = await doctor(sink.env)
      expect(well.code).toBe(0)
      expect(well.checks).toContainEqual(
        expect.objectContaining({ name: "disk", found: expect.stringMatching(/MiB are free$/) })
      )
      expect(well.checks).toContainEqual({
        ...{ name: "telemetry", status: "ok", next: "" },
        found: `the collector at ${sink.url} answers`
      })
      const url = `http://127.0.0.1:${await freePort()}`
      const away = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER: "some" })
      const telemetry = away.checks.filter(({ name }) => name === "telemetry")
      expect(telemetry).toEqual([
        expect.objectContaining({ status: "warn", found: expect.stringContaining("SAMPLER") }),
        expect.objectContaining({
          status: "warn",
          found: `the collector at ${url} does not answer: ECONNREFUSED`
        })
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe("checks of a server", () => {
  it.each([
    [10 * 1_048_576, "fail", "10 MiB are free"],
    [500 * 1_048_576, "warn", "500 MiB are free"],
    [5_000 * 1_048_576, "ok", "5,000 MiB are free"]
  ])("%d free bytes are %s", (bytes, status, found) => {
    expect(diskCheck(bytes)).toEqual({ name: "disk", status, found })
  })

  it("a relay that is stuck is a warning, and one that stands by is well", () => {
    const of = (state: Parameters<typeof relayCheck>[1]["state"], problem: string | null = null) =>
      relayCheck("inventory", { state, position: 7, problem })
    expect(of("MOVING")).toMatchObject({ status: "ok", found: "has moved events up to position 7" })
    expect(of("STANDING_BY").status).toBe("ok")
    expect(of("RETRYING", "no broker answers")).toEqual({
      ...{ name: "relay of inventory", status: "warn" },
      found: "is trying again: no broker answers"
    })
    expect(of("STOPPED", "the log was restored").status).toBe("warn")
  })
})
