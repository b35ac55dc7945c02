/**
 * The decision: a book and a command give events and an answer, or a refusal. Pure: it reads no
 * clock and draws no random number, and the book is never changed. One small function a command; one
 * switch, here.
 */
import * as Result from "effect/Result"
import type { Origin } from "../../kernel/DomainEvent.ts"
import type { CatalogAnswer } from "../messages/CatalogAnswer.ts"
import type { CatalogCommand } from "../messages/CatalogCommand.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import type { CatalogEvent } from "../messages/CatalogEvent.ts"
import type { CatalogBook } from "../state/CatalogBook.ts"
import { createAttribute, deleteAttribute, updateAttribute } from "./attributes.ts"
import { createCategory, deleteCategory, moveCategory, updateCategory } from "./categories.ts"
import { Draft, type InventoryWord } from "./Draft.ts"
import { followStock } from "./followStock.ts"
import type { Decided } from "./lookups.ts"
import type { OpenBook } from "./OpenBook.ts"
import { addOption, removeOption, setSkuMappings, updateOption } from "./options.ts"
import {
  activateProduct,
  createProduct,
  deactivateProduct,
  deleteProduct,
  discontinueProduct,
  duplicateProduct,
  setCategories,
  setImages,
  updateProduct
} from "./products.ts"
import { violationOf } from "./rules.ts"

/** The result of a command: the events that happened, and the answer for its caller. */
export interface Decision {
  readonly events: ReadonlyArray<CatalogEvent>
  readonly answer: CatalogAnswer
  /** The book that it was decided over, with these events in it. */
  readonly book: OpenBook
}

/** Decides one command over a book. `origin.commandId` is where derived ids come from. */
export const decide = (
  book: CatalogBook,
  command: CatalogCommand,
  origin: Origin,
  word: InventoryWord
): Result.Result<Decision, CatalogRefusal> => {
  const draft = new Draft(book, origin, word)
  return Result.map(decideCommand(draft, command), (answer) => {
    assertInvariants(draft, command)
    return { events: draft.events, answer, book: draft }
  })
}

/**
 * A decision that breaks an invariant: a bug of the engine. The engine throws it, so it is the
 * defect of one command, and nothing of that command is written.
 */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant"
}

/** Checks the rules of every product that a decision changed. */
const assertInvariants = (draft: Draft, command: CatalogCommand): void => {
  for (const [id, product] of draft.products) {
    const violation = product === undefined ? undefined : violationOf(product)
    if (violation === undefined) continue
    throw new BrokenInvariant(`${violation._tag} of ${id}; decided ${JSON.stringify(command)}`)
  }
}

const decideCommand = (draft: Draft, command: CatalogCommand): Decided<CatalogAnswer> => {
  switch (command._tag) {
    case "CreateProduct":
      return createProduct(draft, command)
    case "UpdateProduct":
      return updateProduct(draft, command)
    case "DuplicateProduct":
      return duplicateProduct(draft, command)
    case "ActivateProduct":
      return activateProduct(draft, command)
    case "DeactivateProduct":
      return deactivateProduct(draft, command)
    case "DiscontinueProduct":
      return discontinueProduct(draft, command)
    case "DeleteProduct":
      return deleteProduct(draft, command)
    case "AddOption":
      return addOption(draft, command)
    case "UpdateOption":
      return updateOption(draft, command)
    case "RemoveOption":
      return removeOption(draft, command)
    case "SetSkuMappings":
      return setSkuMappings(draft, command)
    case "SetImages":
      return setImages(draft, command)
    case "SetCategories":
      return setCategories(draft, command)
    case "FollowStock":
      return followStock(draft, command)
    case "CreateCategory":
      return createCategory(draft, command)
    case "UpdateCategory":
      return updateCategory(draft, command)
    case "MoveCategory":
      return moveCategory(draft, command)
    case "DeleteCategory":
      return deleteCategory(draft, command)
    case "CreateAttribute":
      return createAttribute(draft, command)
    case "UpdateAttribute":
      return updateAttribute(draft, command)
    case "DeleteAttribute":
      return deleteAttribute(draft, command)
  }
}
