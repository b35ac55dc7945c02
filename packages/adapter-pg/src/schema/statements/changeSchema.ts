import { int8, type Query, query, text } from "../../connection/Query.ts"

/**
 * Begins a migration, alone. A process that starts during a migration waits for it; a migration
 * waits for no table. Index: none, catalogs. Lock: an advisory one of the schema, to the end.
 */
export const beginMigration = (schema: string): ReadonlyArray<Query> => [
  query("begin"),
  query("set local statement_timeout = 0"),
  query("set local lock_timeout = '1min'"),
  query("select pg_advisory_xact_lock(hashtextextended($1, 0))::text", text(`${schema}/migrate`)),
  query("set local lock_timeout to default"),
  query(`create schema if not exists ${schema}`),
  query(`create table if not exists ${schema}.migrations (
    id bigint primary key, name text not null, checksum text not null,
    applied_at timestamptz not null default clock_timestamp())`)
]

/** Writes down that a migration was applied. Index: none, one row. Lock: the new row. */
export const recordMigration = (
  schema: string,
  migration: { readonly id: number; readonly name: string; readonly checksum: string }
): Query =>
  query(
    `insert into ${schema}.migrations (id, name, checksum) values ($1, $2, $3)`,
    int8(migration.id),
    text(migration.name),
    text(migration.checksum)
  )
