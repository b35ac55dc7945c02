/**
 * Compares the refusals that tests see with the table of operations. A refusal that is not in the
 * row of its command is a defect of the test that saw it.
 */
import type { CommandTag } from "../../catalog/messages/CatalogCommand.ts"
import type { CatalogRefusal, RefusalTag } from "../../catalog/messages/CatalogError.ts"
import { commandOperations } from "../../catalog/messages/commandOperations.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { methodTags } from "../../catalog/services/catalogMethods.ts"
import { refusalsOfAny } from "../../kernel/refusals.ts"
import { heldTo } from "../heldTo.ts"

/** The refusals of the row of each command, beside those of any. */
export const refusalsOf = Object.fromEntries(
  Object.values(commandOperations).map(({ command, refusals }) => [command, refusals])
) as unknown as { readonly [Tag in CommandTag]: ReadonlyArray<RefusalTag> }

/** Throws when a command gave a refusal that its row in the table does not have. */
export const mustBeInRow = (command: CommandTag, refusal: CatalogRefusal): void => {
  const row: ReadonlyArray<RefusalTag> = [...refusalsOfAny, ...refusalsOf[command]]
  if (row.includes(refusal._tag)) return
  throw new Error(`${command} was refused with ${refusal._tag}, which is not in its row`)
}

/** An engine whose every refusal must be in the row of its command. */
export const heldToTable = (catalog: Catalog["Service"]): Catalog["Service"] =>
  Catalog.of(heldTo(catalog, methodTags, mustBeInRow) as Catalog["Service"])
