/**
 * Decisions about the tree of categories: create, change, move, delete. Siblings have different
 * names, no category is below itself, and no way from a root to a leaf is longer than 20.
 */
import * as Result from "effect/Result"
import { type CategoryId, categoryIdOf } from "../../kernel/Identifier.ts"
import type { AnswerOf } from "../messages/CatalogAnswer.ts"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import { type Category, depthMax } from "../state/Category.ts"
import { ancestorsOf, heightOf } from "../state/CategoryTree.ts"
import { tooManyTranslations, withTranslations } from "../state/Translations.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, expecting, findCategory } from "./lookups.ts"
import { bareName } from "./proposals.ts"

/** Makes a category, under a parent or as a root. */
export const createCategory = (
  draft: Draft,
  command: CommandOf<"CreateCategory">
): Decided<Category> =>
  Result.gen(function* () {
    const id = command.categoryId ?? categoryIdOf(draft.origin.commandId)
    const parent = yield* findParent(draft, command.parentId ?? null)
    if (draft.category(id) !== undefined || draft.wasCategory(id)) {
      return yield* Result.fail({ _tag: "IdTaken", kind: "category", id } as const)
    }
    const category: Category = {
      id,
      name: command.name,
      translations: withTranslations({}, command.translations ?? {}, bareName),
      parentId: parent?.id ?? null,
      level: levelUnder(parent),
      sortOrder: command.sortOrder ?? 0,
      isActive: command.isActive ?? true,
      externalId: command.externalId ?? null,
      version: 1
    }
    yield* translatableName(category)
    yield* freeNames(draft, category)
    yield* withinDepth(category, 1)
    draft.emit("category.created", id, 1, { category })
    return category
  })

const changeable = ["name", "translations", "sortOrder", "isActive", "externalId"] as const

/** Changes a category where it is. A change without effect makes no event. */
export const updateCategory = (
  draft: Draft,
  { _tag, categoryId, expectedVersion, translations, ...changes }: CommandOf<"UpdateCategory">
): Decided<Category> =>
  Result.gen(function* () {
    const before = yield* findCategory(draft, categoryId, "categoryId")
    const category: Category = {
      ...before,
      ...changes,
      translations: withTranslations(before.translations, translations ?? {}, bareName),
      version: before.version + 1
    }
    yield* translatableName(category)
    yield* expecting("version", before.version, expectedVersion)
    const changed = changeable.filter(
      (field) => JSON.stringify(category[field]) !== JSON.stringify(before[field])
    )
    if (changed.length === 0) return before
    yield* freeNames(draft, category)
    draft.emit("category.updated", categoryId, category.version, { category, changed })
    return category
  })

/** Moves a category with all that is below it. */
export const moveCategory = (draft: Draft, command: CommandOf<"MoveCategory">): Decided<Category> =>
  Result.gen(function* () {
    const { categoryId, expectedVersion, parentId } = command
    const before = yield* findCategory(draft, categoryId, "categoryId")
    const parent = yield* findParent(draft, parentId)
    yield* expecting("version", before.version, expectedVersion)
    const sortOrder = command.sortOrder ?? before.sortOrder
    if (parentId === before.parentId) {
      return yield* updateCategory(draft, { _tag: "UpdateCategory", categoryId, sortOrder })
    }
    const category: Category = {
      ...before,
      parentId,
      level: levelUnder(parent),
      sortOrder,
      version: before.version + 1
    }
    yield* freeNames(draft, category)
    if (parent !== null && isBelow(draft, parent, categoryId)) {
      return yield* Result.fail({ _tag: "CategoryCycle", categoryId, parentId: parent.id } as const)
    }
    yield* withinDepth(category, heightOf(draft, before))
    draft.emit("category.moved", categoryId, category.version, {
      category,
      previousParentId: before.parentId,
      previousLevel: before.level
    })
    return category
  })

/** Deletes a category without children and products. */
export const deleteCategory = (
  draft: Draft,
  { categoryId, expectedVersion }: CommandOf<"DeleteCategory">
): Decided<AnswerOf<"DeleteCategory">> =>
  Result.gen(function* () {
    const category = yield* findCategory(draft, categoryId, "categoryId")
    yield* expecting("version", category.version, expectedVersion)
    const children = draft.childrenOf(categoryId).length
    const products = draft.productCountOf(categoryId)
    if (children > 0 || products > 0) {
      return yield* Result.fail({
        _tag: "CategoryNotEmpty",
        categoryId,
        children,
        products
      } as const)
    }
    const version = category.version + 1
    const { parentId } = category
    draft.emit("category.deleted", categoryId, version, { categoryId, parentId })
    return { categoryId, version }
  })

const findParent = (draft: Draft, parentId: CategoryId | null): Decided<Category | null> =>
  parentId === null ? Result.succeed(null) : findCategory(draft, parentId, "parentId")

/** Refuses more translations of a name than there may be. */
const translatableName = ({ translations }: Category): Decided<void> => {
  const message = tooManyTranslations(translations)
  return message === undefined
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "InvalidInput", issues: [{ path: "translations", message }] })
}

const levelUnder = (parent: Category | null): number => (parent === null ? 0 : parent.level + 1)

const isBelow = (draft: Draft, category: Category, id: CategoryId): boolean =>
  category.id === id || ancestorsOf(draft, category).some((ancestor) => ancestor.id === id)

/** Refuses an external id of another category, and the name of a sibling. */
const freeNames = (draft: Draft, category: Category): Decided<void> => {
  const { externalId, id, name, parentId } = category
  const owner = externalId === null ? undefined : draft.ownerOf("CATEGORY_EXTERNAL_ID", externalId)
  if (externalId !== null && owner !== undefined && owner !== id) {
    return Result.fail({ _tag: "ExternalIdTaken", kind: "category", externalId })
  }
  const isTaken = draft
    .childrenOf(parentId)
    .some((sibling) => sibling.id !== id && sibling.name === name)
  return isTaken
    ? Result.fail({ _tag: "CategoryNameTaken", parentId, name })
    : Result.succeed(undefined)
}

/** Refuses a tree that is too deep at or below a category. */
const withinDepth = ({ id, level }: Category, height: number): Decided<void> => {
  const depth = level + height
  return depth <= depthMax
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "CategoryTooDeep", categoryId: id, depth, depthMax })
}
