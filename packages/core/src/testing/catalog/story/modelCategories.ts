/** What the model does with commands about categories. */
import type { CommandOf } from "../../../catalog/messages/CatalogCommand.ts"
import { text } from "../../retelling.ts"
import { type Attempt, translate } from "./Attempt.ts"
import type { ModelCategory } from "./ModelCatalog.ts"

const depthMax = 20

/** The rules of categories: names among siblings, external ids, depth. */
const judge = ({ broken, model }: Attempt, category: ModelCategory): void => {
  const others = [...model.categories.values()].filter(({ id }) => id !== category.id)
  const { externalId, name, parentId } = category
  if (externalId !== null && others.some((it) => it.externalId === externalId)) {
    broken.add("ExternalIdTaken")
  }
  if (others.some((it) => it.parentId === parentId && it.name === name)) {
    broken.add("CategoryNameTaken")
  }
}

const tooDeep = ({ broken, model }: Attempt, top: string): void => {
  const below = [...model.categories.keys()].filter((id) => model.isWithin(id, top))
  if (below.some((id) => model.levelOf(id) + 1 > depthMax)) broken.add("CategoryTooDeep")
}

/** Makes a category. */
export const createCategory = (attempt: Attempt, command: CommandOf<"CreateCategory">): void => {
  const { broken, commandId, model } = attempt
  const category: ModelCategory = {
    id: command.categoryId ?? commandId,
    name: command.name,
    translations: {},
    parentId: command.parentId ?? null,
    sortOrder: command.sortOrder ?? 0,
    isActive: command.isActive ?? true,
    externalId: command.externalId ?? null,
    version: 1
  }
  translate(category.translations, command.translations, {})
  const { id, parentId } = category
  if (model.categories.has(id) || model.deleted.has(id)) broken.add("IdTaken")
  if (parentId !== null && !model.categories.has(parentId)) {
    broken.add("CategoryNotFound")
    return
  }
  judge(attempt, category)
  if (broken.has("IdTaken")) return
  model.categories.set(id, category)
  tooDeep(attempt, id)
}

const found = (
  { broken, model }: Attempt,
  {
    categoryId,
    expectedVersion
  }: { readonly categoryId: string; readonly expectedVersion?: number }
): ModelCategory | undefined => {
  const category = model.categories.get(categoryId)
  if (category === undefined) broken.add("CategoryNotFound")
  if (expectedVersion !== undefined && expectedVersion !== category?.version) {
    broken.add("StaleExpectation")
  }
  return category
}

/** Changes a category where it is. */
export const updateCategory = (attempt: Attempt, command: CommandOf<"UpdateCategory">): void => {
  const category = found(attempt, command)
  if (category === undefined) return
  const { _tag, categoryId, expectedVersion, translations, ...changes } = command
  const after = { ...category, ...changes, translations: { ...category.translations } }
  translate(after.translations, translations, {})
  if (text(after) === text(category)) return
  judge(attempt, after)
  attempt.model.categories.set(categoryId, { ...after, version: category.version + 1 })
}

/** Moves a category with what is below it. */
export const moveCategory = (attempt: Attempt, command: CommandOf<"MoveCategory">): void => {
  const { broken, model } = attempt
  const category = found(attempt, command)
  const { parentId } = command
  if (parentId !== null && !model.categories.has(parentId)) broken.add("CategoryNotFound")
  if (category === undefined || broken.has("CategoryNotFound")) return
  const sortOrder = command.sortOrder ?? category.sortOrder
  if (parentId === category.parentId && sortOrder === category.sortOrder) return
  const after = { ...category, parentId, sortOrder, version: category.version + 1 }
  judge(attempt, after)
  if (parentId !== null && model.isWithin(parentId, category.id)) {
    broken.add("CategoryCycle")
    return
  }
  model.categories.set(category.id, after)
  tooDeep(attempt, category.id)
}

/** Deletes an empty category. */
export const deleteCategory = (attempt: Attempt, command: CommandOf<"DeleteCategory">): void => {
  const { broken, model } = attempt
  found(attempt, command)
  const { categoryId } = command
  const isParent = [...model.categories.values()].some((it) => it.parentId === categoryId)
  const isUsed = [...model.products.values()].some(
    ({ others, primary }) => primary === categoryId || others.includes(categoryId)
  )
  if (isParent || isUsed) broken.add("CategoryNotEmpty")
  model.categories.delete(categoryId)
  model.deleted.add(categoryId)
}
