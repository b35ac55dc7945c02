/** A line that could not be held. */
import * as Schema from "effect/Schema"
import { type OptionId, unchecked } from "../../kernel/Identifier.ts"

/**
 * One line that cannot be held: what was asked, and what one location could give. `line` is its place
 * in the request; `optionId` is the option that the line named, of which the SKU is short.
 */
export const ShortLine = Schema.Struct({
  line: Schema.Int,
  lineId: Schema.NullOr(unchecked.lineId),
  skuId: unchecked.skuId,
  locationId: Schema.NullOr(unchecked.locationId),
  requested: Schema.Int,
  available: Schema.Int,
  optionId: Schema.optionalKey(unchecked.optionId)
})
export interface ShortLine extends Schema.Schema.Type<typeof ShortLine> {}

/** The part of a short line that names its option, if it was made of one. */
export const shortOption = (
  option: { readonly optionId: OptionId } | undefined
): Pick<ShortLine, "optionId"> => (option === undefined ? none : { optionId: option.optionId })

const none = {}
