/** Which refusals each command can give, by its tag: what the tests of decisions look up. */
import { refusalsOfAny } from "../../kernel/refusals.ts"
import { type CommandName, commandOperations } from "./commandOperations.ts"
import type { CommandTag } from "./InventoryCommand.ts"
import type { RefusalTag } from "./InventoryError.ts"

type Rows = typeof commandOperations

/** A refusal that the named command can give, beside those that any command can. */
export type RefusalTagOf<Tag extends CommandTag> = {
  [Name in CommandName]: Rows[Name]["command"] extends Tag ? Rows[Name]["refusals"][number] : never
}[CommandName]

/** The refusals of each command, beside those of any. What the sweeper sends is never refused. */
export const refusalsOf = {
  ...Object.fromEntries(
    Object.values(commandOperations).map(({ command, refusals }) => [command, refusals])
  ),
  ExpireReservations: [],
  BreakBundle: []
} as unknown as { readonly [Tag in CommandTag]: ReadonlyArray<RefusalTagOf<Tag>> }

/** Whether a command can give a refusal. */
export const canRefuse = (command: CommandTag, refusal: RefusalTag): boolean =>
  ([...refusalsOfAny, ...refusalsOf[command]] as ReadonlyArray<RefusalTag>).includes(refusal)
