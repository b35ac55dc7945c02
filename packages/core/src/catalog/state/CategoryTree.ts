/**
 * The questions that a decision asks of the tree of categories: what is above a category, what is
 * below it, and how deep that goes. They read whatever part of the tree is known.
 */
import type { CategoryId } from "../../kernel/Identifier.ts"
import { bySiblingOrder, type Category, depthMax } from "./Category.ts"

/** A tree of categories, or the part of one that is known. */
export interface CategoryTree {
  readonly category: (id: CategoryId) => Category | undefined
  /** The children of a category, or the roots; all of them, where the part is known at all. */
  readonly childrenOf: (parentId: CategoryId | null) => ReadonlyArray<Category>
}

/** The way from a category up to its root, without the category itself. */
export const ancestorsOf = (tree: CategoryTree, category: Category): ReadonlyArray<Category> => {
  const way: Array<Category> = []
  let { parentId } = category
  // A way that is longer than any can be is a cycle, which no caller should wait for.
  while (parentId !== null && way.length <= depthMax) {
    const parent = tree.category(parentId)
    if (parent === undefined) break
    way.push(parent)
    parentId = parent.parentId
  }
  return way
}

/** What is below a category, parents before their children, without the category itself. */
export const descendantsOf = (tree: CategoryTree, id: CategoryId): ReadonlyArray<Category> => {
  const found: Array<Category> = [...tree.childrenOf(id)]
  for (let index = 0; index < found.length; index++) {
    const next = found[index]
    if (next !== undefined) found.push(...tree.childrenOf(next.id))
  }
  return found
}

/** How many levels a category and what is below it take: 1 for a leaf. */
export const heightOf = (tree: CategoryTree, category: Category): number =>
  descendantsOf(tree, category.id).reduce(
    (height, { level }) => Math.max(height, level - category.level + 1),
    1
  )

/** A category with all that is below it. */
export interface CategoryBranch extends Category {
  readonly children: ReadonlyArray<CategoryBranch>
}

/** The categories as trees, siblings in their order. One whose parent is not given is a root. */
export const branchesOf = (categories: ReadonlyArray<Category>): ReadonlyArray<CategoryBranch> => {
  const known = new Set(categories.map(({ id }) => id))
  const children = new Map<CategoryId | null, Array<Category>>()
  for (const category of [...categories].sort(bySiblingOrder)) {
    const parentId =
      category.parentId !== null && known.has(category.parentId) ? category.parentId : null
    const siblings = children.get(parentId)
    if (siblings === undefined) children.set(parentId, [category])
    else siblings.push(category)
  }
  const branch = (category: Category): CategoryBranch => ({
    ...category,
    children: (children.get(category.id) ?? []).map(branch)
  })
  return (children.get(null) ?? []).map(branch)
}
