/**
 * Options follow the stock of their SKUs, by its level and not by its crossings: what matters is
 * whether an option can be had now. A word about older stock than was followed already is refused,
 * so that words which overtake each other do no harm.
 */
import * as Result from "effect/Result"
import type { OptionId } from "../../kernel/Identifier.ts"
import type { AnswerOf } from "../messages/CatalogAnswer.ts"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import { availabilityOf } from "../state/Availability.ts"
import { skuIdsOf } from "../state/Product.ts"
import { followsStock } from "../state/ProductOption.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, findProduct } from "./lookups.ts"

/** Moves the options of a product between ACTIVE and SOLD_OUT, by the stock of their SKUs. */
export const followStock = (
  draft: Draft,
  { productId, stock }: CommandOf<"FollowStock">
): Decided<AnswerOf<"FollowStock">> =>
  Result.gen(function* () {
    const product = yield* findProduct(draft, productId)
    const ours = new Set(skuIdsOf(product))
    const facts = stock.filter(({ skuId }) => ours.has(skuId))
    const seen = (skuId: (typeof facts)[number]["skuId"]) => draft.seenVersionOf(productId, skuId)
    const newer = facts.filter(({ skuId, version }) => version > seen(skuId))
    const older = facts.filter(({ skuId, version }) => version < seen(skuId))
    if (older.length > 0) {
      const skuIds = older.map(({ skuId }) => skuId)
      const isMixed = newer.length > 0
      return yield* Result.fail({ _tag: "StaleStock", productId, skuIds, isMixed } as const)
    }
    for (const { skuId, version } of newer) draft.see({ productId, skuId, version })
    const available = new Map(facts.map((fact) => [fact.skuId, fact.availableQuantity]))
    const soldOut: Array<OptionId> = []
    const back: Array<OptionId> = []
    for (const option of product.options) {
      const availability = availabilityOf(option, (skuId) => available.get(skuId))
      if (availability === undefined || !followsStock(option)) continue
      const status = availability.quantity > 0 ? "ACTIVE" : "SOLD_OUT"
      if (status === option.status) continue
      draft.moveOption(option, status, "STOCK")
      ;(status === "ACTIVE" ? back : soldOut).push(option.id)
    }
    return { productId, version: draft.current(product).version, soldOut, back }
  })
