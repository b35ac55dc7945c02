/**
 * A hold keeps whose it is, if it is somebody's, and an order belongs to the owner of the first of
 * its owned holds. The index has those holds alone, so that a hold of nobody pays for it nothing; it
 * gives the owner without reading the table. Owners are the ids of principals, which may be longer
 * than the names that placed orders had.
 */

/** The statements that let orders have owners. */
export const owners = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.reservations add column owner_id varchar(255) collate "C"`,
  `create index reservations_owner on ${schema}.reservations (order_id, created_at, id)
  include (owner_id) where owner_id is not null`,
  `alter table ${schema}.orders alter column owner_id type varchar(255)`
]
