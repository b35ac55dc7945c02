/** Files that commands of the audit log read. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"

/** The lines of a file. */
export const linesOf = (path: string): Effect.Effect<ReadonlyArray<string>, CommandFailure> =>
  Effect.try({
    try: () => readFileSync(path, "utf8").split("\n"),
    catch: (error) => failure("FileUnreadable", `${path}: ${(error as Error).message}`)
  })

/** What was read of a file, or the line that cannot be read. */
export const readOr = <A>(
  path: string,
  read: Result.Result<A, { readonly line: number; readonly message: string }>
): Effect.Effect<A, CommandFailure> =>
  Result.isSuccess(read)
    ? Effect.succeed(read.success)
    : Effect.fail(
        failure("FileInvalid", `${path}: line ${read.failure.line} ${read.failure.message}`)
      )
