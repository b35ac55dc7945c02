/** Contract: what is unique in the catalog stays so, however many ask for it at the same time. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../catalog/services/CatalogQueries.ts"
import { atOnce, Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  freshCategory,
  freshOptionId,
  freshProduct,
  onlyOption,
  refusalOf,
  sellable,
  severalCatalogs,
  tallyOf
} from "./CatalogStage.ts"

/** External ids, option ids and slugs. */
export const names = (it: CatalogIt): void => {
  it.effect("has one product, one option and one category for an external id", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const externalId = fresh("external")
      // Of different kinds, the same external id is no conflict.
      const first = yield* freshProduct({ externalId, options: [{ ...sellable(), externalId }] })
      const category = yield* freshCategory(null, { externalId })
      const another = yield* freshProduct()
      const productId = another.id
      const taken = (kind: string) => ({ _tag: "ExternalIdTaken", kind, externalId })
      const ofProduct = catalog.updateProduct({ productId, externalId })
      expect(yield* refusalOf(ofProduct)).toEqual(taken("product"))
      const optionId = onlyOption(another).id
      const ofOption = catalog.updateOption({ productId, optionId, externalId })
      expect(yield* refusalOf(ofOption)).toEqual(taken("option"))
      const ofCategory = catalog.createCategory({ name: fresh("category"), externalId })
      expect(yield* refusalOf(ofCategory)).toEqual(taken("category"))
      const queries = yield* CatalogQueries
      const owners = (kind: "product" | "option" | "category") =>
        queries.byExternalIds({ kind, externalIds: [externalId, "nobody's", externalId] })
      const firstId = first.id
      expect([
        yield* owners("product"),
        yield* owners("option"),
        yield* owners("category")
      ]).toEqual([
        [{ externalId, id: firstId, productId: null }],
        [{ externalId, id: onlyOption(first).id, productId: firstId }],
        [{ externalId, id: category.id, productId: null }]
      ])
      // A name that its owner gives up is free.
      yield* catalog.updateProduct({ productId: first.id, externalId: null })
      yield* catalog.updateOption({
        productId: first.id,
        optionId: onlyOption(first).id,
        externalId: null
      })
      yield* catalog.updateCategory({ categoryId: category.id, externalId: null })
      yield* catalog.updateProduct({ productId, externalId })
      yield* catalog.updateOption({ productId, optionId, externalId })
      yield* catalog.createCategory({ name: fresh("category"), externalId })
    })
  )

  it.effect("has one option for an option id", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const optionId = freshOptionId()
      const owner = yield* freshProduct({ options: [{ optionId, ...sellable() }] })
      const { id: productId } = yield* freshProduct()
      const taken = { _tag: "IdTaken", kind: "option", id: optionId }
      for (const id of [productId, owner.id]) {
        const added = catalog.addOption({ productId: id, optionId, ...sellable() })
        expect(yield* refusalOf(added)).toEqual(taken)
      }
      const options = [{ optionId, ...sellable() }]
      expect(yield* refusalOf(catalog.updateProduct({ productId, options }))).toEqual(taken)
    })
  )

  it.effect("leads from every slug that a product had to the product", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const reads = yield* CatalogReads
      const { fresh } = yield* Stage
      const [first, second, third] = [fresh("slug"), fresh("slug"), fresh("slug")]
      const { id: productId } = yield* freshProduct({ slug: first })
      yield* catalog.updateProduct({ productId, slug: second })
      yield* catalog.updateProduct({ productId, slug: null })
      const led = Effect.map(reads.productBySlug(first), (product) => product?.id)
      expect(yield* led).toBe(productId)
      const another = yield* freshProduct({ slug: third })
      const taken = catalog.updateProduct({ productId: another.id, slug: first })
      expect(yield* refusalOf(taken)).toEqual({ _tag: "SlugTaken", slug: first })
      // A product may have its own slug back.
      yield* catalog.updateProduct({ productId, slug: first })
      yield* catalog.deleteProduct({ productId })
      yield* catalog.updateProduct({ productId: another.id, slug: second })
      expect((yield* reads.productBySlug(second))?.id).toBe(another.id)
    })
  )

  it.effect("gives a name to one of many who ask for it at once, through whatever engine", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalCatalogs
      const [slug, externalId, optionId] = [fresh("slug"), fresh("external"), freshOptionId()]
      const race = (details: object) =>
        Effect.map(
          atOnce(
            Array.from({ length: callers }, (_, n) =>
              (engines[n % engines.length] as Catalog["Service"]).createProduct({
                name: "Racer",
                type: "NORMAL",
                ...details
              })
            )
          ),
          tallyOf
        )
      const won = (tag: string) => ({ answered: 1, refused: [tag] })
      expect(yield* race({ slug })).toEqual(won("SlugTaken"))
      expect(yield* race({ externalId })).toEqual(won("ExternalIdTaken"))
      expect(yield* race({ options: [{ optionId, ...sellable() }] })).toEqual(won("IdTaken"))
      const options = [{ ...sellable(), externalId }]
      expect(yield* race({ options })).toEqual(won("ExternalIdTaken"))
    })
  )
}
