/**
 * Figures about stock, beside it: which SKUs were missed on which day, added many at once, and how far the
 * check of levels against the ledger has come. The check has one row: who has it and until when, what it
 * has found so far, and what the last whole one found.
 */

/** The statements that make the figures. */
export const figures = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.missed_skus (
  day date not null,
  sku_id varchar(100) collate "C" not null,
  shortages bigint not null check (shortages > 0),
  units bigint not null check (units >= 0),
  primary key (day, sku_id) include (shortages, units)
)`,
  `create table ${schema}.stock_checks (
  id smallint primary key check (id = 1),
  owner varchar(255),
  leased_until timestamptz,
  under_way json,
  last json
)`,
  `insert into ${schema}.stock_checks (id) values (1)`
]
