/**
 * PORT. What the catalog asks of the inventory. Asking is optimistic: only a reservation is exact.
 * Nothing joins the two yet: a host takes `layerNone`, or writes the port for its own inventory.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { OptionId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"

/**
 * The stock of one SKU, in units: KNOWN; MISSING, when the inventory has no such SKU; or UNKNOWN,
 * when the inventory does not answer. `version` is that of the SKU's events.
 */
export type SkuStock =
  | {
      readonly _tag: "Known"
      readonly skuId: SkuId
      readonly availableQuantity: number
      readonly inStockQuantity: number
      readonly version: number
    }
  | { readonly _tag: "Missing"; readonly skuId: SkuId }
  | { readonly _tag: "Unknown"; readonly skuId: SkuId }

/** What the catalog asks of the inventory. */
export class StockStatus extends Context.Service<
  StockStatus,
  {
    /**
     * Whether there is an inventory to ask. Without one, mappings may name any SKU, and products
     * are deleted without a question.
     */
    readonly isJoined: boolean
    /**
     * The stock of SKUs, one answer for each, in one call. It never fails: when the inventory does
     * not answer, the stock is Unknown, and a product page is still shown.
     */
    readonly stockOf: (skuIds: ReadonlyArray<SkuId>) => Effect.Effect<ReadonlyArray<SkuStock>>
    /** Those of the options through which open holds were made. */
    readonly heldOptions: (
      optionIds: ReadonlyArray<OptionId>
    ) => Effect.Effect<ReadonlyArray<OptionId>, StoreError>
  }
>()("@holdfast/core/catalog/StockStatus") {
  /** A catalog without an inventory: all stock is unknown. */
  static readonly layerNone: Layer.Layer<StockStatus> = Layer.succeed(StockStatus, {
    isJoined: false,
    stockOf: (skuIds) =>
      Effect.succeed(skuIds.map((skuId) => ({ _tag: "Unknown" as const, skuId }))),
    heldOptions: () => Effect.succeed([])
  })
}

/**
 * Whether the stock that is asked for may be a little old, since people look at it and nothing is decided by
 * it: false unless an answer to people is being made.
 */
export const StockMayBeOld: Context.Reference<boolean> = Context.Reference(
  "@holdfast/core/catalog/StockMayBeOld",
  { defaultValue: () => false }
)
