/**
 * The ways to a valid command of a context. `read` takes untrusted parts, `check` takes parts that
 * are decoded already. Each command they give is remembered, so that it is not checked again.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import { commandReader, type ReadCommand } from "../commandService.ts"

/** A valid command, or every bad field of what was given. */
export type CheckedCommand<Valid> = Result.Result<Valid, InvalidInput.InvalidInput>

/** The ways to a valid command of one context. */
export interface CommandChecks<Valid> {
  /** Reads a command that is executed at once, and so need not be remembered. */
  readonly readAtOnce: ReadCommand<Valid>
  /** Reads a command of untrusted parts: the command, or every bad field of it. */
  readonly read: ReadCommand<Valid>
  /** Checks a command whose instants are values, not text. */
  readonly check: (command: object) => CheckedCommand<Valid>
}

/** The checks of the commands of a union; `valid` is the schema of any valid command. */
export const commandChecks = <Valid extends object>(
  members: Parameters<typeof commandReader>[0],
  valid: Schema.Top
): CommandChecks<Valid> => {
  const remembered = new WeakSet<object>()
  const remember = (checked: CheckedCommand<Valid>): CheckedCommand<Valid> => {
    if (Result.isSuccess(checked)) remembered.add(checked.success)
    return checked
  }
  const readAtOnce = commandReader<Valid>(members)
  const checkFields = InvalidInput.reader(
    Schema.toType(valid) as unknown as Schema.Codec<Valid, unknown>
  )
  return {
    readAtOnce,
    read: (input) => remember(readAtOnce(input)),
    check: (command) =>
      remembered.has(command) ? Result.succeed(command as Valid) : remember(checkFields(command))
  }
}

/** The command behind each method, by the rows of a table of operations. */
export const tagsOf = <Rows extends { readonly [name: string]: { readonly command: string } }>(
  rows: Rows
): { readonly [Name in keyof Rows]: Rows[Name]["command"] } =>
  Object.fromEntries(Object.entries(rows).map(([name, { command }]) => [name, command])) as {
    readonly [Name in keyof Rows]: Rows[Name]["command"]
  }
