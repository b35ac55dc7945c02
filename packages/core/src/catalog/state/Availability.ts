/**
 * What can be bought, by what is in stock. Availability is never kept in the catalog: it is worked
 * out of the stock of SKUs whenever it is asked for.
 */
import type { SkuId } from "../../kernel/Identifier.ts"
import type { ProductOption } from "./ProductOption.ts"

/** How many units of an option can be bought, and the SKU that allows no more. */
export interface OptionAvailability {
  readonly quantity: number
  readonly limitingSkuId: SkuId
}

/**
 * How many units of an option can be had at once: over its mappings, the least of what is available
 * of the SKU divided by the units that it takes. The first SKU with the least is the limiting one.
 * Undefined when the option maps nothing, or when the stock of a SKU is not known.
 */
export const availabilityOf = (
  { skuMappings }: Pick<ProductOption, "skuMappings">,
  availableOf: (skuId: SkuId) => number | undefined
): OptionAvailability | undefined => {
  let least: OptionAvailability | undefined
  for (const { quantity, skuId } of skuMappings) {
    const available = availableOf(skuId)
    if (available === undefined) return undefined
    const units = Math.floor(available / quantity)
    if (least === undefined || units < least.quantity) {
      least = { quantity: units, limitingSkuId: skuId }
    }
  }
  return least
}
