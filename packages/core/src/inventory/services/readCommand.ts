/**
 * The ways to a valid command. `readCommand` takes untrusted parts, `checkCommand` takes parts that
 * are decoded already. Each command they give is remembered, so that it is not checked again.
 */
import { type CheckedCommand, commandChecks } from "../../engine/methods/commandChecks.ts"
import type { PlainIds } from "../../kernel/Identifier.ts"
import {
  type CommandTag,
  InventoryCommand,
  ValidCommand,
  type ValidCommandOf
} from "../messages/InventoryCommand.ts"

const checks = commandChecks<ValidCommand>(InventoryCommand.members, ValidCommand)

/** Reads a command that is executed at once, and so need not be remembered. */
export const readAtOnce = checks.readAtOnce

/** Reads a command of untrusted parts: the command, or every bad field of it. */
export const readCommand = checks.read as {
  <const Input extends { readonly _tag: CommandTag }>(
    input: Input
  ): CheckedCommand<ValidCommandOf<Input["_tag"]>>
  (input: unknown): CheckedCommand<ValidCommand>
}

/** Checks a command whose instants are values, not text. Its ids may be plain texts. */
export const checkCommand = checks.check as <const Input extends PlainIds<InventoryCommand>>(
  command: Input
) => CheckedCommand<ValidCommandOf<Input["_tag"]>>
