/** Processes that begin the import of one file at the same time make one import. */
import { expect, it, vi } from "@effect/vitest"
import { ImportJobs, type ImportOf } from "@holdfast/core/exchange"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerImportJobs, layerMigrations } from "../../src/effect.ts"
import { freshPostgres } from "../engines.ts"

vi.setConfig({ testTimeout: 120_000 })

const of: ImportOf = { kind: "skus", fingerprint: "f".repeat(64), source: "a file", bytesTotal: 20 }

const layer = layerImportJobs({ schema: "inventory" }).pipe(
  Layer.provide(layerMigrations()),
  Layer.provide(freshPostgres())
)

describePostgres(18, "imports that begin at once", () => {
  it.live("are one, which runs as often as it was begun; a repeat is another one", () =>
    Effect.gen(function* () {
      const jobs = yield* ImportJobs
      const begunBy = (count: number, after: string | undefined) =>
        Effect.all(
          Array.from({ length: count }, () => jobs.create(of, after)),
          { concurrency: "unbounded" }
        )
      const begun = yield* begunBy(8, undefined)
      const ids = new Set(begun.map(({ importId }) => importId))
      expect(ids.size).toBe(1)
      const [first = ""] = ids
      expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(begun.map(({ run }) => run).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      expect((yield* jobs.lastOf(of.fingerprint))?.importId).toBe(first)
      // Only the last run of it goes on.
      for (const job of begun) {
        const beat = yield* Effect.result(jobs.beat(job))
        expect([job.run, beat._tag]).toEqual([job.run, job.run === 8 ? "Success" : "Failure"])
      }
      const again = yield* begunBy(3, first)
      const [second = ""] = new Set(again.map(({ importId }) => importId))
      expect([second === first, again.every(({ importId }) => importId === second)]).toEqual([
        false,
        true
      ])
      expect((yield* jobs.lastOf(of.fingerprint))?.importId).toBe(second)
    }).pipe(Effect.provide(layer))
  )
})
