/** What the desk does when two bring the same file at the same time. */
import { ImportDesk, type ImportJob, type ImportOf, noCounts } from "@holdfast/core/exchange"
import { StoreError } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { ExchangeContexts } from "../../src/exchange/ExchangeContexts.ts"
import { layerImportDesk } from "../../src/exchange/layerImportDesk.ts"

/** Imports of which each look takes until another one has begun, or could have. */
const slowJobs = () => {
  const made: Array<ImportJob> = []
  let looks = 0
  const turns = async () => {
    const mine = ++looks
    for (let turn = 0; turn < 2_000 && looks === mine; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const create = (of: ImportOf) =>
    Effect.sync(() => {
      const at = DateTime.makeUnsafe(0)
      const importId = `import ${made.length + 1}`
      const job: ImportJob = {
        ...{ ...of, ...noCounts, importId, status: "RUNNING", run: 1, bytesDone: 0 },
        ...{ problem: null, createdAt: at, updatedAt: at }
      }
      made.push(job)
      return job
    })
  const lastOf = (fingerprint: string) =>
    Effect.suspend(() => {
      const last = made.findLast((job) => job.fingerprint === fingerprint)
      return Effect.as(Effect.promise(turns), last)
    })
  const failedRecords = () =>
    Effect.fail(new StoreError({ reason: "Unavailable", message: "nothing is imported here" }))
  const kept = () => Effect.void
  return { made, jobs: { create, lastOf, failedRecords, beat: kept, end: kept } }
}

it("gives two who bring the same file at the same time one import", async () => {
  const { jobs, made } = slowJobs()
  const contexts = { catalog: { jobs }, inventory: { jobs } } as never
  const desk = Layer.provide(
    layerImportDesk({ bytesMax: 1_000 }),
    Layer.succeed(ExchangeContexts, contexts)
  )
  const asked = {
    ...({ kind: "skus", form: "csv", source: "a file", map: [] } as const),
    ...{ preset: undefined, currency: undefined, dryRun: false, allOrNothing: false },
    ...{ allowUnknownSkus: false, again: false }
  }
  const bring = Effect.flatMap(ImportDesk, ({ accept }) =>
    accept(asked, Stream.succeed(new TextEncoder().encode("code,name\nA,Mug\n")))
  )
  const both = Effect.all([bring, bring], { concurrency: "unbounded" })
  const taken = await Effect.runPromise(Effect.provide(both, desk))
  expect(taken.map(({ importId }) => importId)).toEqual(["import 1", "import 1"])
  expect(made).toHaveLength(1)
})
