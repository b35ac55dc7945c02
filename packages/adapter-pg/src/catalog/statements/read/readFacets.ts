import { type FacetQuery, facetedMax, type ProductsQuery } from "@holdfast/core/catalog"
import { type Query, query, text, texts } from "../../../connection/Query.ts"
import {
  categoriesOf,
  Params,
  type ProductFilter,
  productFilters,
  statusesOf,
  typesOf
} from "../filters/scope.ts"

/**
 * Reads what the products of a list have of attributes, one row for each. A facet counts the products
 * that meet the filters by all other attributes, so facets that are not filtered by share one set of
 * products. The first filter with an index of its own gives the products, or else an index on all of
 * them; no more than the bound are looked at, before any other filter, so no facet scans a large table.
 *
 * Index: those of the filters of `readProductsPage`, or one of those on statuses; products_pkey, and
 * product_attribute_values_pkey for the values. Lock: none.
 */
export const readFacets =
  (schema: string, lookedAtMax = facetedMax) =>
  (asked: ProductsQuery, facets: ReadonlyArray<FacetQuery>): Query => {
    const { list, next } = new Params()
    const kinds = { status: next(texts(statusesOf(asked))), type: next(texts(typesOf(asked))) }
    const wanted =
      asked.categoryId === null
        ? []
        : [categoriesOf(schema, asked.direct, next(text(asked.categoryId)))]
    const filters = productFilters(schema, asked, next, kinds)
    const filtered = new Map<string, ReadonlyArray<ProductFilter>>()
    for (const { code } of facets) {
      if (asked.values.some((value) => value.code === code)) {
        filtered.set(
          code,
          filters.filter((filter) => filter.code !== code)
        )
      }
    }
    const all = `
  select p.id as product_id from unnest(${kinds.status}) as s(status)
  cross join unnest(${kinds.type}) as t(type)
  cross join lateral (
    select p.id from ${schema}.products p where p.status = s.status and p.type = t.type
    limit ${lookedAtMax} + 1
  ) as p`
    const setOf = (name: string, conditions: ReadonlyArray<ProductFilter>) => {
      const first = conditions.find(({ source }) => source !== undefined)
      const others = conditions.filter((filter) => filter !== first)
      const isListed = asked.sortBy === "price" ? ["p.lowest_price is not null"] : []
      const and = [...others.map(({ condition }) => condition), ...isListed]
      return `few_${name} as materialized (
  select f.product_id from (${first?.source ?? all}\n  ) as f limit ${lookedAtMax} + 1
), set_${name} as materialized (
  select p.id from (
    select distinct f.product_id from (select * from few_${name} limit ${lookedAtMax}) as f
  ) as f
  cross join lateral (select * from ${schema}.products p where p.id = f.product_id limit 1) as p
  where p.status = any(${kinds.status}) and p.type = any(${kinds.type})${and
    .map((condition) => `\n    and ${condition}`)
    .join("")}
)`
    }
    const names = [...filtered.keys()]
    const nameOf = (code: string) => {
      const index = names.indexOf(code)
      return index < 0 ? "all" : String(index)
    }
    const isShared = facets.some(({ code }) => !filtered.has(code))
    const sets = [
      ...(isShared ? [setOf("all", filters)] : []),
      ...[...filtered].map(([code, conditions]) => setOf(nameOf(code), conditions))
    ]
    const valuesOf = ({ code }: FacetQuery, index: number) => `values_${index} as materialized (
  select p.id, v.value, v.number from set_${nameOf(code)} p
  cross join lateral (select * from ${schema}.product_attribute_values v
    where v.product_id = p.id and v.position >= 0 offset 0) as v
  where v.code = ${next(text(code))}
)`
    const facetOf = ({ code, isNumber }: FacetQuery, index: number) => `
select ${next(text(code))} as code, count(distinct v.id)::float8 as products,
  ${
    isNumber
      ? "null"
      : `(select json_agg(json_build_array(c.value, c.products)) from (
    select v.value, count(*) as products from values_${index} v group by v.value) as c)`
  }::text as counts,
  min(v.number) as least, max(v.number) as greatest,
  (select count(*) from few_${nameOf(code)}) <= ${lookedAtMax} as is_whole
from values_${index} v`
    const parts = [...wanted, ...sets, ...facets.map(valuesOf)].join(", ")
    const sql = `
with recursive ${parts}${facets.map(facetOf).join("\nunion all")}`
    return query(sql, ...list)
  }
