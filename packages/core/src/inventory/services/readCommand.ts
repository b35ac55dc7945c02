/**
 * The ways to a valid command. `readCommand` takes untrusted parts, `checkCommand` takes parts that
 * are decoded already. Each command they give is remembered, so that it is not checked again.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { commandReader, type ReadCommand } from "../../engine/commandService.ts"
import type { PlainIds } from "../../kernel/Identifier.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import {
  type CommandTag,
  InventoryCommand,
  ValidCommand,
  type ValidCommandOf
} from "../messages/InventoryCommand.ts"

const remembered = new WeakSet<object>()

const remember = <Read extends Result.Result<ValidCommand, InvalidInput.InvalidInput>>(
  read: Read
): Read => {
  if (Result.isSuccess(read)) remembered.add(read.success)
  return read
}

/** Reads a command that is executed at once, and so need not be remembered. */
export const readAtOnce: ReadCommand<ValidCommand> = commandReader(InventoryCommand.members)
const check = InvalidInput.reader(Schema.toType(ValidCommand))

/** Reads a command of untrusted parts: the command, or every bad field of it. */
export const readCommand: {
  <const Input extends { readonly _tag: CommandTag }>(
    input: Input
  ): Result.Result<ValidCommandOf<Input["_tag"]>, InvalidInput.InvalidInput>
  (input: unknown): Result.Result<ValidCommand, InvalidInput.InvalidInput>
} = (input: unknown): Result.Result<never, InvalidInput.InvalidInput> =>
  remember(readAtOnce(input)) as Result.Result<never, InvalidInput.InvalidInput>

/** Checks a command whose instants are values, not text. Its ids may be plain texts. */
export const checkCommand = <const Input extends PlainIds<InventoryCommand>>(
  command: Input
): Result.Result<ValidCommandOf<Input["_tag"]>, InvalidInput.InvalidInput> => {
  type Checked = Result.Result<ValidCommandOf<Input["_tag"]>, InvalidInput.InvalidInput>
  return (remembered.has(command) ? Result.succeed(command) : remember(check(command))) as Checked
}
