/** A shop to read through caches: a catalog of many products whose options are SKUs that there are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import {
  catalogOver,
  fillCatalog,
  growCatalog,
  migrateCatalog
} from "../catalog/catalogDatabase.ts"
import { type Databases, runSql } from "../database.ts"

/** Products that are made one by one; the others are copies of them. */
const madeMax = 2_000

const categories = 500

/** Makes the shop on a copy of the prepared database; gives its URL and its products that buyers see. */
export const cachedShop = Effect.fnUntraced(function* (
  { copy, skuCount }: Databases,
  products: number,
  onStep: (step: string) => void
) {
  const url = yield* copy("caching")
  const made = Math.min(madeMax, products)
  yield* migrateCatalog(url)
  onStep(`filling a catalog of ${products} products`)
  yield* Effect.scoped(
    Effect.flatMap(catalogOver(url), (opened) =>
      fillCatalog(opened, made, Math.min(categories, products))
    )
  )
  yield* growCatalog(url, { products: made, grown: products }, onStep)
  const [, rows] = yield* runSql(
    url,
    `update catalog.sku_mappings set sku_id = 'sku-' || (1 + abs(hashtext(option_id::text)) % ${skuCount})`,
    "select id from catalog.products where status = 'ACTIVE' order by id",
    "vacuum analyze catalog.sku_mappings"
  )
  return { url, productIds: (rows ?? []).map((row) => String(row["id"])) }
})

/** The path of a product's page. */
export const pageOf = (productId: string): string => `/api/products/${productId}`

/** A file with a path a line, which is gone with the scope. */
export const pathsFile = (paths: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "holdfast-bench-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    ),
    (folder) => {
      const file = join(folder, "paths")
      writeFileSync(file, `${paths.join("\n")}\n`)
      return file
    }
  )
