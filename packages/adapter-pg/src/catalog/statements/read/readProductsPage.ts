import { type ProductsQuery, relevantMax } from "@holdfast/core/catalog"
import { instant, int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import {
  categoriesOf,
  Params,
  type ProductFilter,
  productFilters,
  statusesOf,
  tsqueryOf,
  typesOf
} from "../filters/scope.ts"
import { productColumns } from "../scope.ts"

/**
 * Reads a page of products, each once, with all that belongs to them. The statement is made for its
 * filters, so that each becomes a condition of an index or is not there.
 *
 * Without a filter that has an index of its own, a page is merged of the beginnings of at most eight
 * stretches of an index, one for each status and type. Otherwise the first such filter gives the
 * products: when they are few, they are sorted; when they are many, the stretches are read, with the
 * filter as a condition, until the page is full. By relevance those are sorted that meet all
 * filters.
 *
 * Index: products_name, products_name_desc, products_lowest_price, products_lowest_price_desc,
 * products_created_at or products_created_at_desc, and those of `productColumns`; with filters also sku_mappings_pkey, product_search_words,
 * product_search_pkey, categories_siblings_key, product_categories_category,
 * product_categories_pkey, product_attribute_values_value, product_attribute_values_number,
 * product_attribute_values_pkey, product_options_price and products_pkey. Lock: none.
 */
export const readProductsPage =
  (schema: string, sortedMax = relevantMax) =>
  (asked: ProductsQuery): Query => {
    const { list, next } = new Params()
    const place = placeOf(schema, asked, next)
    const inType = {
      status: next(texts(statusesOf(asked))),
      type: next(texts(typesOf(asked)))
    }
    const wanted =
      asked.categoryId === null
        ? []
        : [categoriesOf(schema, asked.direct, next(text(asked.categoryId)))]
    const filters = productFilters(schema, asked, next)
    const after = afterOf(asked, place.column, next)
    const [skip, limit] = [next(int8(asked.skip)), next(int8(asked.limit))]
    const first = filters.find(({ source }) => source !== undefined)
    const conditions = (skipped?: ProductFilter) =>
      filters.filter((filter) => filter !== skipped).map(({ condition }) => condition)
    const and = (conditions: ReadonlyArray<string>) =>
      conditions.map((condition) => `\n      and ${condition}`).join("")
    const isOfType = `p.status = any(${inType.status}) and p.type = any(${inType.type})`
    const stretches = `
  select p.* from unnest(${inType.status}) as s(status) cross join unnest(${inType.type}) as t(type)
  cross join lateral (
    select p.id, ${place.column} as place from ${schema}.products p
    where p.status = s.status and p.type = t.type${and([...conditions(), ...after])}
    order by ${place.column}${place.turn}, p.id limit ${skip} + ${limit}
  ) as p`
    const isRanked = asked.sortBy === "relevance"
    const few = `few as materialized (\n  ${first?.source}\n  limit ${sortedMax} + 1\n)`
    const fewOfList = `few as materialized (
  select f.product_id from (${first?.source}) as f
  cross join lateral (select * from ${schema}.products p where p.id = f.product_id limit 1) as p
  where ${isOfType}${and(conditions(first))}
  limit ${sortedMax} + 1
)`
    const ranked = `
    select p.id, p.place from (
      select p.id, ${place.column} as place from (select distinct f.product_id as id from few f) as p
    ) as p
    where true${and(after)}`
    const sorted = `
    select p.id, p.place from (
      select p.*, ${place.column} as place from (select distinct f.product_id from few f) as f
      cross join lateral (select * from ${schema}.products p where p.id = f.product_id limit 1) as p
    ) as p
    where ${isOfType}${and([...conditions(first), ...after])}
    and (select count(*) from few) <= ${sortedMax}
    union all
    select p.* from (select 1 where (select count(*) from few) > ${sortedMax}) as many
    cross join lateral (${stretches}
    ) as p`
    const [found, chosen] =
      first === undefined ? [stretches, []] : isRanked ? [ranked, [fewOfList]] : [sorted, [few]]
    const page = `page as (
  select p.id, p.place from (${found}
  ) as p
  order by p.place${place.turn}, p.id limit ${limit} offset ${skip}
)`
    const sql = `
with recursive ${[...wanted, ...chosen, page].join(", ")}
select ${productColumns(schema)}
from page
cross join lateral (select * from ${schema}.products p where p.id = page.id limit 1) as p
order by page.place${place.turn}, page.id`
    return query(sql, ...list)
  }

const columns: { readonly [SortBy in ProductsQuery["sortBy"]]: string } = {
  name: "p.name",
  price: "p.lowest_price",
  createdAt: "p.created_at",
  relevance: "p.name"
}

/** What a list is sorted by, as an expression, and which way. */
const placeOf = (
  schema: string,
  { descending, search, sortBy }: ProductsQuery,
  next: Params["next"]
): { readonly column: string; readonly turn: string } => {
  if (sortBy !== "relevance" || search === null) {
    return {
      column: columns[sortBy],
      turn: descending ? " desc" : ""
    }
  }
  const inNames = next(text(tsqueryOf(search.exact, "A")))
  const anywhere = next(text(tsqueryOf(search.exact)))
  return {
    column: `(select case when s.words @@ ${inNames}::tsquery then 0
      when s.words @@ ${anywhere}::tsquery then 1 else 2 end
      from ${schema}.product_search s where s.product_id = p.id)`,
    turn: ""
  }
}

/** The conditions on where a product is in the list. */
const afterOf = (
  { after, descending, sortBy }: ProductsQuery,
  column: string,
  next: Params["next"]
): ReadonlyArray<string> => {
  const isListed = sortBy === "price" ? [`${column} is not null`] : []
  if (after === null) return isListed
  const value = {
    name: () => next(text(after.name)),
    price: () => `${next(text(after.price ?? "0"))}::numeric`,
    createdAt: () => next(instant(after.createdAt.epochMilliseconds)),
    relevance: () => `${next(int8(after.rank))}`
  }[sortBy]()
  const id = `${next(text(after.id))}::uuid`
  // A row comparison is one range of the index. Where the order is mixed, the column alone is.
  return [
    ...isListed,
    descending
      ? `${column} <= ${value} and (${column} < ${value} or p.id > ${id})`
      : `(${column}, p.id) > (${value}, ${id})`
  ]
}
