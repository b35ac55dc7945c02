import { instant, int8, type Query, query, text } from "../../connection/Query.ts"

/** How many imports one statement looks at. */
const importsOfPage = 1_000

/**
 * Counts the imports of a page, from after one ($1), of which nothing was heard for some days ($3) by a
 * clock ($2, that of the database when it is null), and removes them with their problems when
 * `isDryRun` is false. Answers how many, and the last import of the page.
 * Index: imports_pkey, import_problems_pkey. Lock: the rows that go.
 */
export const pruneImports = (schema: string, isDryRun: boolean) => {
  const isOld = "alive_at < coalesce($2, clock_timestamp()) - make_interval(days => $3::int)"
  const old = isDryRun
    ? `select from page where ${isOld}`
    : `delete from ${schema}.imports i using page
  where page.${isOld} and i.import_id = page.import_id and i.${isOld}
  returning 1`
  const sql = `
with page as materialized (
  select i.import_id, i.alive_at from ${schema}.imports i
  where i.import_id > $1::uuid
  order by i.import_id
  limit $4
), old as (
  ${old}
)
select (select count(*) from old)::float8 as count,
  (select page.import_id::text from page order by page.import_id desc limit 1) as last`
  return (after: string, nowMillis: number | null, days: number): Query =>
    query(sql, text(after), instant(nowMillis), int8(days), int8(importsOfPage))
}
