/**
 * An option of a product: what a buyer chooses and pays for, and the SKUs that leave the warehouse
 * for it. A person sets its status; stock moves it from ACTIVE to SOLD_OUT and back, and nothing
 * else.
 */
import * as Schema from "effect/Schema"
import { SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { KeptMoney } from "../../kernel/money/Money.ts"
import { Quantity } from "../../kernel/Quantity.ts"
import { label } from "../../kernel/Text.ts"
import { TranslatedNames } from "./Translations.ts"

/** The most options of one product. */
export const optionsMax = 1_000

/** The most SKUs of one option. */
export const mappingsOfOptionMax = 100

/** The most mappings of one product, over all its options. */
export const mappingsMax = 5_000

/** A name for people, one line of 1–255 code points. */
export const OptionName = label(1, 255)

/** ACTIVE can be bought, INACTIVE is withdrawn, SOLD_OUT is on show and cannot be bought now. */
export const OptionStatus = Schema.Literals(["ACTIVE", "INACTIVE", "SOLD_OUT"])
export type OptionStatus = typeof OptionStatus.Type

/** Who set the status: a person, or the stock. */
export const StatusBy = Schema.Literals(["PERSON", "STOCK"])
export type StatusBy = typeof StatusBy.Type

/** How many units of a SKU leave for one unit of an option. */
export const SkuMapping = Schema.Struct({ skuId: SkuId, quantity: Quantity }).annotate({
  identifier: "SkuMapping"
})
export interface SkuMapping extends Schema.Schema.Type<typeof SkuMapping> {}

/**
 * An option. `position` is its place among the options of its product, from 0. An option without a
 * price or without a mapping cannot be bought.
 */
export const ProductOption = Schema.Struct({
  id: unchecked.optionId,
  productId: unchecked.productId,
  name: Schema.String,
  translations: TranslatedNames,
  price: Schema.NullOr(KeptMoney),
  status: OptionStatus,
  statusBy: StatusBy,
  skuMappings: Schema.Array(Schema.Struct({ skuId: unchecked.skuId, quantity: Schema.Int })),
  position: Schema.Int,
  externalId: Schema.NullOr(Schema.String),
  createdAt: Timestamp
}).annotate({ identifier: "ProductOption" })
export interface ProductOption extends Schema.Schema.Type<typeof ProductOption> {}

/** Whether buyers see it with a price: not withdrawn, priced and mapped, sold out or not. */
export const isOnOffer = (option: ProductOption): boolean =>
  option.status !== "INACTIVE" && option.price !== null && option.skuMappings.length > 0

/** Whether stock may move the status: what a person has withdrawn or closed stays as it is. */
export const followsStock = ({ status, statusBy }: ProductOption): boolean =>
  status === "ACTIVE" || (status === "SOLD_OUT" && statusBy === "STOCK")
