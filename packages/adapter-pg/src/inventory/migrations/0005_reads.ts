/**
 * The code of an archived SKU may be given away: codes are unique among the SKUs in use. Events are
 * found by their SKU, their type, and the order that they name. Reservations are most of the
 * events. They are in none of these indexes but `events_runs`, and only those that open a run of
 * their SKU.
 */

/** The statements that let codes be given away and events be found. */
export const reads = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.skus drop constraint skus_code_key`,
  `create unique index skus_code_key on ${schema}.skus (code) where archived_at is null`,
  `alter table ${schema}.events add column opens_run boolean not null default true`,
  `create index events_runs on ${schema}.events (aggregate_id, position) where opens_run`,
  `create index events_type on ${schema}.events (event_type, position)
  where event_type <> 'inventory.stock.reserved'`,
  `create index events_order on ${schema}.events ((payload ->> 'orderId'), position)
  where event_type <> 'inventory.stock.reserved'`
]
