/**
 * The policy of a SKU counts once for the SKU, so the promise limit of a level is only what is
 * promised there beyond its stock.
 */

/** The statements that bring every level's promise limit to its shortfall. */
export const promiseLimits = (schema: string): ReadonlyArray<string> => [
  `
update ${schema}.inventory
set promise_limit = greatest(0, reserved_quantity - total_quantity)
where promise_limit <> greatest(0, reserved_quantity - total_quantity)`
]
