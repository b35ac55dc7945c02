import { type ProductsQuery, relevantMax } from "@holdfast/core/catalog"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"
import { orderOf } from "../filters/order.ts"
import {
  categoriesOf,
  Params,
  productFilters,
  rankFilters,
  statusesOf,
  typesOf
} from "../filters/scope.ts"
import { type Bounds, byColumn, byRelevance } from "../filters/ways.ts"
import { productColumns } from "../scope.ts"

const usual: Bounds = {
  few: 5_000,
  categories: 1_000,
  places: 50_000,
  ranked: relevantMax
}

/**
 * Reads a page of products, each once, with all that belongs to them. The statement is made for its
 * filters, so that each becomes a condition of an index or is not there; `ways.ts` says how the
 * products of a page are found.
 *
 * Index: products_name, products_name_desc, products_lowest_price, products_lowest_price_desc,
 * products_created_at or products_created_at_desc, and those of `productColumns`; with filters also sku_mappings_pkey, product_search_words,
 * product_search_pkey, categories_siblings_key, product_categories_name, product_categories_lowest_price, product_categories_created_at,
 * product_categories_pkey, product_attribute_values_value, product_attribute_values_number,
 * product_attribute_values_pkey, product_options_price and products_pkey. Lock: none.
 */
export const readProductsPage =
  (schema: string, bounds: Bounds = usual) =>
  (asked: ProductsQuery): Query => {
    const { list, next } = new Params()
    const { search } = asked
    const order = orderOf(asked, next)
    const kinds = { status: next(texts(statusesOf(asked))), type: next(texts(typesOf(asked))) }
    const wanted =
      asked.categoryId === null
        ? []
        : [categoriesOf(schema, asked.direct, next(text(asked.categoryId)))]
    const isRanked = asked.sortBy === "relevance" && search !== null
    // By relevance the filters of the ranks stand in for that of the search.
    const filters = productFilters(
      schema,
      isRanked ? { ...asked, search: null } : asked,
      next,
      kinds
    )
    const [skip, limit] = [next(int8(asked.skip)), next(int8(asked.limit))]
    const parts = { schema, ...kinds, order, filters, bounds, end: `${skip} + ${limit}` }
    const way = isRanked
      ? byRelevance(parts, rankFilters(schema, search, next), next(int8(asked.after?.rank ?? 0)))
      : byColumn(parts)
    const page = `page as (
  select p.id, p.place from (${way.found}
  ) as p
  order by p.place${order.turn}, p.id limit ${limit} offset ${skip}
)`
    const sql = `
with recursive ${[...wanted, ...way.queries, page].join(", ")}
select ${productColumns(schema)}
from page
cross join lateral (select * from ${schema}.products p where p.id = page.id limit 1) as p
order by page.place${order.turn}, page.id`
    return query(sql, ...list)
  }
