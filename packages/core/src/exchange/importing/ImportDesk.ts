/**
 * PORT. Takes files to be imported, and works on them beside everything else: who brings a file gets
 * an import to ask after. What the process had in hand when it stopped is reported as interrupted,
 * and goes on when the same file is brought again.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { FileForm } from "../readRecords.ts"
import type { RecordKind } from "../records/kinds.ts"
import type { ImportJob, ImportProblem } from "./ImportJobs.ts"

/** How a file that is brought is to be imported. */
export interface ImportAsked {
  readonly kind: RecordKind
  readonly form: FileForm
  readonly source: string
  readonly map: ReadonlyArray<string>
  readonly preset: string | undefined
  readonly currency: string | undefined
  readonly dryRun: boolean
  readonly allOrNothing: boolean
  readonly allowUnknownSkus: boolean
  readonly again: boolean
}

/** The file is larger than may be brought. */
export class FileTooLarge {
  readonly _tag = "FileTooLarge"
  readonly bytesMax: number
  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }
}

/** Takes files to be imported. */
export class ImportDesk extends Context.Service<
  ImportDesk,
  {
    /** Takes a file whole, then works on it; answers with its import, new or known. */
    readonly accept: (
      asked: ImportAsked,
      bytes: Stream.Stream<Uint8Array, unknown>
    ) => Effect.Effect<ImportJob, StoreError | InvalidInput | FileTooLarge>
    readonly get: (importId: string) => Effect.Effect<ImportJob | undefined, StoreError>
    /** The problems of an import, in the order of its file. */
    readonly problems: (job: ImportJob) => Stream.Stream<ImportProblem, StoreError>
  }
>()("@holdfast/core/exchange/ImportDesk") {}
