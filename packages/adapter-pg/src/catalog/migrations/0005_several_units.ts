/** SKUs of which options take several units are found by who follows stock, once a second. */

/** The statements that make them quick to find. */
export const severalUnits = (schema: string): ReadonlyArray<string> => [
  `create index sku_mappings_several_units on ${schema}.sku_mappings (sku_id) where quantity > 1`
]
