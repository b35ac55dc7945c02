import { int8, type Query, query, text } from "../../connection/Query.ts"

/** How long a migration waits for a table: all who come behind it wait as long. */
const tableWait = "500ms"

/**
 * Begins a migration, alone. A process that starts during a migration waits for it; a migration
 * hardly waits for a table, because behind it all others would wait.
 * Index: none, catalogs. Lock: an advisory one of the schema, to the end.
 */
export const beginMigration = (schema: string): ReadonlyArray<Query> => [
  query("begin"),
  query("set local statement_timeout = 0"),
  query("set local lock_timeout = '1min'"),
  query("select pg_advisory_xact_lock(hashtextextended($1, 0))::text", text(`${schema}/migrate`)),
  query(`set local lock_timeout = '${tableWait}'`),
  query(`create schema if not exists ${schema}`),
  query(`create table if not exists ${schema}.migrations (
    id bigint primary key, name text not null, checksum text not null,
    applied_at timestamptz not null default clock_timestamp())`)
]

/**
 * Begins a transaction in which nobody migrates the schema. It waits for who does, for a second and a half.
 * Index: none. Lock: the advisory one of a migration, shared, to the end of the transaction.
 */
export const beginBesideMigrations = (schema: string): ReadonlyArray<Query> => [
  query("begin"),
  query("set local lock_timeout = '1500ms'"),
  query(
    "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))::text",
    text(`${schema}/migrate`)
  )
]

/**
 * Lets a schema of an earlier release note from which migration on a server can work beside each.
 * Index: none. Lock: ACCESS EXCLUSIVE on `migrations`, which servers read only as they start.
 */
export const noteWhoWorks = (schema: string): Query =>
  query(`alter table ${schema}.migrations add column if not exists works_from bigint`)

/** Writes down that a migration was applied. Index: none, one row. Lock: the new row. */
export const recordMigration = (
  schema: string,
  migration: {
    readonly id: number
    readonly name: string
    readonly checksum: string
    readonly worksFrom: number
  }
): Query =>
  query(
    `insert into ${schema}.migrations (id, name, checksum, works_from) values ($1, $2, $3, $4)`,
    int8(migration.id),
    text(migration.name),
    text(migration.checksum),
    int8(migration.worksFrom)
  )
