/**
 * A catalog in another process, for an inventory: which SKUs leave for an option, over
 * `POST /api/products/sku-mappings` and `batch-get`. While it is away, lines that name options fail
 * with `Unavailable`; lines that name SKUs do not need it.
 */
import type { ProductId } from "@holdfast/core/catalog"
import { OptionMappings } from "@holdfast/core/inventory"
import { optionMappingsOver } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { makeRemote, type RemoteOptions } from "./remote.ts"

/** Options that are asked for at once. */
const optionsAtOnce = 1_000

/** The catalog at a URL as an inventory needs it. */
export const layerRemoteCatalog = (
  options: RemoteOptions
): Layer.Layer<OptionMappings, never, HttpClient.HttpClient> =>
  Layer.effect(
    OptionMappings,
    Effect.map(makeRemote("the catalog", options), (ask) =>
      optionMappingsOver({
        productIdsOf: Effect.fnUntraced(function* (optionIds) {
          const found = new Set<ProductId>()
          for (let from = 0; from < optionIds.length; from += optionsAtOnce) {
            const part = optionIds.slice(from, from + optionsAtOnce)
            let cursor: string | null = null
            do {
              const page: {
                readonly mappings: ReadonlyArray<{ readonly productId: ProductId }>
                readonly next: string | null
              } = yield* ask((client) =>
                client.products.manyMappings({
                  payload: { optionIds: part, ...(cursor === null ? {} : { cursor }) }
                })
              )
              for (const { productId } of page.mappings) found.add(productId)
              cursor = page.next
            } while (cursor !== null)
          }
          return [...found]
        }),
        products: (productIds) =>
          Effect.map(
            ask((client) => client.products.batchGet({ headers: {}, payload: { productIds } })),
            ({ items }) => items.map(({ product }) => product)
          )
      })
    )
  )
