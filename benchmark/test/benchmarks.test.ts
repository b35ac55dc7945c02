/** Runs each benchmark for a few operations, so that none of them rots between two real runs. */
import { findPgbench, whyNoKafka, whyNoRedis } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Bench } from "../src/Bench.ts"
import { benchmarks } from "../src/benchmarks/benchmarks.ts"
import { makeDatabases } from "../src/database.ts"
import { isMet } from "../src/Report.ts"

const race = { warmUps: 0, rounds: 1, budget: { operations: 64 } }

describePostgres(18, "each benchmark measures all of its contenders", () => {
  const scope = Scope.makeUnsafe()
  let bench: Bench

  beforeAll(async () => {
    const databases = await Effect.runPromise(
      Effect.provideService(makeDatabases({ skuCount: 20, durable: false }), Scope.Scope, scope)
    )
    bench = {
      race,
      databases: Effect.succeed(databases),
      pgbench: findPgbench(),
      large: { skus: 100, reservations: 500 },
      auditGrown: 20_000,
      catalog: { products: 300, grown: 600, cached: 120 }
    }
  })

  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  for (const { name, run } of benchmarks) {
    const noKafka = ["kafka", "relay", "backlog"].includes(name) ? whyNoKafka() : undefined
    const reason = ["redis", "caching"].includes(name) ? whyNoRedis() : noKafka
    const title = reason === undefined ? name : `${name} — ${reason}`
    it.skipIf(reason !== undefined)(title, { timeout: 120_000 }, async () => {
      const report = await Effect.runPromise(Effect.scoped(run(bench)))
      expect(report.name).toBe(name)
      expect(report.rows.length).toBeGreaterThan(1)
      for (const row of report.rows) {
        // A start is one thing that takes long; all else is done again and again.
        const figures = row.name.startsWith("start of ")
          ? [row.p50Micros, row.megabytes]
          : [row.perSecond]
        for (const figure of figures) expect(figure, row.name).toBeGreaterThan(0)
      }
      if (bench.pgbench !== undefined) {
        expect(report.aims.filter((aim) => isMet(aim) === undefined)).toEqual([])
      }
    })
  }
})
