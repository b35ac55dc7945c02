/**
 * A catalog in another process, for an inventory, over gRPC: which SKUs leave for an option. While it is
 * away, lines that name options fail with `Unavailable`; lines that name SKUs do not need it.
 */
import type { ProductId } from "@holdfast/core/catalog"
import { OptionMappings } from "@holdfast/core/inventory"
import { optionMappingsOver } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { question } from "./asking.ts"
import { type GrpcRemoteOptions, makeGrpcRemote } from "./remote.ts"

const what = "the catalog"

/** Options that are asked for at once. */
const optionsAtOnce = 1_000

const mappings = question("catalog", "skuMappings")
const productsByIds = question("catalog", "productsByIds")

/** The catalog at an address as an inventory needs it. */
export const layerGrpcCatalog = <E = never>(
  options: GrpcRemoteOptions<E>
): Layer.Layer<OptionMappings, E> =>
  Layer.effect(
    OptionMappings,
    Effect.map(makeGrpcRemote(what, options), (call) =>
      optionMappingsOver({
        productIdsOf: Effect.fnUntraced(function* (optionIds) {
          const found = new Set<ProductId>()
          for (let from = 0; from < optionIds.length; from += optionsAtOnce) {
            const part = optionIds.slice(from, from + optionsAtOnce)
            let cursor: string | null = null
            do {
              const asked: { optionIds: ReadonlyArray<string>; cursor?: string } = {
                optionIds: part
              }
              if (cursor !== null) asked.cursor = cursor
              const page: {
                readonly mappings: ReadonlyArray<{ readonly productId: ProductId }>
                readonly next: string | null
              } = yield* mappings(call, what, asked)
              for (const { productId } of page.mappings) found.add(productId)
              cursor = page.next
            } while (cursor !== null)
          }
          return [...found]
        }),
        products: (productIds) =>
          Effect.map(productsByIds(call, what, { productIds }), ({ items }) =>
            items.map(({ product }) => product)
          )
      })
    )
  )
