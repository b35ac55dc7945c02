/** The products behind mappings, read page by page. */
import * as Effect from "effect/Effect"
import { CatalogReads, type MappingsQuery } from "../catalog/ports/CatalogReads.ts"
import type { ProductId } from "../kernel/Identifier.ts"

/** Mappings that are read at once. */
const mappingsOfPage = 1_000

/** The products that map any of these SKUs, or that have any of these options with a mapping. */
export const productsOf = Effect.fnUntraced(function* (of: MappingsQuery["of"]) {
  const reads = yield* CatalogReads
  const found = new Set<ProductId>()
  let after: MappingsQuery["after"] = null
  while (true) {
    const page: Effect.Success<ReturnType<typeof reads.mappings>> = yield* reads.mappings({
      of,
      after,
      limit: mappingsOfPage
    })
    for (const { productId } of page) found.add(productId)
    const last = page.at(-1)
    if (last === undefined || page.length < mappingsOfPage) return [...found]
    after = { optionId: last.optionId, skuId: last.skuId }
  }
})
