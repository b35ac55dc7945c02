/**
 * The ways to find the products of a page. Each is some queries by name, and a query over them that
 * gives rows of an id and a place: those of the page and maybe more, in any order.
 *
 * A query that is not needed must not run. So each begins with a row that is there only when it is
 * needed, which the executor looks for once.
 */
import type { Order } from "./order.ts"
import type { Kinds, ProductFilter } from "./scope.ts"

/** A list of products, as its statement has it. */
export interface List extends Kinds {
  readonly schema: string
  readonly order: Order
  readonly filters: ReadonlyArray<ProductFilter>
  /** How many rows of the list reach to the end of the page. */
  readonly end: string
  readonly bounds: Bounds
}

/** How much is read before a page is found another way. */
export interface Bounds {
  /** The most products of one filter, of which all are sorted. */
  readonly few: number
  /** The most categories, each of which is read in the order of the list. */
  readonly categories: number
  /** The most places in categories, of which all are sorted. One costs a tenth of a product. */
  readonly places: number
  /** The most products of one rank, of which all are sorted. */
  readonly ranked: number
}

/** Queries by name, and the rows that are found. */
export interface Way {
  readonly queries: ReadonlyArray<string>
  readonly found: string
}

const and = (conditions: ReadonlyArray<string>): string =>
  conditions.map((condition) => `\n    and ${condition}`).join("")

/** A product by its id, with its whole row. */
const productOf = (schema: string, id: string): string =>
  `cross join lateral (select * from ${schema}.products p where p.id = ${id} limit 1) as p`

const isOfType = ({ status, type }: List, row: string): string =>
  `${row}.status = any(${status}) and ${row}.type = any(${type})`

/** What holds when none of the first `count` filters that are tried finds few. */
const areMany = ({ bounds }: List, count: number): string =>
  count === 0 ? "true" : `(select count(*) from few_${count - 1}) > ${bounds.few}`

/**
 * `few`: the products that one filter finds, the first of these that finds few. `isMany` holds when
 * none does. `late` are tried after the others, and only when `isLate` holds. `conditions` are
 * those of a product in `few`, `f`: its own filter is not asked again.
 */
const fewOf = (
  list: List,
  early: ReadonlyArray<ProductFilter>,
  late: ReadonlyArray<ProductFilter> = [],
  isLate = "true"
) => {
  const tried = [...early, ...late]
  if (tried.length === 0) return undefined
  const queries = tried.map(({ source }, n) => {
    const isWanted = `${areMany(list, n)}${n < early.length ? "" : ` and ${isLate}`}`
    return `few_${n} as materialized (
  select r.product_id from (select 1 where ${isWanted}) as wanted
  cross join lateral (${source}) as r
  limit ${list.bounds.few} + 1
)`
  })
  const parts = tried.map(
    (_, n) => `
  select distinct r.product_id as id, ${n} as filter from few_${n} r where not ${areMany(list, n + 1)}`
  )
  return {
    queries: [...queries, `few as materialized (${parts.join("\n  union all")}\n)`],
    isMany: areMany(list, tried.length),
    conditions: list.filters.map((filter) => {
      const n = tried.indexOf(filter)
      return n < 0 ? filter.condition : `(f.filter = ${n} or ${filter.condition})`
    })
  }
}

/**
 * The stretches of an index on products, one for each status and type. Each is read until it has
 * given a page that meets all filters.
 */
const stretchesOf = ({ end, filters, order, schema, status, type }: List): string => {
  const place = `p.${order.column}`
  return `
  select p.id, p.place from unnest(${status}) as s(status) cross join unnest(${type}) as t(type)
  cross join lateral (
    select p.id, ${place} as place from ${schema}.products p
    where p.status = s.status and p.type = t.type${and([
      ...filters.map(({ condition }) => condition),
      ...order.after(place, "p.id")
    ])}
    order by ${place}${order.turn}, p.id limit ${end}
  ) as p`
}

/** How many times a page the first places are that are tried for it. */
const firstFactor = 8

/**
 * The places of products in the categories of the list, which have what a list is sorted by. The first
 * ones of each category are read in the order of the list, sorted, and the products tried until the
 * page is full. When that does not fill it, or there are very many categories, all places are sorted.
 */
const placesOf = (list: List, isNeeded: string): Way & { readonly isTooLong: string } => {
  const { bounds, end, filters, order, schema, status, type } = list
  const { column, turn } = order
  const first = `${firstFactor} * (${end})`
  const isTooWide = `(select count(*) from wanted) > ${bounds.categories}`
  const isShort = `(${isTooWide} or (select count(*) from first_found) < ${end}
    and (select count(*) from first_places) >= ${first})`
  const isTooLong = `(select count(*) from places) > ${bounds.places}`
  // What every place has: it leads to the index that is sorted by the column.
  const always = {
    name: ["k.name >= ''"],
    lowest_price: [],
    created_at: ["k.created_at > '-infinity'"]
  }
  const met = and([
    ...always[column],
    ...filters.flatMap(({ bound }) => (bound === undefined ? [] : [bound("k")])),
    ...order.after(`k.${column}`, "k.product_id")
  ])
  const others = filters.filter(({ isOfCategory }) => isOfCategory !== true)
  const placeOf = (where: string, limit: string) => `
  cross join lateral (
    select k.product_id as id, k.${column} as place from ${schema}.product_categories k
    where k.category_id = w.id and ${where}${met}
    ${limit}
  ) as k`
  const triedOf = (places: string, isWanted: string) => `
  (select p.id, f.place from (
    select distinct f.id, f.place from ${places} f where ${isWanted}
    order by f.place${turn}, f.id offset 0
  ) as f
  ${productOf(schema, "f.id")}
  where true${and(others.map(({ condition }) => condition))}
  order by f.place${turn}, f.id limit ${end})`
  return {
    isTooLong,
    queries: [
      `first_places as materialized (
  select k.id, k.place from (select 1 where ${isNeeded} and not ${isTooWide}) as needed
  cross join wanted w cross join unnest(${status}) as s(status) cross join unnest(${type}) as t(type)
  ${placeOf("k.status = s.status and k.type = t.type", `order by k.${column}${turn}, k.product_id limit ${first}`)}
  order by k.place${turn}, k.id limit ${first}
)`,
      `first_found as materialized (${triedOf("first_places", "true")}
)`,
      `places as materialized (
  select k.id, k.place from (select 1 where ${isNeeded} and ${isShort}) as needed
  cross join wanted w
  ${placeOf(isOfType(list, "k"), "offset 0")}
  limit ${bounds.places} + 1
)`
    ],
    found: `
  select p.id, p.place from first_found p where not ${isShort}
  union all${triedOf("places", `not ${isTooLong}`)}`
  }
}

/**
 * By a column. The first filter that finds few gives the products, which are sorted. When none does,
 * a category has its places sorted, when they are not too many, and else the stretches are read. The
 * places have prices of their own: a look for few products by price comes after them.
 */
export const byColumn = (list: List): Way => {
  const { filters, order, schema } = list
  const isNarrowed = filters.some(({ isOfCategory }) => isOfCategory === true)
  const sources = filters.filter(
    ({ isOfCategory, source }) => source !== undefined && isOfCategory !== true
  )
  const late = isNarrowed ? sources.filter(({ bound }) => bound !== undefined) : []
  const early = sources.filter((filter) => !late.includes(filter))
  const places = isNarrowed ? placesOf(list, areMany(list, early.length)) : undefined
  const few = fewOf(list, early, late, places?.isTooLong)
  const sorted =
    few &&
    `
  select p.id, p.${order.column} as place from few f
  ${productOf(schema, "f.id")}
  where ${isOfType(list, "p")}${and([...few.conditions, ...order.after(`p.${order.column}`, "p.id")])}`
  const isWalked = [few?.isMany ?? "true", places?.isTooLong ?? "true"].join(" and ")
  const walked = `
  select p.id, p.place from (select 1 where ${isWalked}) as needed
  cross join lateral (${stretchesOf(list)}
  ) as p`
  const found = [sorted, places?.found, walked].filter((part) => part !== undefined)
  return {
    queries: [...(few?.queries ?? []), ...(places?.queries ?? [])],
    found: found.join("\n  union all")
  }
}

/**
 * By relevance: `ranks` are the filters of the ranks of a search, best first, which is not
 * among the other filters. One of these that finds few gives the products. When none does, a rank is
 * found after the other, until the page is full. `fromRank` is the rank in which the page begins.
 */
export const byRelevance = (
  list: List,
  ranks: ReadonlyArray<ProductFilter>,
  fromRank: string
): Way => {
  const { bounds, end, filters, order, schema } = list
  const few = fewOf(
    list,
    filters.filter(({ source }) => source !== undefined)
  )
  const found = ranks.map((_, rank) => `rank_${rank}`)
  const countOf = (names: ReadonlyArray<string>) =>
    names.map((name) => ` - (select count(*) from ${name})`).join("")
  const queries = ranks.map(
    ({ source }, rank) => `rank_${rank} as materialized (
  select p.id, ${rank}::bigint as place
  from (select 1 where ${fromRank} <= ${rank} and ${few?.isMany ?? "true"}
    and ${end}${countOf(found.slice(0, rank))} > 0) as needed
  cross join lateral (${source}) as f
  ${productOf(schema, "f.product_id")}
  where ${isOfType(list, "p")}${and([
    ...filters.map(({ condition }) => condition),
    ...order.after(`${rank}::bigint`, "p.id")
  ])}
  limit ${bounds.ranked}
)`
  )
  const ranked =
    few &&
    `
  select p.id, p.place from (
    select p.id, (case${ranks
      .map(
        ({ condition }, rank) => `
      when ${condition} then ${rank}`
      )
      .join("")} end)::bigint as place
    from few f
    ${productOf(schema, "f.id")}
    where ${isOfType(list, "p")}${and(few.conditions)}
    offset 0
  ) as p
  where p.place is not null${and(order.after("p.place", "p.id"))}`
  const parts = [ranked, ...found.map((name) => `\n  select p.id, p.place from ${name} p`)]
  return {
    queries: [...(few?.queries ?? []), ...queries],
    found: parts.filter((part) => part !== undefined).join("\n  union all")
  }
}
