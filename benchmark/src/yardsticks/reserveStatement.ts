/**
 * The reservation that a careful engineer writes by hand: one statement, which takes a unit only
 * where one is available, writes the reservation and appends the event; one round trip, one
 * transaction. It writes the columns that the engine writes.
 */

const balances = `json_build_object('totalQuantity', level.total_quantity,
    'reservedQuantity', level.reserved_quantity,
    'availableQuantity', level.total_quantity - level.reserved_quantity)`

/** `sku` is the expression that names the SKU. */
const reserveStatement = (schema: string, sku: string): string => `
with level as (
  update ${schema}.inventory
  set reserved_quantity = reserved_quantity + 1, version = version + 1,
      last_updated = clock_timestamp()
  where sku_id = ${sku} and location_id = 'default' and total_quantity - reserved_quantity >= 1
  returning sku_id, location_id, total_quantity, reserved_quantity, version, last_updated
), hold as (
  insert into ${schema}.reservations (id, sku_id, location_id, order_id, quantity, status,
    expires_at, created_at)
  select uuidv7(), sku_id, location_id, 'order-' || version, 1, 'PENDING',
    last_updated + interval '15 minutes', last_updated
  from level
  returning id, order_id, expires_at
)
insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, "timestamp",
  command_id, payload)
select nextval('${schema}.event_positions'), uuidv7(), 'inventory.stock.reserved', level.sku_id,
  level.version, level.last_updated, uuidv7(),
  json_build_object('reservationId', hold.id, 'orderId', hold.order_id, 'skuId', level.sku_id,
    'locationId', level.location_id, 'lineId', null, 'quantity', 1, 'expiresAt', hold.expires_at,
    'replaces', null, 'level', ${balances}, 'sku', ${balances})
from level, hold;
`

/** The tables that a yardstick works on: as they are migrated, or with primary keys only. */
export type SchemaName = "inventory" | "bare"

/** What the clients of one yardstick reserve: always the first SKU, or any of so many. */
export type Skus = "hot" | { readonly of: number }

/** The pgbench script of the hand-written reservation. */
export const reserveScript = (schema: SchemaName, skus: Skus): string =>
  skus === "hot"
    ? reserveStatement(schema, "'sku-1'")
    : `\\set n random(1, ${skus.of})\n${reserveStatement(schema, "'sku-' || :n")}`
