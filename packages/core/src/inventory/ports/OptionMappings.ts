/**
 * PORT. What the inventory asks of the catalog: which SKUs leave for an option. It is asked before a
 * command enters the engine, so no transaction is open meanwhile, and nothing of the answer is
 * cached: the mapping that is found is frozen on the holds. Whether an option may be bought is the
 * catalog's affair, and the answer says it; whether there is stock is not.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { OptionId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { NotForSale } from "../state/Bundle.ts"

export type { NotForSale } from "../state/Bundle.ts"

/** How many units of a SKU leave for one unit of an option. */
export interface MappedSku {
  readonly skuId: SkuId
  readonly quantity: number
}

/**
 * What the catalog knows of an option: FOR SALE, with at least one SKU, each once; NOT FOR SALE; or
 * UNKNOWN, when there is no such option. An option that stock alone made SOLD_OUT is for sale: the
 * catalog hears of stock late, and the reservation finds out.
 */
export type MappedOption =
  | {
      readonly _tag: "ForSale"
      readonly optionId: OptionId
      readonly productId: ProductId
      readonly skuMappings: ReadonlyArray<MappedSku>
    }
  | {
      readonly _tag: "NotForSale"
      readonly optionId: OptionId
      readonly productId: ProductId
      readonly reason: NotForSale
    }
  | { readonly _tag: "Unknown"; readonly optionId: OptionId }

/** What the inventory asks of the catalog. */
export class OptionMappings extends Context.Service<
  OptionMappings,
  {
    /** Whether there is a catalog to ask. Without one, a line that names an option is refused. */
    readonly isJoined: boolean
    /**
     * One answer for each option, in any order; no option is asked for twice, and at most 2,000 are.
     * It reads where the catalog writes, never a copy that may be behind. Fails with `Unavailable`
     * when the catalog does not answer; lines that name SKUs do not need it.
     */
    readonly optionsOf: (
      optionIds: ReadonlyArray<OptionId>
    ) => Effect.Effect<ReadonlyArray<MappedOption>, StoreError>
  }
>()("@holdfast/core/inventory/OptionMappings") {
  /** An inventory without a catalog: what is not provided means this. */
  static readonly layerNone: Layer.Layer<OptionMappings> = Layer.sync(
    OptionMappings,
    () => noCatalog
  )
}

/** No catalog. */
export const noCatalog: OptionMappings["Service"] = {
  isJoined: false,
  optionsOf: (optionIds) =>
    Effect.succeed(optionIds.map((optionId) => ({ _tag: "Unknown" as const, optionId })))
}

/** The catalog that was joined, or none. */
export const joinedOptions: Effect.Effect<OptionMappings["Service"]> = Effect.map(
  Effect.serviceOption(OptionMappings),
  (joined) => (joined._tag === "Some" ? joined.value : noCatalog)
)
