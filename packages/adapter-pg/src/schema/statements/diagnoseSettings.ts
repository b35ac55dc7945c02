import { type Query, query, texts } from "../../connection/Query.ts"

/** The values in force of named settings. Index: none, a view of settings. Lock: none. */
export const diagnoseSettings = (names: ReadonlyArray<string>): Query =>
  query(
    `
select n.name::text, current_setting(n.name, true) as value
from unnest($1::text[]) as n(name)`,
    texts(names)
  )
