/** Every migration, in order. A migration that has landed is never changed: a new one is added. */
import type { Migration } from "../../schema/ContextTables.ts"
import { catalog } from "./0001_catalog.ts"
import { imports } from "./0002_imports.ts"
import { attributes } from "./0003_attributes.ts"
import { lists } from "./0004_lists.ts"
import { severalUnits } from "./0005_several_units.ts"
import { sortedPlaces } from "./0006_sorted_places.ts"
import { audit } from "./0007_audit.ts"
import { prunedAuditLog } from "./0008_pruned_audit.ts"
import { productViews } from "./0009_product_views.ts"
import { servers } from "./0010_servers.ts"
import { fixedMarks } from "./0011_fixed_marks.ts"

/** The migrations of the catalog. */
export const migrations: ReadonlyArray<Migration> = [
  { id: 1, name: "catalog", statements: catalog },
  { id: 2, name: "imports", statements: imports },
  { id: 3, name: "attributes", statements: attributes },
  { id: 4, name: "lists", statements: lists },
  { id: 5, name: "several_units", statements: severalUnits },
  { id: 6, name: "sorted_places", statements: sortedPlaces },
  { id: 7, name: "audit", statements: audit },
  { id: 8, name: "pruned_audit", statements: prunedAuditLog },
  { id: 9, name: "product_views", statements: productViews },
  { id: 10, name: "servers", statements: servers, worksFrom: 9 },
  { id: 11, name: "fixed_marks", statements: fixedMarks, worksFrom: 9 }
]
