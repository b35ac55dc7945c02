/**
 * What the inventory has to say about a command, asked before the command is queued, so that no
 * transaction is open meanwhile: whether it knows the SKUs of new mappings, and whether holds are
 * open that were made through the options of a product that is deleted. The answer is optimistic.
 */
import * as Effect from "effect/Effect"
import type { SkuId } from "../../kernel/Identifier.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import { type InventoryWord, noObjection } from "../decide/Draft.ts"
import type { CatalogCommand } from "../messages/CatalogCommand.ts"
import type { CatalogReads } from "../ports/CatalogReads.ts"
import type { StockStatus } from "../ports/StockStatus.ts"
import type { SkuMapping } from "../state/ProductOption.ts"

const mappingsOf = (command: CatalogCommand): ReadonlyArray<SkuMapping> => {
  switch (command._tag) {
    case "CreateProduct":
    case "UpdateProduct":
      return (command.options ?? []).flatMap(({ skuMappings }) => skuMappings ?? [])
    case "AddOption":
    case "UpdateOption":
    case "SetSkuMappings":
      return command.skuMappings ?? []
    default:
      return []
  }
}

const unavailable = new StoreError({
  reason: "Unavailable",
  message:
    "the inventory does not answer, so it is not known whether the mapped SKUs exist; try again, " +
    "or say `allowUnknownSkus: true`"
})

/** Asks the inventory, if there is one and the command is one that it may object to. */
export const askInventory =
  (stock: StockStatus["Service"], reads: CatalogReads["Service"]) =>
  (command: CatalogCommand): Effect.Effect<InventoryWord, StoreError> => {
    if (!stock.isJoined) return Effect.succeed(noObjection)
    if (command._tag === "DeleteProduct") {
      return Effect.flatMap(reads.products([command.productId]), ([product]) => {
        const optionIds = (product?.options ?? []).map(({ id }) => id)
        return optionIds.length === 0
          ? Effect.succeed(noObjection)
          : Effect.map(stock.heldOptions(optionIds), (heldOptionIds) => ({
              ...noObjection,
              heldOptionIds
            }))
      })
    }
    const skuIds = skuIdsToKnow(command)
    if (skuIds.length === 0) return Effect.succeed(noObjection)
    return Effect.flatMap(stock.stockOf(skuIds), (answers) => {
      if (answers.some(({ _tag }) => _tag === "Unknown")) return Effect.fail(unavailable)
      const unknownSkuIds = answers.flatMap(({ _tag, skuId }) =>
        _tag === "Missing" ? [skuId] : []
      )
      return Effect.succeed({ ...noObjection, unknownSkuIds })
    })
  }

/** The SKUs that a command maps and that the inventory has to know. */
const skuIdsToKnow = (command: CatalogCommand): ReadonlyArray<SkuId> =>
  "allowUnknownSkus" in command && command.allowUnknownSkus === true
    ? []
    : [...new Set(mappingsOf(command).map(({ skuId }) => skuId))]
