/** Every migration, in order. A migration that has landed is never changed: a new one is added. */
import type { Migration } from "../../schema/ContextTables.ts"
import { catalog } from "./0001_catalog.ts"
import { imports } from "./0002_imports.ts"
import { severalUnits } from "./0004_several_units.ts"

/** The migrations of the catalog. */
export const migrations: ReadonlyArray<Migration> = [
  { id: 1, name: "catalog", statements: catalog },
  { id: 2, name: "imports", statements: imports },
  { id: 4, name: "several_units", statements: severalUnits }
]
