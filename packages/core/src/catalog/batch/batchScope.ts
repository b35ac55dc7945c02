/** What a batch of commands touches, and the weight and the lane of each command. */
import type { Request } from "../../engine/Request.ts"
import {
  type CategoryId,
  categoryIdOf,
  hashOf,
  type ProductId,
  productIdOf
} from "../../kernel/Identifier.ts"
import type { InventoryWord } from "../decide/Draft.ts"
import type { CatalogCommand } from "../messages/CatalogCommand.ts"
import type { CatalogScope } from "../ports/CatalogStore.ts"
import type { NameKind, UniqueName } from "../state/CatalogBook.ts"

/** A command of the catalog on its way, and what the inventory answered about it. */
export interface CatalogRequest extends Request<CatalogCommand> {
  readonly word?: InventoryWord
}

/** The products that a command is about: one at most, or an original and its copy. */
const productsOf = ({ command, origin }: CatalogRequest): ReadonlyArray<ProductId> => {
  const made = productIdOf(origin.commandId)
  switch (command._tag) {
    case "CreateProduct":
      return [command.productId ?? made]
    case "DuplicateProduct":
      return [command.productId, command.copyId ?? made]
    default:
      return "productId" in command ? [command.productId] : []
  }
}

/** The options that a command writes with fields of their own. */
const entriesOf = (command: CatalogCommand) => {
  switch (command._tag) {
    case "CreateProduct":
    case "UpdateProduct":
      return command.options ?? []
    case "AddOption":
    case "UpdateOption":
      return [command]
    default:
      return []
  }
}

const namesOf = (command: CatalogCommand): ReadonlyArray<UniqueName> => {
  const names: Array<UniqueName> = []
  const add = (kind: NameKind, name: string | null | undefined) => {
    if (name !== undefined && name !== null) names.push({ kind, name })
  }
  for (const { externalId, optionId } of entriesOf(command)) {
    add("OPTION_ID", optionId)
    add("OPTION_EXTERNAL_ID", externalId)
  }
  switch (command._tag) {
    case "CreateProduct":
    case "UpdateProduct":
      add("PRODUCT_EXTERNAL_ID", command.externalId)
      add("SLUG", command.slug)
      break
    case "CreateCategory":
    case "UpdateCategory":
      add("CATEGORY_EXTERNAL_ID", command.externalId)
      break
  }
  return names
}

/** The scope of a batch. */
export const scopeOf = (batchId: string, requests: ReadonlyArray<CatalogRequest>): CatalogScope => {
  const productIds = new Set<ProductId>()
  const followingIds = new Set<ProductId>()
  const categoryIds = new Set<CategoryId>()
  const treeIds = new Set<CategoryId>()
  const movedIds = new Set<CategoryId>()
  const emptyIds = new Set<CategoryId>()
  const names = new Map<string, UniqueName>()
  const keys: Array<{ caller: string; key: string }> = []
  let namesRoots = false
  for (const request of requests) {
    const { command, key, origin } = request
    if (key !== null) keys.push({ caller: key.caller, key: key.key })
    for (const productId of productsOf(request)) productIds.add(productId)
    for (const named of namesOf(command)) names.set(`${named.kind} ${named.name}`, named)
    switch (command._tag) {
      case "CreateProduct":
      case "UpdateProduct":
      case "SetCategories":
        for (const id of command.categoryIds ?? []) categoryIds.add(id)
        break
      case "FollowStock":
        followingIds.add(command.productId)
        break
      case "CreateCategory":
        treeIds.add(command.categoryId ?? categoryIdOf(origin.commandId))
        if (command.parentId === undefined || command.parentId === null) namesRoots = true
        else treeIds.add(command.parentId)
        break
      case "UpdateCategory":
        treeIds.add(command.categoryId)
        break
      case "MoveCategory":
        treeIds.add(command.categoryId)
        movedIds.add(command.categoryId)
        if (command.parentId === null) namesRoots = true
        else treeIds.add(command.parentId)
        break
      case "DeleteCategory":
        treeIds.add(command.categoryId)
        emptyIds.add(command.categoryId)
        break
    }
  }
  return {
    batchId,
    productIds: [...productIds].sort(),
    followingIds: [...followingIds].sort(),
    categoryIds: [...categoryIds].sort(),
    changesTree: treeIds.size > 0,
    treeIds: [...treeIds].sort(),
    namesRoots,
    movedIds: [...movedIds].sort(),
    emptyIds: [...emptyIds].sort(),
    names: [...names.values()],
    keys
  }
}

/** The weight of a copy, whose number of options is not known in advance. */
const copyWeight = 20

/** How many options or SKUs a command stands for in the bounds of a batch. */
export const weightOf = (command: CatalogCommand): number => {
  if (command._tag === "FollowStock") return command.stock.length
  return command._tag === "DuplicateProduct" ? copyWeight : Math.max(1, entriesOf(command).length)
}

/**
 * The lane of a command. Commands about one product meet in one lane, and so do all changes of the
 * tree, since the store lets in one of those at a time. Only speed depends on it.
 */
export const laneOf = (command: CatalogCommand): number =>
  "productId" in command && command.productId !== undefined ? hashOf(command.productId) : 0
