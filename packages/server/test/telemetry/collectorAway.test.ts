/** A collector that is away, silent or full: what it misses is dropped and counted, and nobody waits. */
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { get, inParallel } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"
import { startSink } from "./otlpSink.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

it("answers requests while the collector is silent, and says at its end what was dropped", async () => {
  await using sink = await startSink()
  sink.become("silent")
  await using server = await startServer(["--memory"], {
    env: {
      ...sink.env,
      OTEL_LOGS_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
      OTEL_BSP_MAX_QUEUE_SIZE: "50",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10"
    }
  })
  const answers = await inParallel(
    Array.from({ length: 300 }, (_, n) => n),
    20,
    () => get(server.url, "/api/skus")
  )
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  // One export is under way at a time, however many spans wait.
  expect(sink.requests()).toBeLessThan(20)
  await server.logs("the collector takes nothing")
  expect((await server.stop()).code).toBe(0)
  const [, dropped] = /not everything reached the collector.*"dropped":(\d+)/.exec(server.log()) ?? []
  expect(Number(dropped)).toBe(300)
})

it("sends again once a collector that was too busy takes it", async () => {
  await using sink = await startSink()
  sink.become("refuse")
  await using server = await startServer(["--memory"], {
    env: { ...sink.env, OTEL_LOGS_EXPORTER: "none", OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary%20key" }
  })
  await get(server.url, "/api/skus")
  await server.logs("the collector takes nothing")
  sink.become("answer")
  await server.logs("the collector takes what is sent again")
  await eventually(async () => sink.spans.find(({ name }) => name === "GET /api/skus"))
  expect(sink.headers[0]?.["api-key"]).toBe("canary key")
  expect(server.log()).not.toContain("canary key")
})

it("starts without what it cannot read, and says so", async () => {
  await using server = await startServer(["--memory"], {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318",
      OTEL_TRACES_SAMPLER: "sometimes",
      OTEL_TRACES_SAMPLER_ARG: "2"
    }
  })
  await server.logs("OTEL_TRACES_SAMPLER must be one of")
  await server.logs("OTEL_EXPORTER_OTLP_ENDPOINT must be an address")
  expect((await get(server.url, "/api/skus")).status).toBe(200)
})
