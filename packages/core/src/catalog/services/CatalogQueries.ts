/**
 * SERVICE. The questions to the catalog. Every door asks here, so a question has one meaning, one
 * answer and one cursor at all doors. Nothing is locked and nothing is written.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isPlainUser } from "../../access/authorize.ts"
import type { Principal } from "../../access/Principal.ts"
import { mayLag } from "../../engine/methods/MayLag.ts"
import { ifPermitted, permittedMethods } from "../../engine/methods/permitted.ts"
import { after, eventsAfter, orElse, questionMethods } from "../../engine/methods/questions.ts"
import { type CategoryId, hashOf, OptionId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import { WrittenAmount } from "../../kernel/money/Money.ts"
import { cursor, cutPage, pageSizeDefault, positionOf, rankingOf } from "../../kernel/Page.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { text } from "../../kernel/Text.ts"
import type { RefusalOf } from "../messages/CatalogError.ts"
import { type ProductSort, productsOfPageDefault } from "../messages/CatalogQuery.ts"
import type { RefusalsOf } from "../messages/operations.ts"
import {
  type QueryAnswerOf,
  type QueryInputOf,
  type QueryName,
  type QueryOf,
  queryOperations
} from "../messages/queryOperations.ts"
import { CatalogCopies } from "../ports/CatalogCopies.ts"
import { CatalogReads, type PriceRange, type ProductsQuery } from "../ports/CatalogReads.ts"
import { StockMayBeOld, StockStatus } from "../ports/StockStatus.ts"
import type { Category } from "../state/Category.ts"
import { branchesOf } from "../state/CategoryTree.ts"
import { lowestPriceOf, type Product } from "../state/Product.ts"
import { searchQueryOf, searchRankOf } from "../state/SearchQuery.ts"
import { searchTextOf } from "../state/SearchText.ts"
import { attributeAnswers } from "./attributeAnswers.ts"
import { facetsIn, narrowingOf } from "./facets.ts"
import { keepNoAnswer, keptAnswers } from "./keptAnswers.ts"
import { type Answering, named, productAnswers, productViews } from "./productAnswers.ts"
import { shownReads } from "./shownReads.ts"

/** How a question ends: with its answer, or with a refusal of its row. */
export type Answer<Name extends QueryName> = Effect.Effect<
  QueryAnswerOf<Name>,
  RefusalOf<RefusalsOf<Name>> | StoreError
>

/** The questions as methods; each validates its input first. */
export type QueryMethods = {
  readonly [Name in QueryName]: (input: QueryInputOf<Name>) => Answer<Name>
}

/** The catalog's questions. */
export class CatalogQueries extends Context.Service<
  CatalogQueries,
  QueryMethods & {
    /** Asks a question that has been validated already, such as one that a schema decoded. */
    readonly ask: <Name extends QueryName>(name: Name, query: QueryOf<Name>) => Answer<Name>
    /** Counts that somebody was given a product, where the answer was at hand and nothing was asked. */
    readonly viewedAgain: (productId: ProductId) => Effect.Effect<void, StoreError>
  }
>()("@holdfast/core/catalog/CatalogQueries") {
  /** The questions over the reads of a store, and the stock of an inventory. */
  static readonly layer: Layer.Layer<CatalogQueries, never, CatalogReads | StockStatus> =
    Layer.effect(
      CatalogQueries,
      Effect.suspend(() =>
        Effect.gen(function* () {
          const copies = yield* Effect.serviceOption(CatalogCopies)
          const stock = yield* StockStatus
          return queriesOver(yield* CatalogReads, stock, Option.getOrUndefined(copies))
        })
      )
    )

  /** The questions over the reads of a store, as a value. */
  static readonly over = (
    reads: CatalogReads["Service"],
    stock: StockStatus["Service"],
    copies?: CatalogCopies["Service"]
  ): CatalogQueries["Service"] => queriesOver(reads, stock, copies)
}

type Asked = { readonly [Name in QueryName]: (query: QueryOf<Name>) => Answer<Name> }

/** Where a page of each list ended. That of products says of which list it is. */
const cursors = {
  products: cursor(
    Schema.Struct({
      list: Schema.String,
      rank: Schema.Literals([0, 1, 2]),
      price: Schema.NullOr(WrittenAmount),
      name: text(0, 255),
      createdAt: Instant,
      id: ProductId
    })
  ),
  mapping: cursor(Schema.Struct({ optionId: OptionId, skuId: SkuId }))
}

const mappingsOfPage = 1_000

const foreign = {
  _tag: "InvalidInput" as const,
  issues: [{ path: "cursor", message: "is of another list; ask for its first page" }]
}

/** A list, apart from where its page begins, as a short text. */
const digestOf = (list: { readonly [part: string]: unknown }): string => {
  const parts = Object.entries(list).filter(([, part]) => part !== undefined)
  return hashOf(JSON.stringify(parts.sort(([a], [b]) => (a < b ? -1 : 1)))).toString(36)
}

/** The same filters are one list, in whatever order they stand. */
const sortedFields = <A>(
  fields: { readonly [name: string]: A } | undefined
): { readonly [name: string]: A } | undefined =>
  fields && Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))

const sortFields: { readonly [Sort in ProductSort]: ProductsQuery["sortBy"] } = {
  name: "name",
  "-name": "name",
  price: "price",
  "-price": "price",
  createdAt: "createdAt",
  "-createdAt": "createdAt",
  relevance: "relevance"
}

const priceOf = (filters: {
  readonly currency?: string
  readonly priceFrom?: string
  readonly priceTo?: string
}): PriceRange | null =>
  filters.currency === undefined
    ? null
    : {
        currency: filters.currency,
        from: filters.priceFrom ?? null,
        to: filters.priceTo ?? null
      }

const lists = (reads: CatalogReads["Service"]) => {
  const products: Asked["products"] = (query) => {
    const { cursor: token, facets, locale, page, q, ...rest } = query
    const { size = productsOfPageDefault, ...filters } = rest
    const { sort = q === undefined ? "name" : "relevance" } = query
    const { categoryId = null, skuId = null, status = null, type = null } = filters
    const search = q === undefined ? null : searchQueryOf(q)
    const narrowing = sortedFields(filters.attributes)
    const list = digestOf({ ...filters, attributes: narrowing, q, sort })
    return after(positionOf(cursors.products, token), (position) =>
      Effect.gen(function* () {
        if (position !== null && position.list !== list) return yield* Effect.fail(foreign)
        const now = yield* DateTime.now
        const narrowed = yield* narrowingOf(reads, narrowing ?? {}, facets ?? [])
        const asked: ProductsQuery = {
          categoryId,
          direct: filters.direct ?? false,
          status,
          type,
          shownAt: filters.shown === true ? now : null,
          search,
          skuId,
          price: priceOf(filters),
          values: narrowed.values,
          available: filters.available ?? false,
          sortBy: sortFields[sort],
          descending: sort.startsWith("-"),
          after: position,
          skip: (page ?? 0) * size,
          limit: size + 1
        }
        const read = yield* reads.productsPage(asked)
        if (read.length === 0 && categoryId !== null) yield* known(reads, categoryId)
        const cut = cutPage(read, size, (product: Product) => {
          const { createdAt, id, name } = product
          const rank = search === null ? 0 : (searchRankOf(search, searchTextOf(product)) ?? 2)
          const price = lowestPriceOf(product)?.amount ?? null
          return cursors.products.encode({ list, rank, price, name, createdAt, id })
        })
        const items = yield* productViews(reads, cut.items, { now, locale })
        const number = token === undefined ? (page ?? 0) : null
        const counted =
          facets === undefined ? null : yield* facetsIn(reads, asked, narrowed, locale)
        return { items, page: number, size, next: cut.next, facets: counted }
      })
    )
  }

  const skuMappings: Asked["skuMappings"] = ({ cursor: token, optionIds, size, skuIds }) =>
    after(positionOf(cursors.mapping, token), (position) => {
      const limit = size ?? mappingsOfPage
      const of = skuIds === undefined ? { optionIds: optionIds ?? [] } : { skuIds }
      return Effect.map(reads.mappings({ of, after: position, limit: limit + 1 }), (read) => {
        const { items, next } = cutPage(read, limit, ({ optionId, skuId }) =>
          cursors.mapping.encode({ optionId, skuId })
        )
        return { mappings: items, next }
      })
    })

  const events: Asked["events"] = ({
    after: position,
    afterEventId,
    size = pageSizeDefault,
    ...filter
  }) => eventsAfter(reads.events, { after: position, afterEventId, size, filter })
  return { products, skuMappings, events }
}

const known = (
  reads: CatalogReads["Service"],
  categoryId: CategoryId
): Effect.Effect<Category, RefusalOf<"CategoryNotFound"> | StoreError> =>
  Effect.flatMap(reads.categories([categoryId]), ([category]) =>
    orElse(
      category,
      Effect.fail({
        _tag: "CategoryNotFound" as const,
        categoryIds: [categoryId],
        fields: ["categoryId"]
      })
    )
  )

/** Asks for the stock that people look at. */
const forPeople = (
  stock: StockStatus["Service"],
  stockOf = stock.stockOf
): StockStatus["Service"] => ({
  ...stock,
  stockOf: (skuIds) => Effect.provideService(stockOf(skuIds), StockMayBeOld, true)
})

const asked = (answering: Answering): Asked => {
  const { reads } = answering
  const answerFor = <E>(
    product: Product | undefined,
    locale: string | undefined,
    refused: Effect.Effect<never, E>
  ) =>
    Effect.tap(
      Effect.flatMap(orElse(product, refused), (found) =>
        Effect.flatMap(productAnswers(answering, [found], locale), ([answer]) =>
          orElse(answer, refused)
        )
      ),
      ({ product: { id } }) => reads.viewed(id)
    )
  return {
    ...lists(reads),
    ...attributeAnswers(reads),
    product: ({ locale, productId }) =>
      Effect.flatMap(reads.products([productId]), ([product]) =>
        answerFor(product, locale, Effect.fail({ _tag: "ProductNotFound" as const, productId }))
      ),
    productBySlug: ({ locale, slug }) =>
      Effect.flatMap(reads.productBySlug(slug), (product) =>
        answerFor(product, locale, Effect.fail({ _tag: "SlugNotFound" as const, slug }))
      ),
    productsByIds: ({ locale, productIds }) => {
      const wanted = [...new Set(productIds)]
      return Effect.flatMap(reads.products(wanted), (found) => {
        const byId = new Map(found.map((product) => [product.id, product]))
        const products = wanted.flatMap((id) => byId.get(id) ?? [])
        return Effect.map(productAnswers(answering, products, locale), (items) => ({
          items,
          unknownProductIds: wanted.filter((id) => !byId.has(id))
        }))
      })
    },
    byExternalIds: ({ externalIds, kind }) => reads.byExternalIds(kind, [...new Set(externalIds)]),
    category: ({ categoryId, locale }) =>
      Effect.map(known(reads, categoryId), (category) => named(category, locale)),
    categoryTree: ({ includeInactive = false, locale }) =>
      Effect.map(reads.allCategories, (all) => {
        const categories = includeInactive ? all : shownOf(all)
        return { categories: branchesOf(categories.map((category) => named(category, locale))) }
      }),
    mostViewed: (query) =>
      Effect.flatMap(Clock.currentTimeMillis, (millis) => {
        const { from, to, limit } = rankingOf(query, millis)
        return Effect.map(reads.mostViewed({ from, to, limit }), (items) => ({ from, to, items }))
      }),
    ping: () => reads.ping
  }
}

/** The categories that are active, and all of whose ancestors are. */
const shownOf = (categories: ReadonlyArray<Category>): ReadonlyArray<Category> => {
  const shown = new Set<CategoryId>()
  const byLevel = [...categories].sort((a, b) => a.level - b.level)
  return byLevel.filter(({ id, isActive, parentId }) => {
    if (!isActive || (parentId !== null && !shown.has(parentId))) return false
    shown.add(id)
    return true
  })
}

/** What follows the log is answered with what is there now. */
const asOfNow: ReadonlySet<QueryName> = new Set<QueryName>(["events", "ping"])

const queriesOver = (
  store: CatalogReads["Service"],
  asking: StockStatus["Service"],
  copies?: CatalogCopies["Service"]
): CatalogQueries["Service"] => {
  const { stockOf = asking.stockOf, ...copied } = copies ?? {}
  const reads = { ...store, ...copied }
  const stock = forPeople(asking, stockOf)
  const keep = copies === undefined ? keepNoAnswer : keptAnswers()
  const trusted = asked({ reads, stock, keep })
  // What a buyer may see is judged after the copy, by what it says.
  const shown = asked({ reads: shownReads(reads), stock, keep })
  const answersFor = (principal: Principal | undefined): Asked =>
    principal !== undefined && isPlainUser(principal) ? shown : trusted
  const ask: CatalogQueries["Service"]["ask"] = (name, query) =>
    ifPermitted({ name, permission: queryOperations[name].permission }, (principal) => {
      const answer = answersFor(principal)[name](query)
      return asOfNow.has(name) ? answer : mayLag(answer)
    })
  const answers = Object.fromEntries(
    Object.keys(queryOperations).map((name) => [
      name,
      (query: never) => ask(name as QueryName, query)
    ])
  )
  return CatalogQueries.of({
    ...(permittedMethods(
      queryOperations,
      questionMethods(queryOperations, answers) as unknown as QueryMethods
    ) as QueryMethods),
    ask,
    viewedAgain: (productId) => store.viewed(productId)
  })
}
