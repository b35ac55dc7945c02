/**
 * The commands as methods: one name for each, the same in the Effect service, the Promise API and
 * the HTTP routes. The table of operations has a row for each.
 */
import type * as Effect from "effect/Effect"
import { tagsOf } from "../../engine/methods/commandChecks.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type CommandName, commandOperations } from "../messages/commandOperations.ts"
import type { AnswerOf } from "../messages/InventoryAnswer.ts"
import type { CommandTag, InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"

/** The name of a method. */
export type MethodName = CommandName

/** The command behind each method. */
export const methodTags = tagsOf(commandOperations)

/** What a method takes: the command without its tag, instants as ISO 8601 text. */
export type InputOf<Tag extends CommandTag> = Omit<
  Extract<typeof InventoryCommand.Encoded, { readonly _tag: Tag }>,
  "_tag"
>

/** The methods of the inventory; each validates its input, executes the command and gives its answer. */
export type InventoryMethods = {
  readonly [Name in MethodName]: (
    input: InputOf<(typeof methodTags)[Name]>,
    options?: RequestOptions
  ) => Effect.Effect<AnswerOf<(typeof methodTags)[Name]>, InventoryRefusal | StoreError>
}
