/** Files that commands of the audit log read. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import { textIn } from "../../cli/fileTexts.ts"

/** The lines of the file that a flag names. */
export const linesOf = (
  flag: string,
  path: string
): Effect.Effect<ReadonlyArray<string>, CommandFailure> =>
  Effect.mapBoth(textIn(path), {
    onSuccess: (text) => text.split("\n"),
    onFailure: (why) => failure("FileUnreadable", `--${flag} ${path} cannot be read: ${why}`)
  })

/** What was read of the file that a flag names, or the line that cannot be read. */
export const readOr = <A>(
  flag: string,
  path: string,
  read: Result.Result<A, { readonly line: number; readonly message: string }>
): Effect.Effect<A, CommandFailure> =>
  Result.isSuccess(read)
    ? Effect.succeed(read.success)
    : Effect.fail(
        failure(
          "FileInvalid",
          `--${flag} ${path}: line ${read.failure.line} ${read.failure.message}`
        )
      )
