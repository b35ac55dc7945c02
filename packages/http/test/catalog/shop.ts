/** What tests of the catalog put into it, with ids that they can name. */

/** A UUID with a number that a test can read. */
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`

/** An option with a price and one SKU. */
export const option = (more: object = {}) => ({
  name: "One size",
  price: { amount: "9.90", currency: "EUR" },
  skuMappings: [{ skuId: "known-7", quantity: 1 }],
  ...more
})

/** A product with one option. */
export const socks = (more: object = {}) => ({
  name: "Socks",
  type: "NORMAL",
  options: [option()],
  ...more
})
