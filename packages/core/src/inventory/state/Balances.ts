/** The units that events and answers give: what there is, what is promised, what is left. */

/** Units of one place, or of a whole SKU over its sellable locations. */
export interface Balances {
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly availableQuantity: number
}

/** Balances after the event: of the level it names, and of its SKU. No read-back is needed. */
export interface BalancesAfter {
  readonly level: Balances
  readonly sku: Balances
}
