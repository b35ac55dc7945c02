/** What is exported is what the page says, both ways; and where it is exported. */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { declaredInstruments } from "@holdfast/core/metrics"
import { startReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { TestClient } from "../../../grpc/test/calling.ts"
import "../../../grpc/src/index.ts"
import "../../src/serving/server.ts"
import { eventually } from "../eventually.ts"
import { get, post, registerSku, reserve } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { startSink } from "../telemetry/otlpSink.ts"
import { describedIn, documented, scrape, valueOf } from "./exposition.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

/** What needs a Kafka, a folder, certificates, or a backup; tests of their own look at these. */
const elsewhere = [
  "holdfast_backup_age_seconds",
  "holdfast_certificate_expires_seconds",
  "holdfast_consumer_dead_letters_total",
  "holdfast_consumer_lag_events",
  "holdfast_folder_free_bytes"
]

const byName = <A extends { readonly name: string }>(all: ReadonlyArray<A>) =>
  all.toSorted((a, b) => (a.name < b.name ? -1 : 1))

it("the page names every instrument, with its kind, unit and labels, and no other", () => {
  const declared = declaredInstruments().map(({ kind, labels, name, unit = "" }) => ({
    ...{ name, kind, unit },
    labels: labels.toSorted()
  }))
  expect(declared.length).toBeGreaterThan(50)
  expect(byName(documented())).toEqual(byName(declared))
})

describePostgres(18, "a server that shows its metrics", () => {
  it("exports what the page says, over HTTP and to a collector", async () => {
    const { primary, standbys, stop } = await startReplicated()
    const received = createServer((_, response) => response.writeHead(204).end())
    await new Promise<void>((resolve) => received.listen(0, "127.0.0.1", resolve))
    try {
      await using sink = await startSink()
      await using server = await startServer(
        [
          ...["--database", primary.url(), "--metrics-port", "0", "--metrics-interval", "1s"],
          ...["--cache", "memory", "--grpc-port", "0", "--webhook-allow", "private,http"],
          ...["--limit-address-writes", "20/m", "--requests-max", "50"]
        ],
        {
          env: {
            ...sink.env,
            HOLDFAST_DATABASE_REPLICA: standbys[0]?.url() ?? "",
            OTEL_METRICS_EXPORTER: "otlp",
            OTEL_METRIC_EXPORT_INTERVAL: "200"
          }
        }
      )
      const { port } = received.address() as AddressInfo
      await post(server.url, "/api/webhooks", { url: `http://127.0.0.1:${port}/` })
      await registerSku(server.url, "mug", 3)
      for (let n = 0; n < 25; n++) await reserve(server.url, "mug", `order-${n}`)
      for (let n = 0; n < 40; n++) await get(server.url, `/nothing/${n}/here`)
      await get(server.url, "/api/inventory/mug")
      const client = new TestClient(String((server as { readonly grpc?: string }).grpc))
      await client.call("inventory", "stock", { skuIds: ["mug"] })
      client.close()

      const isIn = (name: string, text: string) => text.includes(`# TYPE ${name} `)
      const expected = documented().filter(({ name }) => !elsewhere.includes(name))
      const text = await eventually(async () => {
        const found = await scrape(server)
        const isWhole =
          expected.every(({ name }) => isIn(name, found)) &&
          (valueOf(found, "holdfast_webhook_deliveries_total", { outcome: "delivered" }) ?? 0) > 0
        return isWhole || performance.now() > deadline ? found : undefined
      })
      const exported = describedIn(text)
      expect(byName(exported)).toEqual(
        byName(expected.map(({ kind, labels, name }) => ({ name, kind, labels })))
      )

      const route = "/api/inventory/reservations"
      const count = (status: string, of = route) =>
        valueOf(text, "holdfast_http_requests_total", { route: of, status, method: "POST" })
      // One of the twenty writes made the webhook, and one the SKU.
      expect([count("201"), count("409"), count("429", "unrouted")]).toEqual([3, 15, 7])
      const refused = { operation: "ReserveStock", refusal: "InsufficientStock" }
      expect(valueOf(text, "holdfast_refusals_total", refused)).toBe(15)
      expect(valueOf(text, "holdfast_limits_hit_total", { limit: "address-writes" })).toBe(7)
      const unknown = { route: "unknown", status: "404" }
      expect(valueOf(text, "holdfast_http_requests_total", unknown)).toBe(40)
      expect(valueOf(text, "holdfast_batch_commit_seconds_count", { context: "inventory" })).toBe(
        19
      )
      expect(valueOf(text, "holdfast_replica_used", { replica: "1" })).toBe(1)
      expect(valueOf(text, "holdfast_database_up", { context: "catalog" })).toBe(1)
      // No id, no path and no URL is a label.
      expect(text).not.toMatch(/mug|order-|nothing|127\.0\.0\.1|postgres:\/\//)

      const sent = await eventually(async () => {
        const names = new Set(sink.metrics.map(({ name }) => name as string))
        return expected.every(({ name }) => names.has(name)) ? sink.metrics : undefined
      })
      const wal = sent.findLast(({ name }) => name === "holdfast_database_wal_bytes_total")
      expect(wal).toMatchObject({ unit: "By", sum: { isMonotonic: true } })
      expect(wal.sum.dataPoints).toEqual([expect.objectContaining({ attributes: [] })])
    } finally {
      received.closeAllConnections()
      received.close()
      await stop()
    }
  })
})

/** When a test stops waiting for names, to say which are missing. */
const deadline = performance.now() + 120_000

describe("the port of metrics", () => {
  it("is refused when it is taken, by the name of its flag", async () => {
    await using server = await startServer(["--memory", "--metrics-port", "0"])
    const { metrics } = server as unknown as { readonly metrics: string }
    const taken = new URL(metrics).port
    const args = ["serve", "--memory", "--json", "--port"]
    const { code, stdout } = await holdfast([...args, "0", "--metrics-port", taken])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error).toEqual({
      code: "PortInUse",
      message: `port ${taken} of 127.0.0.1 is in use; stop what listens there, or choose another --metrics-port`
    })
    // Nothing was made in the database of a server that could not come up, whichever port is taken.
    const folder = mkdtempSync(join(tmpdir(), "holdfast-port-"))
    const path = join(folder, "data")
    try {
      for (const flag of ["--metrics-port", "--grpc-port"]) {
        const words = ["serve", "--json", "--folder", path, "--port", "0", flag, taken]
        const refused = await holdfast(words)
        expect(refused.code).toBe(1)
        expect(JSON.parse(refused.stdout).error).toMatchObject({
          code: "PortInUse",
          message: expect.stringContaining(`another ${flag}`)
        })
        expect(existsSync(path)).toBe(false)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    const asked = await holdfast(["health", "--json", "--port", taken])
    expect(asked.code).toBe(1)
    expect(JSON.parse(asked.stdout).error.message).toContain(
      "is --port (or HOLDFAST_PORT) that of its metrics"
    )
    const same = await holdfast([...args, "3999", "--metrics-port", "3999"])
    expect(same.code).toBe(2)
    expect(same.stdout).toContain("--metrics-port must be another port than --port")
    expect((await fetch(new URL("/metrics", server.url))).status).toBe(404)
  })

  it("answers while the database is away, and says so", async () => {
    await using server = await startServer([
      ...["--database", "postgres://nobody:nothing@127.0.0.1:1/none", "--metrics-port", "0"],
      ...["--metrics-interval", "1s"]
    ])
    const text = await eventually(async () => {
      const found = await scrape(server)
      return valueOf(found, "holdfast_readings_failed_total", { reading: "server" }) === 0
        ? undefined
        : found
    })
    expect(valueOf(text, "holdfast_database_up", { context: "inventory" })).toBe(0)
    expect(text).not.toContain("nothing")
  })
})
