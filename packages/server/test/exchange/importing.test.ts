/** What becomes of an import that waited, and that another process went on with meanwhile. */
import { type ImportJob, noCounts, TakenOver } from "@holdfast/core/exchange"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { ExchangeContexts } from "../../src/exchange/ExchangeContexts.ts"
import { importFile } from "../../src/exchange/importing.ts"

it("reads and writes nothing for an import that another process has taken over", async () => {
  const about = { kind: "skus", fingerprint: "f", source: "a file", bytesTotal: 20 } as const
  const at = DateTime.makeUnsafe(0)
  const job: ImportJob = {
    ...{ ...about, ...noCounts, importId: "i", status: "RUNNING", run: 1, bytesDone: 0 },
    ...{ problem: null, createdAt: at, updatedAt: at }
  }
  let looks = 0
  const look = () => {
    looks += 1
    return Effect.succeed([])
  }
  const over = () => Effect.fail(new TakenOver("i"))
  const jobs = { beat: over, checkpoint: over, end: over, failedRecords: () => Effect.succeed([]) }
  const reads = { stock: look, skusByCodes: look }
  const inventory = { jobs, reads, inventory: { execute: look } }
  const contexts = { catalog: { jobs, reads }, inventory } as never
  const file = {
    ...({ source: "a file", form: "csv", bytesTotal: 20, digest: "d" } as const),
    bytes: Stream.succeed(new TextEncoder().encode("code,name\nA,Mug\n")),
    bytesDone: () => 20
  }
  const settings = {
    ...({ kind: "skus", mode: "live", preset: null, shape: undefined } as const),
    ...{ map: new Map(), allowUnknownSkus: false }
  }
  const run = importFile(job, file, settings, () => Effect.void)
  const failure = await Effect.runPromise(
    Effect.flip(Effect.provideService(run, ExchangeContexts, contexts))
  )
  expect(failure).toEqual(new TakenOver("i"))
  expect(looks).toBe(0)
})
