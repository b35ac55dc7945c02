/** What the catalog brings to the engine. */
import type { Domain } from "../../engine/Domain.ts"
import type { CatalogChanges } from "../decide/CatalogChanges.ts"
import { answerOf, type CatalogAnswer } from "../messages/CatalogAnswer.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import type { CatalogScope } from "../ports/CatalogStore.ts"
import type { LoadedCatalog } from "../state/CatalogBook.ts"
import { type CatalogRequest, laneOf, scopeOf, weightOf } from "./batchScope.ts"
import { foldBatch } from "./foldBatch.ts"

/** The types of the catalog. */
export interface CatalogTypes {
  readonly request: CatalogRequest
  readonly answer: CatalogAnswer
  readonly refusal: CatalogRefusal
  readonly scope: CatalogScope
  readonly loaded: LoadedCatalog
  readonly changes: CatalogChanges
  readonly locked: never
  readonly obstacle: never
}

/** The catalog, as the engine runs it. */
export const catalogDomain: Domain<CatalogTypes> = {
  name: "catalog",
  answerOf,
  scopeOf,
  fold: foldBatch,
  laneOf,
  weightOf
}
