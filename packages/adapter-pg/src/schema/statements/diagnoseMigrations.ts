import { type Query, query } from "../../connection/Query.ts"

/** The migrations that a schema has. Index: migrations_pkey. Lock: none. */
export const diagnoseMigrations = (schema: string): Query =>
  query(`select id::float8, name::text, checksum::text from ${schema}.migrations order by id`)
