/**
 * What a contract test of the catalog stands on: a store to try, an engine over it, an inventory
 * that the test makes up, and ids that no other test uses. Tests of one suite share a store, so each
 * makes its own products and categories and looks at those alone.
 */
import { expect, type Vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { CatalogRefusal } from "../../catalog/messages/CatalogError.ts"
import type { LoggedEvent } from "../../catalog/messages/CatalogQuery.ts"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { CatalogStore } from "../../catalog/ports/CatalogStore.ts"
import { StockStatus } from "../../catalog/ports/StockStatus.ts"
import { Catalog, type CatalogOptions } from "../../catalog/services/Catalog.ts"
import type { CatalogQueries } from "../../catalog/services/CatalogQueries.ts"
import type { InputOf } from "../../catalog/services/catalogMethods.ts"
import type { Category } from "../../catalog/state/Category.ts"
import type { Product } from "../../catalog/state/Product.ts"
import { CategoryId, OptionId, ProductId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { Stage } from "../contract/Stage.ts"
import type { Subject } from "../engine/Subject.ts"

/** What every contract test of the catalog may use. */
export type OnCatalogStage =
  | Catalog
  | CatalogQueries
  | CatalogStore
  | CatalogReads
  | StockStatus
  | Stage
  | Subject

/** The `it` of a suite: its tests run on one stage. */
export type CatalogIt = Pick<Vitest.MethodsNonLive<OnCatalogStage>, "effect">

/** The UUID with a number: suites make ids of their own, so that tests can name them. */
export const uuidOf = (number: number): string =>
  `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

let made = 0
const nextId = () => uuidOf(++made)

/** An id of a product that no other test uses. */
export const freshProductId = (): ProductId => ProductId.make(nextId())

/** An id of an option that no other test uses. */
export const freshOptionId = (): OptionId => OptionId.make(nextId())

/** An id of a category that no other test uses. */
export const freshCategoryId = (): CategoryId => CategoryId.make(nextId())

/** An option that can be sold: with a price, and one unit of a SKU. */
export const sellable = (skuId = "sku", quantity = 1, amount = "10.00") => ({
  name: `Option of ${skuId}`,
  price: { amount, currency: "EUR" },
  skuMappings: [{ skuId, quantity }]
})

/** Makes a product of its own; a test that cannot is broken. */
export const freshProduct = (
  details: Partial<InputOf<"CreateProduct">> = {}
): Effect.Effect<Product, never, Catalog> =>
  Effect.flatMap(Catalog, (catalog) =>
    Effect.orDie(
      catalog.createProduct({
        productId: freshProductId(),
        name: "A product",
        type: "NORMAL",
        options: [sellable()],
        ...details
      })
    )
  )

/** Makes a category of its own, a root unless a parent is given. */
export const freshCategory = (
  parentId: CategoryId | null = null,
  details: Partial<InputOf<"CreateCategory">> = {}
): Effect.Effect<Category, never, Catalog | Stage> =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const { fresh } = yield* Stage
    const categoryId = freshCategoryId()
    const category = { categoryId, name: fresh("category"), parentId, ...details }
    return yield* Effect.orDie(catalog.createCategory(category))
  })

/** The refusal of a request; a request that is not refused fails the test. */
export const refusalOf = <A, R>(asked: Effect.Effect<A, CatalogRefusal | StoreError, R>) =>
  Effect.map(Effect.flip(asked), (refusal) => refusal as CatalogRefusal)

/** The only option of a product. */
export const onlyOption = ({ options }: Product) => {
  const [option] = options
  if (option === undefined || options.length > 1) throw new Error("it has not one option")
  return option
}

/** A product as it is read, or undefined. */
export const readProduct = (
  productId: ProductId
): Effect.Effect<Product | undefined, never, CatalogReads> =>
  Effect.flatMap(CatalogReads, (reads) =>
    Effect.orDie(Effect.map(reads.products([productId]), ([product]) => product))
  )

/** A category as it is read, or undefined. */
export const readCategory = (
  categoryId: CategoryId
): Effect.Effect<Category | undefined, never, CatalogReads> =>
  Effect.flatMap(CatalogReads, (reads) =>
    Effect.orDie(Effect.map(reads.categories([categoryId]), ([category]) => category))
  )

/** Every event of an aggregate, in order; its versions must be dense. */
export const eventsOf = (
  aggregateId: string
): Effect.Effect<ReadonlyArray<LoggedEvent["event"]>, never, CatalogReads> =>
  Effect.gen(function* () {
    const reads = yield* CatalogReads
    const found: Array<LoggedEvent["event"]> = []
    let position = 0
    while (true) {
      const filter = { aggregateIds: [aggregateId] }
      const page = yield* Effect.orDie(reads.events(position, 100, filter))
      found.push(...page.map(({ event }) => event))
      const last = page.at(-1)
      if (last === undefined) break
      position = last.position
    }
    expect(found.map(({ version }) => version)).toEqual(found.map((_, index) => index + 1))
    return found
  })

/** One more engine over the store under test; it closes with the scope. */
export const anotherCatalog = (
  options: CatalogOptions = {}
): Effect.Effect<
  Catalog["Service"],
  never,
  CatalogStore | CatalogReads | StockStatus | Scope.Scope
> =>
  Effect.gen(function* () {
    const ports = Layer.mergeAll(
      Layer.succeed(CatalogStore, yield* CatalogStore),
      Layer.succeed(CatalogReads, yield* CatalogReads),
      Layer.succeed(StockStatus, yield* StockStatus)
    )
    const layer = Layer.provide(Catalog.layer(options), ports)
    return Context.get(yield* Layer.build(Layer.fresh(layer)), Catalog)
  })

/** As many engines over the store under test as the suite races. */
export const severalCatalogs: Effect.Effect<
  ReadonlyArray<Catalog["Service"]>,
  never,
  CatalogStore | CatalogReads | StockStatus | Stage | Scope.Scope
> = Effect.flatMap(Stage, ({ engines }) =>
  Effect.forEach(Array.from({ length: engines }), () => anotherCatalog())
)

/** How many of the outcomes are answers, and the tags of the refusals, each once. */
export const tallyOf = (
  outcomes: ReadonlyArray<{ readonly answer?: unknown; readonly refusal?: unknown }>
) => ({
  answered: outcomes.filter(({ answer }) => answer !== undefined).length,
  refused: [
    ...new Set(
      outcomes.flatMap(({ refusal }) =>
        refusal === undefined ? [] : [(refusal as { readonly _tag: string })._tag]
      )
    )
  ]
})
