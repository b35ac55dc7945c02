/** Small contexts of a database, as an earlier release and a later one know them. */
import type { ContextTables, Migration } from "../../src/schema/ContextTables.ts"
import { engineTables } from "../../src/schema/engineTables.ts"

/** The first migration of a context with a table of its own. */
export const first: Migration = {
  id: 1,
  name: "first",
  statements: (schema) => [
    ...engineTables(schema),
    `create table ${schema}.things (thing_id bigint primary key, label text not null, size bigint not null)`
  ]
}

/** A step that only adds. */
export const expands: Migration = {
  id: 2,
  name: "colours",
  statements: (schema) => [`alter table ${schema}.things add column colour text`],
  worksFrom: 1,
  leaves: { shape: "label, which holds the colour, too", untilRelease: "0.3.0" }
}

/** A step that takes away what the first release reads. */
export const contracts: Migration = {
  id: 3,
  name: "no_labels",
  statements: (schema) => [`alter table ${schema}.things drop column label`],
  worksFrom: 2
}

/** A context of these migrations. */
export const tablesOf = (
  migrations: ReadonlyArray<Migration>,
  indexes: ContextTables["indexes"] = []
): ContextTables => ({ migrations, monthly: [], indexes })
