/** What the model says that a command does: the catalog after it, or its refusal. */
import { type InventoryWord, noObjection } from "../../../catalog/decide/Draft.ts"
import type { CatalogCommand } from "../../../catalog/messages/CatalogCommand.ts"
import { CatalogRefusal, type RefusalTag } from "../../../catalog/messages/CatalogError.ts"
import type { Attempt } from "./Attempt.ts"
import type { ModelCatalog } from "./ModelCatalog.ts"
import { createAttribute, deleteAttribute, updateAttribute } from "./modelAttributes.ts"
import { createCategory, deleteCategory, moveCategory, updateCategory } from "./modelCategories.ts"
import { create, duplicate, editOption, follow, remove, set, update } from "./modelProducts.ts"

/** What a command does, by the model. */
export type Prediction = { readonly after: ModelCatalog } | { readonly refusal: RefusalTag }

const precedence: ReadonlyArray<RefusalTag> = CatalogRefusal.members.map(
  (schema) => schema.fields._tag.schema.literal
)

const attemptOf = (attempt: Attempt, command: CatalogCommand): void => {
  switch (command._tag) {
    case "CreateProduct":
      return create(attempt, command)
    case "UpdateProduct":
      return update(attempt, command)
    case "DuplicateProduct":
      return duplicate(attempt, command)
    case "ActivateProduct":
    case "DeactivateProduct":
    case "DiscontinueProduct":
    case "SetImages":
    case "SetCategories":
      return set(attempt, command)
    case "DeleteProduct":
      return remove(attempt, command)
    case "AddOption":
    case "UpdateOption":
    case "SetSkuMappings":
    case "RemoveOption":
      return editOption(attempt, command)
    case "FollowStock":
      return follow(attempt, command)
    case "CreateCategory":
      return createCategory(attempt, command)
    case "UpdateCategory":
      return updateCategory(attempt, command)
    case "MoveCategory":
      return moveCategory(attempt, command)
    case "DeleteCategory":
      return deleteCategory(attempt, command)
    case "CreateAttribute":
      return createAttribute(attempt, command)
    case "UpdateAttribute":
      return updateAttribute(attempt, command)
    case "DeleteAttribute":
      return deleteAttribute(attempt, command)
  }
}

/** Tries a command on a copy of the model. */
export const predict = (
  model: ModelCatalog,
  command: CatalogCommand,
  commandId: string,
  word: InventoryWord = noObjection
): Prediction => {
  const attempt: Attempt = {
    model: model.copy(),
    broken: new Set(),
    commandId,
    word,
    optionsMade: 0
  }
  attemptOf(attempt, command)
  const refusal = precedence.find((tag) => attempt.broken.has(tag))
  return refusal === undefined ? { after: attempt.model } : { refusal }
}
