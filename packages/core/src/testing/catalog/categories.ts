/** Contract: the tree of categories stays a tree, however many change it at the same time. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import type { Category } from "../../catalog/state/Category.ts"
import type { CategoryId } from "../../kernel/Identifier.ts"
import { atOnce, Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  eventsOf,
  freshCategory,
  freshCategoryId,
  freshProduct,
  readCategory,
  refusalOf,
  severalCatalogs,
  tallyOf
} from "./CatalogStage.ts"

const levelOf = (id: CategoryId) => Effect.map(readCategory(id), (category) => category?.level)

/** A chain of categories under a parent, the highest first. */
const chain = (length: number, parentId: CategoryId | null = null) =>
  Effect.gen(function* () {
    const made: Array<Category> = []
    for (let index = 0; index < length; index++) {
      made.push(yield* freshCategory(made.at(-1)?.id ?? parentId))
    }
    return made
  })

/** The tree of categories. */
export const categories = (it: CatalogIt): void => {
  it.effect("makes categories under each other, and reads them as it answered", () =>
    Effect.gen(function* () {
      const root = yield* freshCategory()
      const child = yield* freshCategory(root.id, { sortOrder: -3, isActive: false })
      expect(root).toMatchObject({ parentId: null, level: 0, sortOrder: 0, isActive: true })
      expect(child).toMatchObject({ parentId: root.id, level: 1, version: 1 })
      expect(yield* readCategory(child.id)).toEqual(child)
      expect(yield* eventsOf(child.id)).toMatchObject([
        { eventType: "category.created", aggregateType: "CATEGORY", payload: { category: child } }
      ])
    })
  )

  it.effect("moves a category with all that is below it, and their levels follow", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const [top, moved, below, lowest] = yield* chain(4)
      if (!top || !moved || !below || !lowest) throw new Error("a chain of four")
      const [, target] = yield* chain(2)
      const parentId = target?.id ?? null
      const after = yield* catalog.moveCategory({ categoryId: moved.id, parentId, sortOrder: 5 })
      expect(after).toEqual({ ...moved, parentId, level: 2, sortOrder: 5, version: 2 })
      expect(yield* readCategory(moved.id)).toEqual(after)
      expect(yield* readCategory(below.id)).toEqual({ ...below, level: 3 })
      expect(yield* levelOf(lowest.id)).toBe(4)
      const [, event] = yield* eventsOf(moved.id)
      expect(event).toMatchObject({
        eventType: "category.moved",
        payload: { category: after, previousParentId: top.id, previousLevel: 1 }
      })
      expect(yield* eventsOf(below.id)).toHaveLength(1)
      const root = yield* catalog.moveCategory({ categoryId: below.id, parentId: null })
      expect([root.level, yield* levelOf(lowest.id)]).toEqual([0, 1])
      // Where it is already, only its place among its siblings can change.
      const stays = yield* catalog.moveCategory({ categoryId: below.id, parentId: null })
      expect(stays).toEqual(root)
      const sorted = { categoryId: below.id, parentId: null, sortOrder: 9 }
      expect((yield* catalog.moveCategory(sorted)).sortOrder).toBe(9)
      expect((yield* eventsOf(below.id)).map(({ eventType }) => eventType)).toEqual([
        "category.created",
        "category.moved",
        "category.updated"
      ])
    })
  )

  it.effect("refuses a category below itself, and a tree that is too deep", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const made = yield* chain(20)
      const [root, lowest] = [made[0], made[19]]
      if (!root || !lowest) throw new Error("a chain of twenty")
      const move = (categoryId: CategoryId, parentId: CategoryId) =>
        refusalOf(catalog.moveCategory({ categoryId, parentId }))
      const cycle = { _tag: "CategoryCycle", categoryId: root.id }
      expect(yield* move(root.id, lowest.id)).toEqual({ ...cycle, parentId: lowest.id })
      expect(yield* move(root.id, root.id)).toEqual({ ...cycle, parentId: root.id })
      const categoryId = freshCategoryId()
      const parentId = lowest.id
      const tooDeep = { _tag: "CategoryTooDeep", categoryId, depth: 21, depthMax: 20 }
      const deeper = catalog.createCategory({ categoryId, name: fresh("deep"), parentId })
      expect(yield* refusalOf(deeper)).toEqual(tooDeep)
      const [pair] = yield* chain(2)
      const under = made[18]
      if (!pair || !under) throw new Error("a chain of two")
      expect(yield* move(pair.id, under.id)).toEqual({ ...tooDeep, categoryId: pair.id })
      expect(yield* readCategory(pair.id)).toEqual(pair)
    })
  )

  it.effect("keeps the names of siblings apart", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const [left, right] = [yield* freshCategory(), yield* freshCategory()]
      const name = fresh("name")
      const one = yield* freshCategory(left.id, { name })
      const two = yield* freshCategory(right.id, { name })
      const taken = { _tag: "CategoryNameTaken", parentId: left.id, name }
      const again = catalog.createCategory({ name, parentId: left.id })
      expect(yield* refusalOf(again)).toEqual(taken)
      const moved = catalog.moveCategory({ categoryId: two.id, parentId: left.id })
      expect(yield* refusalOf(moved)).toEqual(taken)
      const other = yield* freshCategory(left.id)
      const renamed = catalog.updateCategory({ categoryId: other.id, name })
      expect(yield* refusalOf(renamed)).toEqual(taken)
      yield* freshCategory(left.id, { name: name.toUpperCase() })
      const root = yield* freshCategory()
      const atTop = catalog.createCategory({ name: root.name })
      expect(yield* refusalOf(atTop)).toEqual({
        _tag: "CategoryNameTaken",
        parentId: null,
        name: root.name
      })
      yield* catalog.updateCategory({ categoryId: one.id, name: fresh("free") })
      yield* catalog.updateCategory({ categoryId: other.id, name })
    })
  )

  it.effect("deletes a category that is empty, and no other; its id is never used again", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const parent = yield* freshCategory()
      const child = yield* freshCategory(parent.id)
      const { id: productId } = yield* freshProduct({ categoryIds: [child.id] })
      const remove = (categoryId: CategoryId, expectedVersion = 1) =>
        catalog.deleteCategory({ categoryId, expectedVersion })
      const notEmpty = { _tag: "CategoryNotEmpty", children: 0, products: 0 }
      const withChild = { ...notEmpty, categoryId: parent.id, children: 1 }
      expect(yield* refusalOf(remove(parent.id))).toEqual(withChild)
      const withProduct = { ...notEmpty, categoryId: child.id, products: 1 }
      expect(yield* refusalOf(remove(child.id))).toEqual(withProduct)
      yield* catalog.setCategories({ productId, categoryIds: [] })
      expect(yield* refusalOf(remove(child.id, 7))).toMatchObject({ _tag: "StaleExpectation" })
      expect(yield* remove(child.id)).toEqual({ categoryId: child.id, version: 2 })
      yield* remove(parent.id)
      expect(yield* readCategory(child.id)).toBeUndefined()
      const again = catalog.createCategory({ categoryId: child.id, name: fresh("again") })
      const taken = { _tag: "IdTaken", kind: "category", id: child.id }
      expect(yield* refusalOf(again)).toEqual(taken)
      const gone = catalog.setCategories({ productId, categoryIds: [child.id] })
      expect(yield* refusalOf(gone)).toMatchObject({ _tag: "CategoryNotFound" })
      const under = catalog.createCategory({ name: fresh("orphan"), parentId: child.id })
      expect(yield* refusalOf(under)).toMatchObject({ fields: ["parentId"] })
    })
  )

  it.effect("reads the whole tree, siblings in order, without what is under an inactive one", () =>
    Effect.gen(function* () {
      const reads = yield* CatalogReads
      const root = yield* freshCategory()
      const [later, sooner] = [
        yield* freshCategory(root.id, { sortOrder: 2 }),
        yield* freshCategory(root.id, { sortOrder: 1 })
      ]
      const all = yield* reads.allCategories
      const ours = all.filter(({ parentId }) => parentId === root.id).map(({ id }) => id)
      expect(ours.sort()).toEqual([later.id, sooner.id].sort())
    })
  )
}

/** Changes of the tree at the same time, through whatever engine. */
export const treeRaces = (it: CatalogIt): void => {
  it.effect("lets one of two moves win that would make a cycle together", () =>
    Effect.gen(function* () {
      const engines = yield* severalCatalogs
      for (let round = 0; round < 8; round++) {
        const [one, two] = [yield* freshCategory(), yield* freshCategory()]
        const [left, right] = [engines[0], engines.at(-1)]
        if (!left || !right) throw new Error("engines")
        const outcomes = yield* atOnce([
          left.moveCategory({ categoryId: one.id, parentId: two.id }),
          right.moveCategory({ categoryId: two.id, parentId: one.id })
        ])
        expect(tallyOf(outcomes)).toEqual({ answered: 1, refused: ["CategoryCycle"] })
        expect([yield* levelOf(one.id), yield* levelOf(two.id)].sort()).toEqual([0, 1])
      }
    })
  )

  it.effect("gives the name of a sibling to one of many who ask at once", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalCatalogs
      const { id: parentId } = yield* freshCategory()
      const name = fresh("name")
      const outcomes = yield* atOnce(
        Array.from({ length: callers }, (_, n) =>
          (engines[n % engines.length] as Catalog["Service"]).createCategory({ name, parentId })
        )
      )
      expect(tallyOf(outcomes)).toEqual({ answered: 1, refused: ["CategoryNameTaken"] })
    })
  )

  it.effect("never deletes a category that a product is put into at the same time", () =>
    Effect.gen(function* () {
      const engines = yield* severalCatalogs
      for (let round = 0; round < 8; round++) {
        const { id: categoryId } = yield* freshCategory()
        const { id: productId } = yield* freshProduct()
        const [left, right] =
          round % 2 === 0 ? [engines[0], engines.at(-1)] : [engines.at(-1), engines[0]]
        if (!left || !right) throw new Error("engines")
        const outcomes = yield* atOnce<unknown, unknown, never>([
          left.deleteCategory({ categoryId }),
          right.setCategories({ productId, categoryIds: [categoryId] })
        ])
        const { answered, refused } = tallyOf(outcomes)
        expect(answered).toBe(1)
        expect(["CategoryNotEmpty", "CategoryNotFound"]).toContain(refused[0])
      }
    })
  )

  it.effect("keeps levels right while subtrees move into each other's way", () =>
    Effect.gen(function* () {
      const { callers } = yield* Stage
      const engines = yield* severalCatalogs
      const reads = yield* CatalogReads
      const made = yield* chain(9)
      const ids = made.map(({ id }) => id)
      yield* atOnce(
        Array.from({ length: callers }, (_, n) => {
          const [categoryId, parentId] = [ids[(n * 5) % 9], n % 4 === 0 ? null : ids[(n * 7) % 9]]
          if (categoryId === undefined || parentId === undefined) throw new Error("ids")
          const engine = engines[n % engines.length] as Catalog["Service"]
          return engine.moveCategory({ categoryId, parentId })
        })
      )
      const after = yield* reads.categories(ids)
      const levels = new Map(after.map(({ id, level }) => [id, level]))
      expect(after).toHaveLength(9)
      for (const { level, parentId } of after) {
        expect(level).toBe(parentId === null ? 0 : (levels.get(parentId) ?? Number.NaN) + 1)
      }
    })
  )
}
