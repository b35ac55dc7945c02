/**
 * What a hold that was made through an option is a part of. An option of the catalog maps SKUs, and
 * one line of so many units of it makes a hold for each SKU: these holds are a bundle. The mapping
 * is frozen on the holds: what the catalog changes later does not change them. To the inventory an
 * option is no more than its id.
 */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"
import { Balance } from "../../kernel/Quantity.ts"

/**
 * The bundle of a hold: its id, the option that it was made through, and how many units of the
 * hold's SKU one unit of the option takes. The holds of a bundle share the first two.
 */
export const Bundle = Schema.Struct({
  bundleId: unchecked.bundleId,
  optionId: unchecked.optionId,
  perBundle: Balance
}).annotate({ identifier: "Bundle" })
export interface Bundle extends Schema.Schema.Type<typeof Bundle> {}

/**
 * Why an option cannot be bought: a person withdrew it (`INACTIVE`) or closed it (`SOLD_OUT`), its
 * product is not shown now (`PRODUCT_NOT_SHOWN`: a draft, taken down, discontinued, not yet or no
 * longer published), or it has no price or no SKU (`INCOMPLETE`).
 */
export const NotForSale = Schema.Literals([
  "INACTIVE",
  "SOLD_OUT",
  "PRODUCT_NOT_SHOWN",
  "INCOMPLETE"
])
export type NotForSale = typeof NotForSale.Type
