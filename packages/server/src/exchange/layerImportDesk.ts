/**
 * The import desk of a server: it takes a file into a folder for temporary files, keeps the import
 * in the database, and works on one file at a time. What it has in hand when the server stops is
 * marked, and goes on when the file is brought again.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  aliveMillis,
  type ImportAsked,
  ImportDesk,
  type ImportJob,
  type ImportProblem,
  type ProblemPlace
} from "@holdfast/core/exchange"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { ExchangeContexts, jobsOf } from "./ExchangeContexts.ts"
import { fileAt } from "./InputFile.ts"
import { beginImport, type ImportSettings, importFile, lastImportOf } from "./importing.ts"
import { settingsOf } from "./presets.ts"
import { keeping, takenInto } from "./takenInto.ts"

const problemsOfPage = 500

const invalid = (path: string, message: string) => ({
  _tag: "InvalidInput" as const,
  issues: [{ path, message }]
})

const modeOf = ({ allOrNothing, dryRun }: ImportAsked) =>
  dryRun ? "trial" : allOrNothing ? "together" : "live"

const readSettings = (asked: ImportAsked) => {
  const { allowUnknownSkus } = asked
  const settings = settingsOf(asked, { mode: modeOf(asked), allowUnknownSkus })
  return Result.isSuccess(settings)
    ? Effect.succeed(settings.success)
    : Effect.fail(invalid(settings.failure.name, settings.failure.message))
}

/** How the desk of a server is set. */
export interface ImportDeskOptions {
  /** The largest file that may be brought. */
  readonly bytesMax: number
}

/** The desk over both contexts. */
export const layerImportDesk = ({
  bytesMax
}: ImportDeskOptions): Layer.Layer<ImportDesk, never, ExchangeContexts> =>
  Layer.effect(
    ImportDesk,
    Effect.gen(function* () {
      const contexts = yield* ExchangeContexts
      const scope = yield* Effect.scope
      const oneAtATime = Semaphore.makeUnsafe(1)
      const oneBeginning = Semaphore.makeUnsafe(1)
      const inContexts = Effect.provideService(ExchangeContexts, contexts)

      /** Works on a file in a fiber of the server, and deletes it. */
      const work = (
        job: ImportJob,
        file: Parameters<typeof importFile>[1],
        settings: ImportSettings,
        folder: string
      ) => {
        const jobs = jobsOf(contexts, settings.kind)
        const alive = Effect.forever(
          Effect.andThen(Effect.sleep(aliveMillis / 3), Effect.ignore(jobs.beat(job)))
        )
        const run = oneAtATime.withPermits(1)(
          inContexts(importFile(job, file, settings, () => Effect.void))
        )
        return Effect.interruptible(Effect.raceFirst(run, alive)).pipe(
          Effect.catch((error) =>
            Effect.annotateLogs(Effect.logWarning(`an import stopped: ${error.message}`), {
              importId: job.importId
            })
          ),
          Effect.ensuring(Effect.promise(() => rm(folder, { recursive: true, force: true }))),
          Effect.forkIn(scope)
        )
      }

      const accept: ImportDesk["Service"]["accept"] = (asked, bytes) =>
        Effect.gen(function* () {
          const settings = yield* readSettings(asked)
          const folder = yield* keeping(() => mkdtemp(join(tmpdir(), "holdfast-import-")))
          const remove = Effect.promise(() => rm(folder, { recursive: true, force: true }))
          return yield* Effect.gen(function* () {
            const path = join(folder, "body")
            const { digest, size } = yield* takenInto(path, bytesMax, bytes)
            const { form, source } = asked
            const file = fileAt({ path, source, form, bytesTotal: size, digest })
            // Who brings the same file at the same time gets the import of the first. A fiber that
            // works on the file must not lose it because its caller has hung up.
            return yield* Effect.uninterruptible(
              oneBeginning.withPermits(1)(
                Effect.gen(function* () {
                  const last = yield* inContexts(lastImportOf(file, settings))
                  const isDone =
                    last?.status === "RUNNING" || (last?.status === "FINISHED" && last.failed === 0)
                  if (last !== undefined && isDone && !asked.again && !asked.dryRun) {
                    yield* remove
                    return last
                  }
                  const isAgain = asked.again || asked.dryRun
                  const job = yield* inContexts(beginImport(file, settings, isAgain))
                  yield* work(job, file, settings, folder)
                  return job
                })
              )
            )
          }).pipe(Effect.onError(() => remove))
        })

      const both = [contexts.catalog.jobs, contexts.inventory.jobs]
      const get: ImportDesk["Service"]["get"] = (importId) =>
        Effect.map(
          Effect.forEach(both, (jobs) => jobs.get(importId)),
          (found) => found.find((job) => job !== undefined)
        )
      const problems = (job: ImportJob): Stream.Stream<ImportProblem, StoreError> =>
        Stream.paginate(null as ProblemPlace | null, (after) =>
          Effect.map(
            jobsOf(contexts, job.kind).problems(job.importId, after, problemsOfPage),
            ({ items, last }) =>
              [
                items,
                items.length < problemsOfPage ? Option.none() : Option.fromNullOr(last)
              ] as const
          )
        )
      return ImportDesk.of({ accept, get, problems })
    })
  )
