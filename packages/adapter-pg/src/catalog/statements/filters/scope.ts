/**
 * The filters of a list of products, each as a condition on a product (`p`), and as a way to find the
 * products that meet it by an index of its own. A list is made for its filters, so those that are
 * not asked for are not in its text.
 */
import type { ProductsQuery, SearchCondition, SearchQuery } from "@holdfast/core/catalog"
import { instant, type Param, text, texts } from "../../../connection/Query.ts"

/** Parameters in the order in which a statement names them. */
export class Params {
  readonly list: Array<Param> = []
  readonly next = (param: Param): string => `$${this.list.push(param)}`
}

/** The names of the parameters that hold the statuses and the types of a list. */
export interface Kinds {
  readonly status: string
  readonly type: string
}

/**
 * A search of the core as the text of a `tsquery`: its lexemes hold letters and digits alone. With
 * `weight`, every lexeme must have it.
 */
export const tsqueryOf = (condition: SearchCondition, weight = ""): string => {
  if ("has" in condition) {
    return weight === "" ? `'${condition.has}'` : `'${condition.has}':${weight}`
  }
  if ("begins" in condition) return `'${condition.begins}':*${weight}`
  const isAll = "all" in condition
  const parts = isAll ? condition.all : condition.any
  return `(${parts.map((part) => tsqueryOf(part, weight)).join(isAll ? " & " : " | ")})`
}

/** A filter. OFFSET keeps a condition from becoming a join with a whole table. */
export interface ProductFilter {
  /** Whether a product (`p`) meets it; what belongs to the product is read by the product. */
  readonly condition: string
  /** Selects the `product_id` of every product that meets it, some twice; undefined if none can. */
  readonly source?: string
  /** What every product that meets it also meets, by columns that its places in categories have. */
  readonly bound?: (row: string) => string
  /** Whether it is that of the category. */
  readonly isOfCategory?: boolean
  /** The attribute whose values it is about. */
  readonly code?: string
}

/** A filter on the rows (`r`) that belong to a product. */
const having = (table: string, where: string) => ({
  condition: `exists (select 1 from (
        select * from ${table} r where r.product_id = p.id offset 0) as r where ${where} offset 0)`,
  source: `select r.product_id from ${table} r where ${where}`
})

/** That the words of a product (`r`) meet a condition. */
const wordsMeet = (condition: SearchCondition, next: Params["next"], weight?: string): string =>
  `r.words @@ ${next(text(tsqueryOf(condition, weight)))}::tsquery`

/** The filter of conditions on words, with what the text itself must hold. */
const havingWords = (schema: string, { contained }: SearchQuery, next: Params["next"]) => {
  const parts = contained.map((part) => `strpos(r.text, ${next(text(part))}) > 0`)
  return (words: ReadonlyArray<string>) =>
    having(`${schema}.product_search`, [...words, ...parts].join(" and "))
}

const searchFilter = (
  schema: string,
  { search }: ProductsQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> => {
  if (search === null) return []
  return [havingWords(schema, search, next)([wordsMeet(search.near, next)])]
}

/** The filters of the ranks of a search, best first: each finds the products of its rank alone. */
export const rankFilters = (
  schema: string,
  search: SearchQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> => {
  const inNames = wordsMeet(search.exact, next, "A")
  const anywhere = wordsMeet(search.exact, next)
  const near = wordsMeet(search.near, next)
  return [[inNames], [anywhere, `not ${inNames}`], [near, `not ${anywhere}`]].map(
    havingWords(schema, search, next)
  )
}

const skuFilter = (
  schema: string,
  { skuId }: ProductsQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> =>
  skuId === null ? [] : [having(`${schema}.sku_mappings`, `r.sku_id = ${next(text(skuId))}`)]

/**
 * The categories of the list are those of `wanted`. A position, which is never negative, is in no
 * index: without it, a plan that was made for an empty table read the whole index on categories. IS
 * TRUE keeps the planner from a join, which would hash all categories again for each product. Statuses
 * and types are asked of the source too: with the category alone, a plan that was made for a small
 * table read the whole primary key, which has the category second.
 */
const categoryFilter = (
  schema: string,
  { categoryId }: ProductsQuery,
  { status, type }: Kinds
): ReadonlyArray<ProductFilter> =>
  categoryId === null
    ? []
    : [
        {
          ...having(
            `${schema}.product_categories`,
            "r.position >= 0 and (r.category_id in (select w.id from wanted w)) is true"
          ),
          isOfCategory: true,
          source: `select k.product_id from wanted w
  cross join lateral (select k.product_id from ${schema}.product_categories k
    where k.category_id = w.id and k.status = any(${status}) and k.type = any(${type}) offset 0) as k`
        }
      ]

/**
 * The values of a product are read by the product; positions are never negative. Each value that is
 * asked for is found on its own. A range of numbers is found by the code in small letters: the index of
 * numbers alone has that.
 */
const valueFilters = (
  schema: string,
  { values }: ProductsQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> =>
  values.map((filter) => {
    const table = `${schema}.product_attribute_values`
    const code = next(text(filter.code))
    const ofProduct = (meets: string) => `exists (select 1 from (
        select * from ${table} r where r.product_id = p.id and r.position >= 0 offset 0) as r
        where r.code = ${code} and ${meets} offset 0)`
    if ("anyOf" in filter) {
      const values = next(texts(filter.anyOf))
      return {
        code: filter.code,
        condition: ofProduct(`r.value = any(${values})`),
        source: `select r.product_id from unnest(${values}) as n(value)
  cross join lateral (select r.product_id from ${table} r
    where r.code = ${code} and r.value = n.value offset 0) as r`
      }
    }
    const bound = (sign: string, number: number | null) =>
      number === null ? [] : [`r.number ${sign} ${next(text(String(number)))}::double precision`]
    const bounds = [...bound(">=", filter.from), ...bound("<=", filter.to)]
    const meets = ["r.number is not null", ...bounds].join(" and ")
    return {
      code: filter.code,
      condition: ofProduct(meets),
      source: `select r.product_id from ${table} r where lower(r.code) = ${code} and ${meets}`
    }
  })

/**
 * A product keeps the range of its prices, which is asked before its options are. Only a list by
 * price goes by an index on the lowest price: for others a plan that was made for a small table would.
 */
const priceFilter = (
  schema: string,
  { price, sortBy }: ProductsQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> => {
  if (price === null) return []
  const currency = next(text(price.currency))
  const lowest = (row: string) =>
    sortBy === "price" ? `${row}.lowest_price` : `${row}.lowest_price + 0`
  const from = price.from === null ? null : `${next(text(price.from))}::numeric`
  const to = price.to === null ? null : `${next(text(price.to))}::numeric`
  const and = (...conditions: ReadonlyArray<string | false>) =>
    conditions.filter((condition) => condition !== false).join(" and ")
  const bound = (row: string) =>
    and(
      `${row}.currency = ${currency}`,
      from !== null && `${row}.highest_price >= ${from}`,
      to !== null && `${lowest(row)} <= ${to}`
    )
  const { condition, source } = having(
    `${schema}.product_options`,
    and(
      `r.currency = ${currency}::bpchar`,
      "r.status <> 'INACTIVE'",
      from !== null && `r.price >= ${from}`,
      to !== null && `r.price <= ${to}`
    )
  )
  return [{ bound, condition: `${bound("p")} and ${condition}`, source }]
}

const availableFilter = (
  schema: string,
  { available }: ProductsQuery
): ReadonlyArray<ProductFilter> =>
  available
    ? [
        {
          condition: `exists (select 1 from ${schema}.product_options o
        where o.product_id = p.id and o.status = 'ACTIVE' offset 0)`
        }
      ]
    : []

const shownFilter = (
  { shownAt }: ProductsQuery,
  next: Params["next"]
): ReadonlyArray<ProductFilter> => {
  if (shownAt === null) return []
  const at = next(instant(shownAt.epochMilliseconds))
  return [
    {
      condition: `(p.publish_at is null or p.publish_at <= ${at})
      and (p.unpublish_at is null or p.unpublish_at > ${at})`
    }
  ]
}

/** The filters that a list asks for. Those whose own index finds the fewest products come first. */
export const productFilters = (
  schema: string,
  asked: ProductsQuery,
  next: Params["next"],
  kinds: Kinds
): ReadonlyArray<ProductFilter> => [
  ...skuFilter(schema, asked, next),
  ...searchFilter(schema, asked, next),
  ...categoryFilter(schema, asked, kinds),
  ...valueFilters(schema, asked, next),
  ...priceFilter(schema, asked, next),
  ...availableFilter(schema, asked),
  ...shownFilter(asked, next)
]

/** A category and what is below it. */
export const categoriesOf = (
  schema: string,
  direct: boolean,
  root: string
) => `wanted as materialized (
  select ${root}::uuid as id${
    direct
      ? ""
      : `
  union
  select c.id from wanted w
  cross join lateral (select c.id from ${schema}.categories c where c.parent_id = w.id offset 0) as c`
  }
)`

const statuses = ["DRAFT", "ACTIVE", "INACTIVE", "DISCONTINUED"] as const
const types = ["NORMAL", "BUNDLE"] as const

/** The statuses that products of a list may have. */
export const statusesOf = ({ shownAt, status }: ProductsQuery): ReadonlyArray<string> => {
  const wanted = status === null ? statuses : [status]
  return shownAt === null ? wanted : wanted.filter((one) => one === "ACTIVE")
}

/** The types that products of a list may have. */
export const typesOf = ({ type }: ProductsQuery): ReadonlyArray<string> =>
  type === null ? types : [type]
