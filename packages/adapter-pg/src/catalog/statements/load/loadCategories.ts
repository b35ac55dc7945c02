import type { CatalogScope } from "@holdfast/core/catalog"
import { bools, type Query, query, texts } from "../../../connection/Query.ts"
import { categoryColumns } from "../scope.ts"

/**
 * Loads categories that products are put into ($1); and of those that a change of the tree names
 * ($2) also their ancestors, children and siblings, of those that move ($3) all that is below, and
 * all roots when something becomes one ($4).
 * Index: categories_pkey, categories_siblings_key. Lock: none; changes of the tree are made one at a
 * time. A lateral join with OFFSET or LIMIT keeps the planner from reading the whole tree at once.
 */
export const loadCategories = (schema: string) => {
  const childrenOf = (parent: string) => `
  cross join lateral (select c.id, c.parent_id from ${schema}.categories c
    where c.parent_id = ${parent} offset 0) as c`
  const sql = `
with recursive named as (
  select c.id, c.parent_id from ${schema}.categories c where c.id = any($2::text[]::uuid[])
), ancestors as (
  select n.id, n.parent_id from named n
  union
  select c.id, c.parent_id from ancestors a
  cross join lateral (select c.id, c.parent_id from ${schema}.categories c
    where c.id = a.parent_id limit 1) as c
), moved as (
  select n.id from named n where n.id = any($3::text[]::uuid[])
  union
  select c.id from moved m${childrenOf("m.id")}
), wanted as (
  select n.id::uuid as id from unnest($1::text[]) as n(id)
  union select a.id from ancestors a
  union select m.id from moved m
  union select c.id from named n${childrenOf("n.id")}
  union select c.id from named n${childrenOf("n.parent_id")}
  union select c.id from ${schema}.categories c
    where c.parent_id is null
      and (true = any($4::bool[]) or exists (select 1 from named n where n.parent_id is null))
)
select ${categoryColumns} from wanted w
cross join lateral (select * from ${schema}.categories c where c.id = w.id limit 1) as c`
  return (
    scope: Pick<CatalogScope, "categoryIds" | "treeIds" | "movedIds" | "namesRoots">
  ): Query =>
    query(
      sql,
      texts(scope.categoryIds),
      texts(scope.treeIds),
      texts(scope.movedIds),
      bools([scope.namesRoots])
    )
}
