import type { ProductsQuery } from "@holdfast/core/catalog"
import {
  instant,
  int8,
  type Param,
  type Query,
  query,
  text,
  texts
} from "../../../connection/Query.ts"
import { productColumns } from "../scope.ts"

const statuses = ["DRAFT", "ACTIVE", "INACTIVE", "DISCONTINUED"] as const
const types = ["NORMAL", "BUNDLE"] as const

/** The most products of a category and what is below it that are sorted for a page, by default. */
const sortedDefault = 20_000

/** Parameters in the order in which a statement names them. */
class Params {
  readonly list: Array<Param> = []
  readonly next = (param: Param): string => `$${this.list.push(param)}`
}

/**
 * Reads a page of products, each once, with all that belongs to them. The statement is made for its
 * filters, so that each becomes a condition of an index or is not there.
 *
 * Without a category, a page is merged of the beginnings of at most eight stretches of an index, one
 * for each status and type. With a category that has few products, these are sorted. With one that
 * has many, the stretches are read until the page is full.
 *
 * Index: products_name, products_name_desc, products_created_at or products_created_at_desc, and
 * those of `productColumns`; with a category also categories_siblings_key,
 * product_categories_category, product_categories_pkey and products_pkey. Lock: none.
 */
export const readProductsPage =
  (schema: string, sortedMax = sortedDefault) =>
  (asked: ProductsQuery): Query => {
    const { list, next } = new Params()
    const column = asked.sortBy === "name" ? "name" : "created_at"
    const order = `${column}${asked.descending ? " desc" : ""}, id`
    const isStatus = next(texts(statusesOf(asked)))
    const isType = next(texts(asked.type === null ? types : [asked.type]))
    const where = conditionsOf(asked, column, next)
    const [skip, limit] = [next(int8(asked.skip)), next(int8(asked.limit))]
    const columns = `p.id, p.${column}`
    const page = `order by ${order} limit ${limit} offset ${skip}`
    const stretches = (and: string) => `
  select p.* from unnest(${isStatus}) as s(status) cross join unnest(${isType}) as t(type)
  cross join lateral (
    select ${columns} from ${schema}.products p
    where p.status = s.status and p.type = t.type${where}${and}
    order by p.${column}${asked.descending ? " desc" : ""}, p.id limit ${skip} + ${limit}
  ) as p`
    const found = (): string => {
      if (asked.categoryId === null) return `page as (${stretches("")}\n  ${page})`
      const root = next(text(asked.categoryId))
      return `
wanted as materialized (
  select ${root}::uuid as id${asked.direct ? "" : below(schema)}
), few as materialized (
  select k.product_id from wanted w
  cross join lateral (select k.product_id from ${schema}.product_categories k
    where k.category_id = w.id offset 0) as k
  limit ${sortedMax} + 1
), page as (
  select p.id, p.${column} from (
    select ${columns} from (select distinct f.product_id from few f) as f
    cross join lateral (select * from ${schema}.products p where p.id = f.product_id limit 1) as p
    where (select count(*) from few) <= ${sortedMax}
      and p.status = any(${isStatus}) and p.type = any(${isType})${where}
    union all
    (select p.id, p.${column} from (select 1 where (select count(*) from few) > ${sortedMax}) as many
    cross join lateral (${stretches(`
      and exists (select 1 from ${schema}.product_categories k
        where k.product_id = p.id and k.category_id in (select w.id from wanted w) offset 0)`)}
    ) as p)
  ) as p
  ${page})`
    }
    const sql = `
with recursive ${found()}
select ${productColumns(schema)}
from page
cross join lateral (select * from ${schema}.products p where p.id = page.id limit 1) as p
order by page.${column}${asked.descending ? " desc" : ""}, page.id`
    return query(sql, ...list)
  }

/** What is below the categories that a recursive query has found so far. */
const below = (schema: string) => `
  union
  select c.id from wanted w
  cross join lateral (select c.id from ${schema}.categories c where c.parent_id = w.id offset 0) as c`

const statusesOf = ({ shownAt, status }: ProductsQuery): ReadonlyArray<string> => {
  const wanted = status === null ? statuses : [status]
  return shownAt === null ? wanted : wanted.filter((one) => one === "ACTIVE")
}

const conditionsOf = (
  { after, descending, shownAt, sortBy }: ProductsQuery,
  column: string,
  next: Params["next"]
): string => {
  const conditions: Array<string> = []
  if (shownAt !== null) {
    const at = next(instant(shownAt.epochMilliseconds))
    conditions.push(`(p.publish_at is null or p.publish_at <= ${at})`)
    conditions.push(`(p.unpublish_at is null or p.unpublish_at > ${at})`)
  }
  if (after !== null) {
    const value =
      sortBy === "name" ? next(text(after.name)) : next(instant(after.createdAt.epochMilliseconds))
    const id = `${next(text(after.id))}::uuid`
    // A row comparison is one range of the index. Where the order is mixed, the column alone is.
    conditions.push(
      descending
        ? `p.${column} <= ${value} and (p.${column} < ${value} or p.id > ${id})`
        : `(p.${column}, p.id) > (${value}, ${id})`
    )
  }
  return conditions.map((condition) => `\n      and ${condition}`).join("")
}
