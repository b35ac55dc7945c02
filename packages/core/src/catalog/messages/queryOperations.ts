/**
 * The operations that change nothing, one row each: what it takes, what it answers, one sentence of
 * what it tells, and its refusals in the order of precedence, beside input that cannot be read.
 */
import * as Schema from "effect/Schema"
import { ofCatalog, ofEvents, openToAnyone, type Permission } from "../../access/Permission.ts"
import { placeFields } from "../../events/EventView.ts"
import { AttributeId, CategoryId, OptionId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import { Currency, WrittenAmount } from "../../kernel/money/Money.ts"
import { PageCursor, pageFields, reportFields } from "../../kernel/Page.ts"
import { printable, text } from "../../kernel/Text.ts"
import { Attribute, AttributeCode } from "../state/Attribute.ts"
import { Category } from "../state/Category.ts"
import { ExternalId, ProductStatus, ProductType, Slug } from "../state/Product.ts"
import { searchWordsMax, searchWordsOf } from "../state/SearchQuery.ts"
import { Locale } from "../state/Translations.ts"
import type { RefusalTag } from "./CatalogError.ts"
import {
  AttributesPage,
  CategoryTreeAnswer,
  EventsFilter,
  EventsView,
  ExternalKind,
  ExternalOwner,
  type LoggedEvents,
  MappingsAnswer,
  MostViewed,
  ProductAnswer,
  ProductSort,
  ProductsAnswer,
  ProductsPage,
  productsOfPageMax,
  skippedMax
} from "./CatalogQuery.ts"

const optional = Schema.optionalKey

/** In which language names and descriptions are read. */
const inLocale = { locale: optional(Locale) }

/** Where a page begins, by number or by cursor, and how many products it has. */
const pageOfProducts = {
  page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  cursor: optional(PageCursor),
  size: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: productsOfPageMax }))),
  sort: optional(ProductSort)
}

/** Refuses a page number beside a cursor, and a page that is too far from the first. */
const isReachable = Schema.makeFilter(
  (query: { readonly page?: number; readonly cursor?: string; readonly size?: number }) => {
    if (query.page === undefined) return true
    if (query.cursor !== undefined) {
      return { path: ["page"], issue: "is not for a page that is asked for by its cursor" }
    }
    const pagesMax = Math.floor(skippedMax / (query.size ?? 20))
    return (
      query.page <= pagesMax || {
        path: ["page"],
        issue: `must be at most ${pagesMax} for pages of this size; follow \`next\` to go further`
      }
    )
  },
  { toJsonSchema: () => ({}) }
)

/** What products are searched for: 1 to 100 code points with 1 to 16 words among them. */
const SearchText = text(1, 100).check(
  Schema.makeFilter<string>(
    (written) => {
      const words = searchWordsOf(written).length
      if (words === 0) return "must have a letter or a digit"
      return words <= searchWordsMax || `must have at most ${searchWordsMax} words`
    },
    { toJsonSchema: () => ({}) }
  )
)

/** The most attributes by which one list is narrowed, and the most facets of one list. */
export const facetsMax = 20

const valuesOfFilterMax = 50

/**
 * What a list is narrowed to by one attribute: products that have any of these values, or a number in
 * this range, both ends included.
 */
export const AttributeFilter = Schema.Struct({
  anyOf: optional(
    Schema.Array(Schema.Union([printable(1, 255), Schema.Finite, Schema.Boolean])).check(
      Schema.isBetweenLength(1, valuesOfFilterMax, {
        message: `must have 1 to ${valuesOfFilterMax} values`
      })
    )
  ),
  from: optional(Schema.Finite),
  to: optional(Schema.Finite)
}).check(
  Schema.makeFilter<{
    readonly anyOf?: ReadonlyArray<unknown>
    readonly from?: number
    readonly to?: number
  }>(
    ({ anyOf, from, to }) =>
      (anyOf === undefined) !== (from === undefined && to === undefined) ||
      "must have either values or a range, from or to",
    { toJsonSchema: () => ({}) }
  )
)

const filtersUpTo = Schema.makeFilter(
  (filters: { readonly [code: string]: unknown }) =>
    Object.keys(filters).length <= facetsMax || `must name at most ${facetsMax} attributes`,
  { toJsonSchema: () => ({ maxProperties: facetsMax }) }
)

/** What a list of products may be narrowed to, and the facets that are counted with it. */
const filtersOfProducts = {
  attributes: optional(Schema.Record(AttributeCode, AttributeFilter).check(filtersUpTo)),
  facets: optional(
    Schema.Array(AttributeCode).check(
      Schema.isBetweenLength(1, facetsMax, { message: `must have 1 to ${facetsMax} codes` })
    )
  ),
  q: optional(SearchText),
  skuId: optional(SkuId),
  currency: optional(Currency),
  priceFrom: optional(WrittenAmount),
  priceTo: optional(WrittenAmount),
  available: optional(Schema.Boolean)
}

/** Refuses prices without a currency, a currency without prices, and relevance without a search. */
const isNarrowed = Schema.makeFilter(
  (query: {
    readonly q?: string
    readonly currency?: string
    readonly priceFrom?: string
    readonly priceTo?: string
    readonly sort?: string
  }) => {
    const isPriced = query.priceFrom !== undefined || query.priceTo !== undefined
    if (isPriced !== (query.currency !== undefined)) {
      const issue = "must be given beside priceFrom or priceTo, and not without them"
      return { path: ["currency"], issue }
    }
    return (
      query.sort !== "relevance" ||
      query.q !== undefined || { path: ["q"], issue: "must be given to sort by relevance" }
    )
  },
  { toJsonSchema: () => ({}) }
)

const isOneOf = Schema.makeFilter(
  (query: {
    readonly skuIds?: ReadonlyArray<string>
    readonly optionIds?: ReadonlyArray<string>
  }) =>
    (query.skuIds === undefined) !== (query.optionIds === undefined) || {
      path: query.skuIds === undefined ? ["skuIds"] : ["optionIds"],
      issue:
        query.skuIds === undefined
          ? "is missing; give it, or optionIds in its place"
          : "takes the place of skuIds; give one of the two"
    },
  {
    toJsonSchema: () => ({
      oneOf: [{ required: ["skuIds"] }, { required: ["optionIds"] }]
    })
  }
)

const upTo = <S extends Schema.Top>(item: S, maximum: number) =>
  Schema.Array(item).check(
    Schema.isBetweenLength(1, maximum, { message: `must have 1 to ${maximum} ids` })
  )

/** The questions. */
export const queryOperations = {
  product: {
    permission: ofCatalog.browse,
    summary: "Read a product with its options, and the stock of their SKUs",
    input: Schema.Struct({ productId: ProductId, ...inLocale }),
    answer: ProductAnswer,
    refusals: ["ProductNotFound"]
  },
  productBySlug: {
    permission: ofCatalog.browse,
    summary: "Read the product that has a slug, or had it before",
    input: Schema.Struct({ slug: Slug, ...inLocale }),
    answer: ProductAnswer,
    refusals: ["SlugNotFound"]
  },
  productsByIds: {
    permission: ofCatalog.browse,
    summary: "Read up to 250 products",
    input: Schema.Struct({ productIds: upTo(ProductId, productsOfPageMax), ...inLocale }),
    answer: ProductsAnswer,
    refusals: []
  },
  products: {
    permission: ofCatalog.browse,
    summary: "List and search products, a page of them; of a category with what is below it",
    input: Schema.Struct({
      categoryId: optional(CategoryId),
      direct: optional(Schema.Boolean),
      status: optional(ProductStatus),
      type: optional(ProductType),
      shown: optional(Schema.Boolean),
      ...filtersOfProducts,
      ...inLocale,
      ...pageOfProducts
    }).check(isReachable, isNarrowed),
    answer: ProductsPage,
    refusals: ["CategoryNotFound", "AttributeNotFound"]
  },
  category: {
    permission: ofCatalog.browse,
    summary: "Read a category",
    input: Schema.Struct({ categoryId: CategoryId, ...inLocale }),
    answer: Category,
    refusals: ["CategoryNotFound"]
  },
  categoryTree: {
    permission: ofCatalog.browse,
    summary: "The tree of categories, siblings in their order; inactive ones on request",
    input: Schema.Struct({ includeInactive: optional(Schema.Boolean), ...inLocale }),
    answer: CategoryTreeAnswer,
    refusals: []
  },
  attribute: {
    permission: ofCatalog.browse,
    summary: "Read an attribute",
    input: Schema.Struct({ attributeId: AttributeId, ...inLocale }),
    answer: Attribute,
    refusals: ["AttributeNotFound"]
  },
  attributes: {
    permission: ofCatalog.browse,
    summary: "List attributes in the order of their codes, or those of some codes",
    input: Schema.Struct({
      codes: optional(upTo(AttributeCode, 100)),
      ...inLocale,
      ...pageFields
    }),
    answer: AttributesPage,
    refusals: []
  },
  skuMappings: {
    permission: ofCatalog.read,
    summary: "The mappings of SKUs, or of options: which option takes how many of which SKU",
    input: Schema.Struct({
      skuIds: optional(upTo(SkuId, 1_000)),
      optionIds: optional(upTo(OptionId, 1_000)),
      ...pageFields
    }).check(isOneOf),
    answer: MappingsAnswer,
    refusals: []
  },
  byExternalIds: {
    permission: ofCatalog.read,
    summary: "The products, options or categories that have one of up to 1,000 external ids",
    input: Schema.Struct({ kind: ExternalKind, externalIds: upTo(ExternalId, 1_000) }),
    answer: Schema.Array(ExternalOwner),
    refusals: []
  },
  mostViewed: {
    permission: ofCatalog.read,
    summary: "The products that were read most in up to 92 days, most first",
    input: Schema.Struct(reportFields),
    answer: MostViewed,
    refusals: []
  },
  /** The answer is described as it is sent: see `eventView`. */
  events: {
    permission: ofEvents.read,
    summary: "The event log after a position, in order, without gaps; of types, of aggregates",
    input: Schema.Struct({
      ...EventsFilter.fields,
      ...placeFields,
      size: pageFields.size
    }),
    answer: EventsView,
    refusals: ["PositionGone", "LogRestored"]
  },
  ping: {
    permission: openToAnyone,
    summary: "The store answers",
    input: Schema.Struct({}),
    answer: Schema.Void,
    refusals: []
  }
} as const satisfies {
  readonly [name: string]: {
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

type Rows = typeof queryOperations

/** The name of a question. */
export type QueryName = keyof Rows

/** A question that was validated. */
export type QueryOf<Name extends QueryName> = Rows[Name]["input"]["Type"]

/** A question of untrusted parts, instants as ISO 8601 text. */
export type QueryInputOf<Name extends QueryName> = Rows[Name]["input"]["Encoded"]

/** The question about a list of products. */
export type ProductsList = QueryOf<"products">

/** The answer to a question. */
export type QueryAnswerOf<Name extends QueryName> = Name extends "events"
  ? LoggedEvents
  : Rows[Name]["answer"]["Type"]
