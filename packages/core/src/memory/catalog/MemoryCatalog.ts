/**
 * The in-memory adapter of `CatalogStore` and `CatalogReads`: the executable specification that
 * every other adapter is compared with. One transaction at a time; nothing outlives the process.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CatalogEvent } from "../../catalog/messages/CatalogEvent.ts"
import type {
  EventsFilter,
  ExternalKind,
  ExternalOwner,
  LoggedEvent,
  MappingView
} from "../../catalog/messages/CatalogQuery.ts"
import { CatalogLog } from "../../catalog/ports/CatalogLog.ts"
import {
  type AttributesQuery,
  CatalogReads,
  type FacetQuery,
  type FacetValues,
  facetedMax,
  type MappingsQuery,
  type PriceRange,
  type ProductPlace,
  type ProductsQuery,
  type SkuDemand,
  type ValueFilter
} from "../../catalog/ports/CatalogReads.ts"
import { type CatalogScope, CatalogStore } from "../../catalog/ports/CatalogStore.ts"
import { textsOfValue } from "../../catalog/state/Attribute.ts"
import { descendantsOf } from "../../catalog/state/CategoryTree.ts"
import * as Product from "../../catalog/state/Product.ts"
import * as ProductOption from "../../catalog/state/ProductOption.ts"
import { searchRankOf } from "../../catalog/state/SearchQuery.ts"
import { searchTextOf } from "../../catalog/state/SearchText.ts"
import type { SkuId } from "../../kernel/Identifier.ts"
import * as Money from "../../kernel/money/Money.ts"
import { dayNumber } from "../../kernel/ReportDays.ts"
import { compareTexts } from "../../kernel/Text.ts"
import { type Appended, makeMemoryEventLog } from "../engine/MemoryEventLog.ts"
import { memoryBatchStore } from "../engine/memoryBatchStore.ts"
import { MemoryCatalogTables } from "./MemoryCatalogTables.ts"

const storeOver = (
  tables: MemoryCatalogTables,
  clock: Clock.Clock,
  appended: Appended
): CatalogStore["Service"] =>
  memoryBatchStore({
    now: ({ productIds }: CatalogScope) =>
      DateTime.makeUnsafe(
        productIds.reduce(
          (millis, id) =>
            Math.max(millis, tables.products.get(id)?.updatedAt.epochMilliseconds ?? 0),
          clock.currentTimeMillisUnsafe()
        )
      ),
    load: (scope, now) => tables.load(scope, now),
    apply: (changes, now, audit) => {
      tables.apply(changes, now)
      appended(audit, now)
    }
  })

type InIncarnation = (event: CatalogEvent) => CatalogEvent

const readsOver = (
  tables: MemoryCatalogTables,
  clock: Clock.Clock,
  inIncarnation: InIncarnation
): CatalogReads["Service"] => ({
  products: (productIds) =>
    Effect.sync(() => [...new Set(productIds)].flatMap((id) => tables.products.get(id) ?? [])),
  productBySlug: (slug) =>
    Effect.sync(() => {
      const productId = tables.slugs.get(slug)
      return productId === undefined ? undefined : tables.products.get(productId)
    }),
  byExternalIds: (kind, externalIds) =>
    Effect.sync(() => {
      const wanted = new Set<string | null>(externalIds)
      return ownersOf(tables, kind).filter(({ externalId }) => wanted.has(externalId))
    }),
  productsPage: (query) => Effect.sync(() => productsOf(tables, query)),
  facets: (query, facets) => Effect.sync(() => facetsOf(tables, query, facets)),
  attributes: (query) => Effect.sync(() => attributesOf(tables, query)),
  categories: (categoryIds) =>
    Effect.sync(() => [...new Set(categoryIds)].flatMap((id) => tables.categories.get(id) ?? [])),
  allCategories: Effect.sync(() => [...tables.categories.values()]),
  mappings: (query) => Effect.sync(() => mappingsOf(tables, query)),
  demands: (skuIds) => Effect.sync(() => demandsOf(tables, new Set(skuIds))),
  mappedSkus: (after, limit) =>
    Effect.sync(() =>
      [...new Set([...tables.products.values()].flatMap(Product.skuIdsOf))]
        .sort(compareTexts)
        .filter((skuId) => after === null || compareTexts(skuId, after) > 0)
        .slice(0, limit)
    ),
  multiUnitSkus: (limit) =>
    Effect.sync(() => {
      const options = [...tables.products.values()].flatMap((product) => product.options)
      const taken = options.flatMap(({ skuMappings }) => skuMappings)
      const ofSeveral = taken.filter(({ quantity }) => quantity > 1)
      return [...new Set(ofSeveral.map(({ skuId }) => skuId))].slice(0, limit)
    }),
  isMapped: Effect.sync(() =>
    [...tables.products.values()].some((product) => Product.skuIdsOf(product).length > 0)
  ),
  viewed: (productId) =>
    Effect.sync(() => tables.views.add(dayNumber(clock.currentTimeMillisUnsafe()), productId)),
  mostViewed: (query) =>
    Effect.sync(() =>
      tables.views.most(query).map(({ count, id }) => {
        const name = tables.products.get(id as Product.Product["id"])?.name ?? null
        return { productId: id as Product.Product["id"], name, views: count }
      })
    ),
  events: (after, limit, filter = {}) =>
    Effect.sync(() => eventsOf(tables, inIncarnation, after, limit, filter)),
  ping: Effect.void
})

const demandsOf = (
  tables: MemoryCatalogTables,
  skuIds: ReadonlySet<SkuId>
): ReadonlyArray<SkuDemand> => {
  const demands = new Map<SkuId, SkuDemand>()
  const options = [...tables.products.values()].flatMap((product) => product.options)
  for (const { skuMappings, status } of options.filter(ProductOption.followsStock)) {
    for (const { quantity, skuId } of skuMappings) {
      if (!skuIds.has(skuId)) continue
      const { shown, soldOut } = demands.get(skuId) ?? { shown: null, soldOut: null }
      const demand =
        status === "ACTIVE"
          ? { shown: Math.max(shown ?? 0, quantity), soldOut }
          : { shown, soldOut: Math.min(soldOut ?? quantity, quantity) }
      demands.set(skuId, { skuId, ...demand })
    }
  }
  return [...demands.values()]
}

const ownersOf = (
  tables: MemoryCatalogTables,
  kind: ExternalKind
): ReadonlyArray<ExternalOwner> => {
  const products = [...tables.products.values()]
  const rows =
    kind === "category"
      ? [...tables.categories.values()].map((it) => ({ ...it, productId: null }))
      : kind === "product"
        ? products.map((it) => ({ ...it, productId: null }))
        : products.flatMap(({ options }) => options)
  return rows.flatMap(({ externalId, id, productId }) =>
    externalId === null ? [] : [{ externalId, id, productId }]
  )
}

/** The order of a list of products: by its field, then by id. */
const inOrder =
  ({ descending, sortBy }: ProductsQuery) =>
  (a: ProductPlace, b: ProductPlace): number => {
    const order = {
      name: () => compareTexts(a.name, b.name),
      price: () => compareAmounts(a.price, b.price),
      createdAt: () => a.createdAt.epochMilliseconds - b.createdAt.epochMilliseconds,
      relevance: () => a.rank - b.rank
    }[sortBy]()
    return (descending ? -order : order) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  }

const compareAmounts = (a: string | null, b: string | null): number =>
  Money.compareAmounts({ amount: a ?? "0", currency: "" }, { amount: b ?? "0", currency: "" })

const isPriced = (product: Product.Product, { currency, from, to }: PriceRange): boolean =>
  product.options.some(({ price, status }) => {
    if (price === null || price.currency !== currency || status === "INACTIVE") return false
    const isNotBelow = from === null || Money.compareAmounts(price, { amount: from, currency }) >= 0
    return isNotBelow && (to === null || Money.compareAmounts(price, { amount: to, currency }) <= 0)
  })

/** The texts of a product's value of an attribute; none when it has none. */
const textsOf = ({ attributes }: Product.Product, code: string): ReadonlyArray<string> =>
  Object.hasOwn(attributes, code) ? textsOfValue(attributes[code] ?? "") : []

const isValued = (product: Product.Product, filter: ValueFilter): boolean => {
  const texts = textsOf(product, filter.code)
  if ("anyOf" in filter) return texts.some((text) => filter.anyOf.includes(text))
  const value = product.attributes[filter.code]
  if (typeof value !== "number") return false
  return value >= (filter.from ?? value) && value <= (filter.to ?? value)
}

/** The products of a list, wherever its page begins, in its order. */
const listOf = (tables: MemoryCatalogTables, query: ProductsQuery) => {
  const { available, categoryId, direct, price, search, shownAt } = query
  const { skuId, status, type, values } = query
  const below = categoryId === null || direct ? [] : descendantsOf(tables, categoryId)
  const wanted = new Set([categoryId, ...below.map(({ id }) => id)])
  const order = inOrder(query)
  return [...tables.products.values()]
    .filter(
      (product) =>
        (categoryId === null || product.categories.some((it) => wanted.has(it.categoryId))) &&
        (status === null || product.status === status) &&
        (type === null || product.type === type) &&
        (shownAt === null || Product.isShownAt(product, shownAt)) &&
        (skuId === null || Product.skuIdsOf(product).includes(skuId)) &&
        (price === null || isPriced(product, price)) &&
        (!available || product.options.some((option) => option.status === "ACTIVE")) &&
        values.every((filter) => isValued(product, filter))
    )
    .flatMap((product) => {
      const rank = search === null ? 0 : searchRankOf(search, searchTextOf(product))
      const { createdAt, id, name } = product
      const price = Product.lowestPriceOf(product)?.amount ?? null
      return rank === undefined ? [] : [{ product, place: { rank, price, createdAt, id, name } }]
    })
    .filter(({ place }) => query.sortBy !== "price" || place.price !== null)
    .sort((a, b) => order(a.place, b.place))
}

const productsOf = (tables: MemoryCatalogTables, query: ProductsQuery) => {
  const { after, limit, skip } = query
  const order = inOrder(query)
  return listOf(tables, query)
    .filter(({ place }) => after === null || order(place, after) > 0)
    .slice(skip, skip + limit)
    .map(({ product }) => product)
}

const facetsOf = (
  tables: MemoryCatalogTables,
  query: ProductsQuery,
  facets: ReadonlyArray<FacetQuery>
): ReadonlyArray<FacetValues> =>
  facets.map(({ code, isNumber }) => {
    const values = query.values.filter((filter) => filter.code !== code)
    const all = listOf(tables, { ...query, values }).map(({ product }) => product)
    const valued = all.slice(0, facetedMax).filter((product) => textsOf(product, code).length > 0)
    const counts = new Map<string, number>()
    for (const text of valued.flatMap((product) => textsOf(product, code))) {
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    const numbers = isNumber ? valued.map(({ attributes }) => Number(attributes[code])) : []
    return {
      code,
      products: valued.length,
      counts: isNumber ? [] : [...counts].map(([value, products]) => ({ value, products })),
      least: numbers.length === 0 ? null : Math.min(...numbers),
      greatest: numbers.length === 0 ? null : Math.max(...numbers),
      isWhole: all.length <= facetedMax
    }
  })

const attributesOf = (tables: MemoryCatalogTables, query: AttributesQuery) => {
  const all = [...tables.attributes.values()].sort((a, b) => compareTexts(a.code, b.code))
  if ("ids" in query) return all.filter(({ id }) => query.ids.includes(id))
  if ("codes" in query) return all.filter(({ code }) => query.codes.includes(code))
  const { after, limit } = query
  return all.filter(({ code }) => after === null || code > after).slice(0, limit)
}

const mappingsOf = (tables: MemoryCatalogTables, { after, limit, of }: MappingsQuery) => {
  const skuIds = "skuIds" in of ? new Set(of.skuIds) : undefined
  const optionIds = "optionIds" in of ? new Set(of.optionIds) : undefined
  const keyOf = ({ optionId, skuId }: Pick<MappingView, "optionId" | "skuId">) =>
    `${optionId} ${skuId}`
  return [...tables.products.values()]
    .flatMap(({ id: productId, options }) =>
      options.flatMap(({ id: optionId, skuMappings }) =>
        skuMappings.map((mapping): MappingView => ({ productId, optionId, ...mapping }))
      )
    )
    .filter(
      (mapping) =>
        (skuIds?.has(mapping.skuId) ?? true) &&
        (optionIds?.has(mapping.optionId) ?? true) &&
        (after === null || keyOf(mapping) > keyOf(after))
    )
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .slice(0, limit)
}

const eventsOf = (
  tables: MemoryCatalogTables,
  inIncarnation: InIncarnation,
  after: number,
  limit: number,
  filter: EventsFilter
) => {
  const found: Array<LoggedEvent> = []
  for (let position = after + 1; found.length < limit; position++) {
    const event = tables.events[position - 1]
    if (event === undefined) break
    if (isWanted(event, filter)) found.push({ position, event: inIncarnation(event) })
  }
  return found
}

const isWanted = (
  { aggregateId, eventType }: CatalogEvent,
  { aggregateIds, types }: EventsFilter
): boolean =>
  (types === undefined || types.includes(eventType)) &&
  (aggregateIds === undefined || aggregateIds.includes(aggregateId))

/** The in-memory store and its reads, over tables of their own. */
export const layer: Layer.Layer<CatalogStore | CatalogReads | CatalogLog> = Layer.effectContext(
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const tables = new MemoryCatalogTables()
    const { appended, inIncarnation, log } = makeMemoryEventLog("catalog", tables.events, clock)
    return Context.make(CatalogStore, storeOver(tables, clock, appended)).pipe(
      Context.add(CatalogReads, readsOver(tables, clock, inIncarnation)),
      Context.add(CatalogLog, log)
    )
  })
)
