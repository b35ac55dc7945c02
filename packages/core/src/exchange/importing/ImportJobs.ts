/**
 * PORT. Where imports are kept: what each was of, how far it is, and which rows were bad. An import
 * that is run again goes on from there. It is kept in the database that it writes to, so that one
 * backup holds both.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { Problem } from "../records/FileRecord.ts"
import type { RecordKind } from "../records/kinds.ts"

/** How many records an import has decided, and what became of them. */
export interface ImportCounts {
  readonly records: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: number
}

/** The counts of an import that has not begun. */
export const noCounts: ImportCounts = {
  records: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  failed: 0
}

/** What an import is of. Two with the same `fingerprint` are of the same file, read the same way. */
export interface ImportOf {
  readonly kind: RecordKind
  readonly fingerprint: string
  /** What people call the file. */
  readonly source: string
  readonly bytesTotal: number
}

/**
 * An import. RUNNING: a process is at work on it. INTERRUPTED: the process is gone; the same file
 * sent again goes on. STOPPED: it could not go on, and `problem` says why; the same file sent again
 * goes on. FINISHED: every record was decided.
 */
export interface ImportJob extends ImportOf, ImportCounts {
  readonly importId: string
  readonly status: "RUNNING" | "INTERRUPTED" | "STOPPED" | "FINISHED"
  /** Counts the times that it was run. A run that is no longer the last one may write no more. */
  readonly run: number
  readonly bytesDone: number
  readonly problem: string | null
  readonly createdAt: DateTime.Utc
  readonly updatedAt: DateTime.Utc
}

/** A bad record, with all that is wrong with it. */
export interface FailedRecord {
  readonly number: number
  readonly problems: ReadonlyArray<Problem>
}

/** One problem of an import, with its record. */
export interface ImportProblem extends Problem {
  readonly record: number
}

/** How far an import got: everything before `counts.records` is decided. */
export interface Checkpoint {
  readonly counts: ImportCounts
  readonly bytesDone: number
  /** Records that were tried; their earlier problems are gone. */
  readonly tried: ReadonlyArray<number>
  readonly failed: ReadonlyArray<FailedRecord>
}

/** Another process runs the import now, so this one must stop. */
export class TakenOver {
  readonly _tag = "TakenOver"
  readonly importId: string
  constructor(importId: string) {
    this.importId = importId
  }
  /** What it says to a person. */
  get message(): string {
    return `another process has taken over the import ${this.importId}; this one stops`
  }
}

/** Where a page of problems ended. */
export interface ProblemPlace {
  readonly record: number
  readonly part: number
}

/** The imports of one context. */
export class ImportJobs extends Context.Service<
  ImportJobs,
  {
    /** The last import with a fingerprint. */
    readonly lastOf: (fingerprint: string) => Effect.Effect<ImportJob | undefined, StoreError>
    readonly get: (importId: string) => Effect.Effect<ImportJob | undefined, StoreError>
    /**
     * Makes an import, at its first run, after the last one with its fingerprint (`after` is that one's
     * id). Of two that make it at once, one makes it, and the other runs it again.
     */
    readonly create: (
      of: ImportOf,
      after: string | undefined
    ) => Effect.Effect<ImportJob, StoreError>
    /** Begins another run; the one before it may write no more. */
    readonly resume: (importId: string) => Effect.Effect<ImportJob, StoreError>
    /** Keeps how far a run got, in one transaction, and says that its process is alive. */
    readonly checkpoint: (
      job: Pick<ImportJob, "importId" | "run">,
      checkpoint: Checkpoint
    ) => Effect.Effect<void, StoreError | TakenOver>
    /** Says that the process of a run is alive. */
    readonly beat: (
      job: Pick<ImportJob, "importId" | "run">
    ) => Effect.Effect<void, StoreError | TakenOver>
    /** Ends a run: FINISHED, or with a problem STOPPED. */
    readonly end: (
      job: Pick<ImportJob, "importId" | "run">,
      problem: string | null
    ) => Effect.Effect<void, StoreError | TakenOver>
    /** The numbers of the bad records, in order. */
    readonly failedRecords: (importId: string) => Effect.Effect<ReadonlyArray<number>, StoreError>
    /** A page of problems, in the order of the file, with its last place. */
    readonly problems: (
      importId: string,
      after: ProblemPlace | null,
      limit: number
    ) => Effect.Effect<
      { readonly items: ReadonlyArray<ImportProblem>; readonly last: ProblemPlace | null },
      StoreError
    >
  }
>()("@holdfast/core/exchange/ImportJobs") {}

/** After how long without a sign of life an import counts as interrupted, in milliseconds. */
export const aliveMillis = 15_000
