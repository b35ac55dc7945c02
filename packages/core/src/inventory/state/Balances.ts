/** The units that events and answers give: what there is, what is promised, what is left. */
import * as Schema from "effect/Schema"

/** Units of one place, or of a whole SKU over its sellable locations. */
export const Balances = Schema.Struct({
  totalQuantity: Schema.Int,
  reservedQuantity: Schema.Int,
  availableQuantity: Schema.Int
})
export interface Balances extends Schema.Schema.Type<typeof Balances> {}

/** Balances after the event: of the level it names, and of its SKU. No read-back is needed. */
export const BalancesAfter = Schema.Struct({
  level: Balances.annotate({ description: "Units of the SKU at this place, after the event" }),
  sku: Balances.annotate({
    description: "Units of the SKU over all places that sell, after the event"
  })
})
export interface BalancesAfter extends Schema.Schema.Type<typeof BalancesAfter> {}
