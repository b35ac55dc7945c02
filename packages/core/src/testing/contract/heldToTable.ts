/**
 * Compares the refusals that tests see with the table of refusals. A refusal that is not in the row
 * of its command is a defect of the test that saw it.
 */
import type { CommandTag } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import { canRefuse } from "../../inventory/messages/operations.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import { methodTags } from "../../inventory/services/inventoryMethods.ts"
import { heldTo } from "../heldTo.ts"

/** Throws when a command gave a refusal that its row in the table does not have. */
export const mustBeInRow = (command: CommandTag, refusal: InventoryRefusal): void => {
  if (canRefuse(command, refusal._tag)) return
  throw new Error(`${command} was refused with ${refusal._tag}, which is not in its row`)
}

/** An engine whose every refusal must be in the row of its command. */
export const heldToTable = (inventory: Inventory["Service"]): Inventory["Service"] =>
  Inventory.of({
    ...inventory,
    ...(heldTo(inventory, methodTags, mustBeInRow) as Inventory["Service"])
  })
