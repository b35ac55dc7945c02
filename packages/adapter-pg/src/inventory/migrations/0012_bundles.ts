/**
 * A hold that was made through an option of a catalog keeps the option, the bundle that it belongs
 * to, and how many units of its SKU one unit of the option takes. A plain reservation has none of
 * them, and its row is as wide as before: sixteen columns share the two bytes that say which are
 * null. No check joins the three, since the server would parse it in every statement that writes the
 * table; a batch writes them together or not at all.
 */

/** The statements that add bundles, and find them, the broken ones, and the open holds of an option. */
export const bundles = (schema: string): ReadonlyArray<string> => [
  `
alter table ${schema}.reservations
  add column option_id uuid, add column bundle_id uuid, add column per_bundle bigint`,
  `create index reservations_option on ${schema}.reservations (option_id, status, bundle_id)
  where option_id is not null`,
  `create index reservations_taken_parts on ${schema}.reservations (resolved_at)
  where bundle_id is not null and release_reason = 'SHORTFALL'`
]
