/** A short absence of the broker; `pnpm drill away` has a long one, under more writes. */
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { brokerAway, lineOf } from "./brokerAway.ts"

vi.setConfig({ testTimeout: 180_000 })

describePostgres(18, "a server with --kafka", () => {
  describeKafka("whose broker is away while writes go on", () => {
    it.each(["platformatic", "kafkajs"] as const)(
      "fails no write, stays ready, and publishes every event afterwards (%s)",
      async (client) => {
        const options = { client, awaySeconds: 2, writesPerSecond: 100 }
        const report = await brokerAway(options)
        console.log(lineOf(options, report))
        expect(Object.fromEntries(report.failures)).toEqual({})
        expect(report.readyAsked).toBeGreaterThan(0)
        expect(report).toMatchObject({ readyRefused: 0, lost: 0, outOfOrder: 0 })
        expect(report.readBack).toBe(report.produced + report.twice)
        expect(report.backlog).toBeGreaterThan(0)
      }
    )
  })
})
