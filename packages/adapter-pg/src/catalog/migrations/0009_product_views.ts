/**
 * How often each product was read alone, by day in UTC. Views are counted in memory and added many at once,
 * so a row is written now and then, whoever reads. A product that is deleted keeps its views.
 */

/** The statements that make the views. */
export const productViews = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.product_views (
  day date not null,
  product_id uuid not null,
  views bigint not null check (views > 0),
  primary key (day, product_id) include (views)
)`
]
