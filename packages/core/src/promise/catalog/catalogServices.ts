/**
 * The services behind an open catalog of the Promise API, for packages that build on Holdfast, such as
 * a REST API. The symbol is global, so any copy of this package finds what another copy left.
 */
import type * as Context from "effect/Context"
import type { CatalogLog } from "../../catalog/ports/CatalogLog.ts"
import type { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import type { StockStatus } from "../../catalog/ports/StockStatus.ts"
import type { Catalog } from "../../catalog/services/Catalog.ts"

/** Everything that an open catalog gives to what is built on it. */
export type CatalogServices = Catalog | CatalogReads | CatalogLog | StockStatus

const key = Symbol.for("@holdfast/core/catalogServices")

/** Puts the services on a catalog, where no listing of its members shows them. */
export const withServices = <Opened extends object>(
  catalog: Opened,
  services: Context.Context<CatalogServices>
): Opened => Object.defineProperty(catalog, key, { value: services })

/** The services of a catalog that `catalogToPromises` gave; undefined for anything else. */
export const catalogServicesOf = (
  catalog: unknown
): Context.Context<CatalogServices> | undefined =>
  typeof catalog === "object" && catalog !== null
    ? (catalog as { readonly [key]?: Context.Context<CatalogServices> })[key]
    : undefined
