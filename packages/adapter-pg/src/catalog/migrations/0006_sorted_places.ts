/**
 * The places of products in a category are read in the order of a list, so that its first products are
 * found without a look at all of them.
 */

/** The statements that give the places an index for each column that lists are sorted by. */
export const sortedPlaces = (schema: string): ReadonlyArray<string> => {
  const sortedBy = (column: string, included: string) =>
    `create index product_categories_${column} on ${schema}.product_categories
  (category_id, status, type, ${column}) include (product_id, ${included})`
  return [
    `drop index ${schema}.product_categories_category`,
    sortedBy("created_at", "currency, lowest_price, highest_price"),
    sortedBy("lowest_price", "currency, highest_price"),
    sortedBy("name", "currency, lowest_price, highest_price")
  ]
}
