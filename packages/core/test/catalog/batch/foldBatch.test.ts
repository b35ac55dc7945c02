import { describe, expect, it } from "@effect/vitest"
import { scopeOf } from "../../../src/catalog/batch/batchScope.ts"
import { foldBatch } from "../../../src/catalog/batch/foldBatch.ts"
import { decide } from "../../../src/catalog/decide/decide.ts"
import { fromLoaded, OpenBook } from "../../../src/catalog/decide/OpenBook.ts"
import type { CatalogCommand } from "../../../src/catalog/messages/CatalogCommand.ts"
import { countedProductsMax } from "../../../src/catalog/state/CatalogBook.ts"
import { type GivenCatalog, givenCatalog } from "../../../src/testing/catalog/givenCatalog.ts"
import {
  addOption,
  c,
  category,
  change,
  create,
  follow,
  move,
  o,
  p,
  remove,
  removeCategory,
  setCategories,
  sold,
  update
} from "../decide/words.ts"

/** Commands of one batch over a catalog: their outcomes, and what is to be written. */
const folded = (catalog: GivenCatalog, ...commands: ReadonlyArray<CatalogCommand>) => {
  const requests = commands.map((command) => ({ command, origin: catalog.nextOrigin(), key: null }))
  const { answer, changes } = foldBatch(catalog.rows.loaded(catalog.now), requests)
  const outcomes = answer.map((outcome) =>
    outcome._tag === "Refused" ? outcome.refusal._tag : outcome._tag
  )
  return { outcomes, changes }
}

describe("a batch of the catalog", () => {
  it("keeps names apart within itself, and gives what was given up", () => {
    const catalog = givenCatalog().and(create(1, { externalId: "x", slug: "red" }))
    const { changes, outcomes } = folded(
      catalog,
      create(2, { externalId: "x" }),
      update(1, { externalId: null, slug: "green" }),
      create(2, { externalId: "x", slug: "red" }),
      create(2, { externalId: "x", slug: "blue" }),
      create(3, { slug: "green", options: [] }),
      addOption(2, sold(1)),
      remove(1),
      addOption(2, sold(1)),
      update(2, { slug: "green" })
    )
    expect(outcomes).toEqual([
      "ExternalIdTaken",
      "Answered",
      "SlugTaken",
      "Answered",
      "SlugTaken",
      "IdTaken",
      "Answered",
      "Answered",
      "Answered"
    ])
    expect(changes.deletedProducts.map(({ id }) => id)).toEqual([p(1)])
    expect(changes.createdProducts.map(({ id, version }) => [id, version])).toEqual([[p(2), 3]])
    expect(changes.slugs).toEqual([
      { slug: "blue", productId: p(2) },
      { slug: "green", productId: p(2) }
    ])
  })

  it("frees every slug that a product has and had, when it deletes the product", () => {
    const catalog = givenCatalog().and(create(1, { slug: "old" }), update(1, { slug: "new" }))
    const { changes, outcomes } = folded(
      catalog,
      create(2, { slug: "passing", options: [] }),
      update(2, { slug: null }),
      create(3, { slug: "old", options: [] }),
      remove(1),
      remove(2),
      create(3, { slug: "old", options: [] }),
      update(3, { slug: "new" }),
      update(3, { slug: "passing" })
    )
    expect(outcomes).toEqual([
      "Answered",
      "Answered",
      "SlugTaken",
      "Answered",
      "Answered",
      "Answered",
      "Answered",
      "Answered"
    ])
    expect(changes.slugs.map(({ productId, slug }) => [slug, productId])).toEqual([
      ["old", p(3)],
      ["new", p(3)],
      ["passing", p(3)]
    ])
  })

  it("writes nothing of what it makes and deletes, and keeps the id from being used again", () => {
    const { changes, outcomes } = folded(
      givenCatalog(),
      create(1),
      remove(1),
      create(1),
      category(1),
      removeCategory(1),
      category(1)
    )
    expect(outcomes).toEqual(["Answered", "Answered", "IdTaken", "Answered", "Answered", "IdTaken"])
    expect([changes.createdProducts, changes.deletedProducts]).toEqual([[], []])
    expect([changes.createdCategories, changes.deletedCategories]).toEqual([[], []])
    expect([changes.deletedProductIds, changes.deletedCategoryIds]).toEqual([[p(1)], [c(1)]])
    expect(changes.events.map(({ version }) => version)).toEqual([1, 2, 1, 2])
  })

  it("sees the tree as the commands before have left it", () => {
    const catalog = givenCatalog().and(category(1), category(2), category(3, 1))
    const { changes, outcomes } = folded(
      catalog,
      move(1, 2),
      move(2, 3),
      category(4, 3),
      move(3, null),
      move(2, 3),
      category(5, 1, { name: "Category 4" }),
      change(4, { name: "Other" }),
      move(5, 3)
    )
    expect(outcomes).toEqual([
      "Answered",
      "CategoryCycle",
      "Answered",
      "Answered",
      "Answered",
      "Answered",
      "Answered",
      "Answered"
    ])
    const levels = [
      ...changes.createdCategories,
      ...changes.updatedCategories.map((it) => it.category)
    ]
    expect(Object.fromEntries(levels.map(({ id, level }) => [id, level]))).toEqual({
      [c(1)]: 2,
      [c(2)]: 1,
      [c(3)]: 0,
      [c(4)]: 1,
      [c(5)]: 1
    })
    catalog.rows.apply(changes.events)
    for (const category of levels)
      expect(catalog.rows.categories.get(category.id)).toEqual(category)
  })

  it("writes parents before their children", () => {
    const { changes } = folded(
      givenCatalog(),
      category(9),
      category(5, 9),
      category(7, 5),
      category(1)
    )
    expect(changes.createdCategories.map(({ level }) => level)).toEqual([0, 0, 1, 2])
  })

  it("counts the products of a category as the commands before have left it", () => {
    const catalog = givenCatalog().and(category(1), category(2), create(1, { categoryIds: [c(1)] }))
    const { outcomes } = folded(
      catalog,
      removeCategory(1),
      setCategories(1, [c(2)]),
      removeCategory(1),
      removeCategory(2),
      setCategories(1, [c(1)]),
      remove(1),
      removeCategory(2)
    )
    expect(outcomes).toEqual([
      "CategoryNotEmpty",
      "Answered",
      "Answered",
      "CategoryNotEmpty",
      "CategoryNotFound",
      "Answered",
      "Answered"
    ])
  })

  it("takes no category for empty when not all of its products were counted", () => {
    const catalog = givenCatalog().and(category(1), create(1, { categoryIds: [c(1)] }))
    const loaded = {
      ...catalog.rows.loaded(catalog.now),
      productCounts: [
        { categoryId: category(1).categoryId ?? ("" as never), products: countedProductsMax }
      ]
    }
    const book = new OpenBook(fromLoaded(loaded))
    const origin = catalog.nextOrigin()
    const word = { unknownSkuIds: [], heldOptionIds: [] }
    const decision = decide(book, setCategories(1, []), origin, word)
    if (decision._tag === "Failure") throw new Error(decision.failure._tag)
    book.absorb(decision.success.book)
    expect(book.productCountOf(loaded.productCounts[0]?.categoryId ?? ("" as never))).toBe(
      countedProductsMax
    )
  })

  it("follows stock by what the commands before have seen, and forgets it with the product", () => {
    const catalog = givenCatalog().and(create(1), create(2, { options: [sold(2)] }))
    const { changes, outcomes } = folded(
      catalog,
      follow(1, ["sku-1", 5, 4]),
      follow(1, ["sku-1", 0, 3]),
      follow(1, ["sku-1", 0, 5]),
      follow(2, ["sku-2", 5, 1]),
      remove(2)
    )
    expect(outcomes).toEqual(["Answered", "StaleStock", "Answered", "Answered", "Answered"])
    expect(changes.seenStock).toEqual([{ productId: p(1), skuId: "sku-1", version: 5 }])
    expect(changes.updatedProducts).toMatchObject([
      { before: { version: 1 }, product: { version: 2, options: [{ status: "SOLD_OUT" }] } }
    ])
  })

  it("writes only what was seen when nothing moved", () => {
    const catalog = givenCatalog().and(create(1))
    const { changes } = folded(catalog, follow(1, ["sku-1", 5, 4]), follow(1, ["sku-1", 5, 4]))
    expect([changes.events, changes.updatedProducts, changes.isEmpty]).toEqual([[], [], false])
    catalog.rows.see(changes.seenStock)
    expect(folded(catalog, follow(1, ["sku-1", 5, 4])).changes.isEmpty).toBe(true)
  })
})

describe("the scope of a batch", () => {
  const scope = (...commands: ReadonlyArray<CatalogCommand>) => {
    const catalog = givenCatalog()
    const {
      batchId: _,
      keys: __,
      ...rest
    } = scopeOf(
      "batch",
      commands.map((command) => ({ command, origin: catalog.nextOrigin(), key: null }))
    )
    return rest
  }
  const nothing = scope()

  it("names products, categories and names of a product that is made", () => {
    const options = [sold(1, { externalId: "y" })]
    const made = create(1, { categoryIds: [c(2), c(1)], externalId: "x", slug: "s", options })
    expect(scope(made, made)).toEqual({
      ...nothing,
      productIds: [p(1)],
      categoryIds: [c(1), c(2)],
      names: [
        { kind: "OPTION_ID", name: o(1) },
        { kind: "OPTION_EXTERNAL_ID", name: "y" },
        { kind: "PRODUCT_EXTERNAL_ID", name: "x" },
        { kind: "SLUG", name: "s" }
      ]
    })
  })

  it("names the part of the tree that a change needs", () => {
    const tree = { ...nothing, changesTree: true }
    expect(scope(category(2, 1))).toEqual({ ...tree, treeIds: [c(1), c(2)] })
    expect(scope(category(2))).toEqual({ ...tree, treeIds: [c(2)], namesRoots: true })
    expect(scope(change(2, { externalId: "x" }))).toEqual({
      ...tree,
      treeIds: [c(2)],
      names: [{ kind: "CATEGORY_EXTERNAL_ID", name: "x" }]
    })
    expect(scope(move(2, 1))).toEqual({ ...tree, treeIds: [c(1), c(2)], movedIds: [c(2)] })
    expect(scope(removeCategory(2))).toEqual({ ...tree, treeIds: [c(2)], emptyIds: [c(2)] })
  })

  it("names the products that follow stock", () => {
    const followed = { ...nothing, productIds: [p(1)], followingIds: [p(1)] }
    expect(scope(follow(1, ["a", 1, 1]))).toEqual(followed)
  })

  it("derives the ids that a command leaves out", () => {
    const { productId: _, ...product } = create(1, { options: [] })
    const { categoryId: __, ...root } = category(1)
    const { productIds, treeIds } = scope(product, root)
    expect([productIds.length, treeIds.length]).toEqual([1, 1])
    expect(productIds[0]).not.toBe(treeIds[0])
  })
})
