/** What an import is going to do with a record, and how it does it. */
import type * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type Problem, problemAt, type ReadRecord } from "../records/FileRecord.ts"
import type { RecordKind } from "../records/kinds.ts"

/** What became of a record. */
export type Verdict = "created" | "updated" | "unchanged"

/**
 * What is to be done with a record: its commands, all or none of them, and what their answers mean;
 * or what is wrong with it already. Without commands it is as the file has it.
 */
export type Plan<Command, Answer> =
  | {
      readonly _tag: "Do"
      readonly commands: ReadonlyArray<Command>
      readonly verdict: (answers: ReadonlyArray<Answer>) => Verdict
      /** The field to which a refusal belongs. */
      readonly pathOf: (refusal: Refused) => string
      /** Whether a refusal says that what the plan was made over has changed since. */
      readonly isStale?: (refusal: Refused) => boolean
      readonly key?: string | undefined
    }
  | { readonly _tag: "Wrong"; readonly problems: ReadonlyArray<Problem> }

/** A refusal, whatever its context. */
export interface Refused {
  readonly _tag: string
}

/** How the commands of a record ended. */
export type Done<Answer, Refusal> =
  | { readonly _tag: "Answered"; readonly answers: ReadonlyArray<Answer> }
  | { readonly _tag: "Refused"; readonly refusal: Refusal }

/** The commands of one record. */
export interface Commands<Command> {
  readonly commands: ReadonlyArray<Command>
  readonly key?: string | undefined
}

/**
 * Runs the commands of records; the records are in the order of the file. `isWhole` says whether no
 * record of the part was bad before.
 */
export interface Writer<Command, Answer, Refusal> {
  readonly write: (
    records: ReadonlyArray<Commands<Command>>,
    isWhole: boolean
  ) => Effect.Effect<ReadonlyArray<Done<Answer, Refusal>>, StoreError>
}

/** A plan of one wrong field. */
export const wrongAt = <Kind extends RecordKind>(
  record: ReadRecord<Kind>,
  path: string,
  code: string,
  message: string
): { readonly _tag: "Wrong"; readonly problems: ReadonlyArray<Problem> } => ({
  _tag: "Wrong",
  problems: [problemAt(record.placeOf(path), code, message)]
})
