/** A line that could not be held. */
import * as Schema from "effect/Schema"
import { unchecked } from "../../kernel/Identifier.ts"

/** One line that cannot be held: what was asked, and what one location could give. */
export const ShortLine = Schema.Struct({
  line: Schema.Int,
  lineId: Schema.NullOr(unchecked.lineId),
  skuId: unchecked.skuId,
  locationId: Schema.NullOr(unchecked.locationId),
  requested: Schema.Int,
  available: Schema.Int
})
export interface ShortLine extends Schema.Schema.Type<typeof ShortLine> {}
