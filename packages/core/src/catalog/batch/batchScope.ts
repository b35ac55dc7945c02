/** What a batch of commands touches, and the weight and the lane of each command. */
import type { Request } from "../../engine/Request.ts"
import {
  type AttributeId,
  attributeIdOf,
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
    case "CreateAttribute":
      add("ATTRIBUTE_CODE", command.code)
      break
    case "CreateCategory":
    case "UpdateCategory":
      add("CATEGORY_EXTERNAL_ID", command.externalId)
      break
  }
  return names
}

/** The codes of the attributes that a command gives values of. */
const valuedBy = (command: CatalogCommand): ReadonlyArray<string> =>
  command._tag === "CreateProduct" || command._tag === "UpdateProduct"
    ? Object.keys(command.attributes ?? {})
    : []

/** The products whose attributes a command needs, since they may get another type. */
const retypedBy = (command: CatalogCommand): ReadonlyArray<ProductId> => {
  if (command._tag === "DuplicateProduct") return [command.productId]
  return command._tag === "UpdateProduct" && command.type !== undefined ? [command.productId] : []
}

/** Collects what the commands of a batch touch. */
class ScopeParts {
  readonly followingIds = new Set<ProductId>()
  readonly categoryIds = new Set<CategoryId>()
  readonly treeIds = new Set<CategoryId>()
  readonly movedIds = new Set<CategoryId>()
  readonly emptyIds = new Set<CategoryId>()
  readonly attributeIds = new Set<AttributeId>()
  readonly countedAttributeIds = new Set<AttributeId>()
  namesRoots = false

  private addParent(parentId: CategoryId | null | undefined): void {
    if (parentId === null || parentId === undefined) this.namesRoots = true
    else this.treeIds.add(parentId)
  }

  add({ command, origin }: CatalogRequest): void {
    switch (command._tag) {
      case "CreateProduct":
      case "UpdateProduct":
      case "SetCategories":
        for (const id of command.categoryIds ?? []) this.categoryIds.add(id)
        break
      case "FollowStock":
        this.followingIds.add(command.productId)
        break
      case "CreateCategory":
        this.treeIds.add(command.categoryId ?? categoryIdOf(origin.commandId))
        this.addParent(command.parentId)
        break
      case "UpdateCategory":
        this.treeIds.add(command.categoryId)
        break
      case "MoveCategory":
        this.treeIds.add(command.categoryId)
        this.movedIds.add(command.categoryId)
        this.addParent(command.parentId)
        break
      case "DeleteCategory":
        this.treeIds.add(command.categoryId)
        this.emptyIds.add(command.categoryId)
        break
      case "CreateAttribute":
        this.attributeIds.add(command.attributeId ?? attributeIdOf(origin.commandId))
        break
      case "UpdateAttribute":
      case "DeleteAttribute":
        this.attributeIds.add(command.attributeId)
        if (command._tag === "DeleteAttribute" || command.choices !== undefined) {
          this.countedAttributeIds.add(command.attributeId)
        }
        break
    }
  }
}

/** The scope of a batch. */
export const scopeOf = (batchId: string, requests: ReadonlyArray<CatalogRequest>): CatalogScope => {
  const parts = new ScopeParts()
  const productIds = new Set<ProductId>()
  const valuedCodes = new Set<string>()
  const retypedIds = new Set<ProductId>()
  const names = new Map<string, UniqueName>()
  const keys: Array<{ caller: string; key: string }> = []
  for (const request of requests) {
    const { command, key } = request
    if (key !== null) keys.push({ caller: key.caller, key: key.key })
    for (const productId of productsOf(request)) productIds.add(productId)
    for (const named of namesOf(command)) names.set(`${named.kind} ${named.name}`, named)
    for (const code of valuedBy(command)) valuedCodes.add(code)
    for (const productId of retypedBy(command)) retypedIds.add(productId)
    parts.add(request)
  }
  return {
    batchId,
    productIds: [...productIds].sort(),
    followingIds: [...parts.followingIds].sort(),
    categoryIds: [...parts.categoryIds].sort(),
    changesTree: parts.treeIds.size > 0,
    treeIds: [...parts.treeIds].sort(),
    namesRoots: parts.namesRoots,
    movedIds: [...parts.movedIds].sort(),
    emptyIds: [...parts.emptyIds].sort(),
    changesAttributes: parts.attributeIds.size > 0,
    attributeIds: [...parts.attributeIds].sort(),
    countedAttributeIds: [...parts.countedAttributeIds].sort(),
    valuedCodes: [...valuedCodes].sort(),
    retypedIds: [...retypedIds].sort(),
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
