/**
 * PORT. Reads of the catalog. No read takes a lock, and none is longer than a page. A page of
 * products with all that belongs to them takes the same number of statements, however many they are.
 * Text is in the order of its code points.
 */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type { PositionGone } from "../../events/PositionGone.ts"
import type {
  AttributeId,
  CategoryId,
  OptionId,
  ProductId,
  SkuId
} from "../../kernel/Identifier.ts"
import type { RankingQuery } from "../../kernel/ReportDays.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type {
  EventsFilter,
  ExternalKind,
  ExternalOwner,
  LoggedEvent,
  MappingView,
  ViewedProduct
} from "../messages/CatalogQuery.ts"
import type { Attribute } from "../state/Attribute.ts"
import type { Category } from "../state/Category.ts"
import type { Product, ProductStatus, ProductType } from "../state/Product.ts"
import type { SearchQuery, SearchRank } from "../state/SearchQuery.ts"

/**
 * Where a page of products ended: the field that the list is sorted by, and the id of the product,
 * which decides between equal ones. `rank` is that of `searchRankOf`, 0 without a search; `price` is
 * the amount of `Product.lowestPriceOf`.
 */
export interface ProductPlace {
  readonly rank: SearchRank
  readonly price: string | null
  readonly name: string
  readonly createdAt: DateTime.Utc
  readonly id: ProductId
}

/** A range of prices in one currency, both ends included; null is no bound. */
export interface PriceRange {
  readonly currency: string
  readonly from: string | null
  readonly to: string | null
}

/** Products that have any of these values of an attribute, as texts, or a number in this range. */
export type ValueFilter =
  | { readonly code: string; readonly anyOf: ReadonlyArray<string> }
  | { readonly code: string; readonly from: number | null; readonly to: number | null }

/**
 * The most products of one list whose values are counted. A store finds them by the filter that it
 * finds by an index; of more, any so many are looked at, and those among them that meet the other
 * filters are counted.
 */
export const facetedMax = 5_000

/** An attribute whose values are counted among the products of a list. */
export interface FacetQuery {
  readonly code: string
  readonly isNumber: boolean
}

/**
 * The values of one attribute among the products of a list: how many `products` have one, how many each
 * value, and the least and the greatest number. `isWhole` says whether all products of the list were
 * looked at. Of numbers each value is not counted.
 */
export interface FacetValues {
  readonly code: string
  readonly products: number
  readonly counts: ReadonlyArray<{ readonly value: string; readonly products: number }>
  readonly least: number | null
  readonly greatest: number | null
  readonly isWhole: boolean
}

/** Attributes by id or by code, or a page of all of them after a code. */
export type AttributesQuery =
  | { readonly ids: ReadonlyArray<AttributeId> }
  | { readonly codes: ReadonlyArray<string> }
  | { readonly after: string | null; readonly limit: number }

/** The most products of one rank that a search sorts; of more, it takes any so many. */
export const relevantMax = 5_000

/**
 * A page of products. `categoryId` null means all products; with it those of the category and of
 * what is below it, or with `direct` those of the category alone, each once. The page begins after
 * `after`, then passes over `skip` products. The order of relevance is that of `searchRankOf`, best
 * first; it needs a search. A list by price has the products alone that have a price.
 */
export interface ProductsQuery {
  readonly categoryId: CategoryId | null
  readonly direct: boolean
  readonly status: ProductStatus | null
  readonly type: ProductType | null
  /** With an instant, the products alone that buyers see then: see `Product.isShownAt`. */
  readonly shownAt: DateTime.Utc | null
  /** With a search, the products alone that it finds: see `searchRankOf`. */
  readonly search: SearchQuery | null
  /** The products alone that map a SKU. */
  readonly skuId: SkuId | null
  /** The products alone with an option at such a price that is not INACTIVE. */
  readonly price: PriceRange | null
  /** The products alone that meet all of these filters by their attributes. */
  readonly values: ReadonlyArray<ValueFilter>
  /** The products alone with an ACTIVE option: one that is neither withdrawn nor sold out. */
  readonly available: boolean
  readonly sortBy: "name" | "price" | "createdAt" | "relevance"
  readonly descending: boolean
  readonly after: ProductPlace | null
  readonly skip: number
  readonly limit: number
}

/** The list of all products, by name and from the first; a list says what it wants otherwise. */
export const everyProduct: Omit<ProductsQuery, "limit"> = {
  categoryId: null,
  direct: false,
  status: null,
  type: null,
  shownAt: null,
  search: null,
  skuId: null,
  price: null,
  values: [],
  available: false,
  sortBy: "name",
  descending: false,
  after: null,
  skip: 0
}

/** A page of the mappings of SKUs, or of options, in the order of option ids, then of SKU ids. */
export interface MappingsQuery {
  readonly of:
    | { readonly skuIds: ReadonlyArray<SkuId> }
    | { readonly optionIds: ReadonlyArray<OptionId> }
  readonly after: { readonly optionId: OptionId; readonly skuId: SkuId } | null
  readonly limit: number
}

/**
 * What the options that follow stock (`ProductOption.followsStock`) take of one SKU, in units. `shown` is the
 * most that an ACTIVE one takes, `soldOut` the least that one takes which is SOLD_OUT; null where there is
 * none.
 */
export interface SkuDemand {
  readonly skuId: SkuId
  readonly shown: number | null
  readonly soldOut: number | null
}

/** Reads of the catalog. */
export class CatalogReads extends Context.Service<
  CatalogReads,
  {
    /** Products by id, in any order; unknown ones are left out. */
    readonly products: (
      productIds: ReadonlyArray<ProductId>
    ) => Effect.Effect<ReadonlyArray<Product>, StoreError>
    /** The product that has a slug, or had it before. */
    readonly productBySlug: (slug: string) => Effect.Effect<Product | undefined, StoreError>
    /** The products, options or categories that have one of these external ids, in any order. */
    readonly byExternalIds: (
      kind: ExternalKind,
      externalIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<ExternalOwner>, StoreError>
    /** A page of products, sorted. */
    readonly productsPage: (
      query: ProductsQuery
    ) => Effect.Effect<ReadonlyArray<Product>, StoreError>
    /**
     * The values of attributes, in any order, among the products of a list, wherever its page begins. What a list is
     * narrowed to by an attribute does not count for the facet of that attribute.
     */
    readonly facets: (
      query: ProductsQuery,
      facets: ReadonlyArray<FacetQuery>
    ) => Effect.Effect<ReadonlyArray<FacetValues>, StoreError>
    /** Attributes in the order of their codes; unknown ones are left out. */
    readonly attributes: (
      query: AttributesQuery
    ) => Effect.Effect<ReadonlyArray<Attribute>, StoreError>
    /** Categories by id, in any order; unknown ones are left out. */
    readonly categories: (
      categoryIds: ReadonlyArray<CategoryId>
    ) => Effect.Effect<ReadonlyArray<Category>, StoreError>
    /** All categories, in any order, also the inactive ones. */
    readonly allCategories: Effect.Effect<ReadonlyArray<Category>, StoreError>
    readonly mappings: (
      query: MappingsQuery
    ) => Effect.Effect<ReadonlyArray<MappingView>, StoreError>
    /** What options take of SKUs, in any order; SKUs of which nothing that follows stock takes are left out. */
    readonly demands: (
      skuIds: ReadonlyArray<SkuId>
    ) => Effect.Effect<ReadonlyArray<SkuDemand>, StoreError>
    /** The SKUs after one that options map, each once, in their order. */
    readonly mappedSkus: (
      after: SkuId | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<SkuId>, StoreError>
    /** SKUs of which an option takes two units or more, at most `limit`, in any order. */
    readonly multiUnitSkus: (limit: number) => Effect.Effect<ReadonlyArray<SkuId>, StoreError>
    /** Whether any option maps a SKU. */
    readonly isMapped: Effect.Effect<boolean, StoreError>
    /**
     * Counts that a product was read alone, as of now. A store may count in memory and write many views
     * at once: what it may lose or write twice then is bounded, and its documentation says how.
     */
    readonly viewed: (productId: ProductId) => Effect.Effect<void, StoreError>
    /** The products that were read most in some days, most first, then by id. */
    readonly mostViewed: (
      query: RankingQuery
    ) => Effect.Effect<ReadonlyArray<ViewedProduct>, StoreError>
    /**
     * Events after a position, in order, at most `limit`: all events, or those of a filter. No page
     * passes a position at which an event may still become visible, so no event is ever missed.
     * Fails with `PositionGone` when events after the position were dropped.
     */
    readonly events: (
      after: number,
      limit: number,
      filter?: EventsFilter
    ) => Effect.Effect<ReadonlyArray<LoggedEvent>, StoreError | PositionGone>
    /** A short statement that fails when the store cannot be reached. */
    readonly ping: Effect.Effect<void, StoreError>
  }
>()("@holdfast/core/catalog/CatalogReads") {}
