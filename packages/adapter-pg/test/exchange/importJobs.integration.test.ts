/** Imports in their tables: begun by several processes at once, and dropped once they are old. */
import { expect, it, vi } from "@effect/vitest"
import { ImportJobs, type ImportOf } from "@holdfast/core/exchange"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerImportJobs, layerMigrations, prune } from "../../src/effect.ts"
import { freshPostgres } from "../engines.ts"

vi.setConfig({ testTimeout: 120_000 })

const of: ImportOf = { kind: "skus", fingerprint: "f".repeat(64), source: "a file", bytesTotal: 20 }

const layer = layerImportJobs({ schema: "inventory" }).pipe(
  Layer.provide(layerMigrations()),
  Layer.provideMerge(freshPostgres())
)

const daysLater = (days: number) =>
  Effect.sync(() => DateTime.makeUnsafe(Date.now() + days * 86_400_000))

const failed = {
  number: 1,
  problems: [{ line: 2, column: "code", columnNumber: 1, code: "InvalidInput", message: "is bad" }]
}

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

  it.live("go with their problems once nothing was heard of them for long, and not before", () =>
    Effect.gen(function* () {
      const jobs = yield* ImportJobs
      const [old, other] = [
        yield* jobs.create(of, undefined),
        yield* jobs.create({ ...of, fingerprint: "g" }, undefined)
      ]
      const counts = { records: 1, created: 0, updated: 0, unchanged: 0, failed: 1 }
      yield* jobs.checkpoint(old, { counts, bytesDone: 20, tried: [1], failed: [failed] })
      yield* jobs.end(old, null)
      const pruned = (days: number, isDryRun = false) =>
        Effect.map(
          prune("inventory", { importsDays: 90 }, { now: daysLater(days), isDryRun }),
          ({ events, imports, months }) => [events, months, imports]
        )
      expect(yield* pruned(89)).toEqual([null, [], 0])
      expect(yield* pruned(91, true)).toEqual([null, [], 2])
      expect((yield* jobs.problems(old.importId, null, 10)).items).toHaveLength(1)
      expect(yield* pruned(91)).toEqual([null, [], 2])
      for (const { importId } of [old, other]) expect(yield* jobs.get(importId)).toBe(undefined)
      expect((yield* jobs.problems(old.importId, null, 10)).items).toEqual([])
      expect(yield* pruned(91)).toEqual([null, [], 0])
      // The file may be brought again: it is read from its beginning.
      expect(yield* jobs.create(of, undefined)).toMatchObject({ run: 1, records: 0 })
    }).pipe(Effect.provide(layer))
  )
})
