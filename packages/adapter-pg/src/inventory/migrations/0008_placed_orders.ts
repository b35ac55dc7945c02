/**
 * Orders whose state is kept, and events of orders that came before the one they need. A plain
 * reservation writes none of these tables.
 */

/** The statements that make the tables of placed orders. */
export const placedOrders = (schema: string): ReadonlyArray<string> => [
  `
create table ${schema}.orders (
  order_id varchar(100) collate "C" primary key,
  version bigint not null,
  status varchar(20) not null,
  owner_id varchar(100),
  short json not null,
  placed_at timestamptz not null,
  changed_at timestamptz not null,
  constraint orders_version_check check (version > 0),
  constraint orders_status_check check (status = any('{RESERVED,REJECTED,CONFIRMED,PAID_LATE,
    CANCELLED,FULFILLED}'))
)`,
  `
create table ${schema}.parked_order_events (
  order_id varchar(100) collate "C" not null,
  event_id varchar(255) collate "C" not null,
  event json not null,
  happened_at timestamptz not null,
  parked_at timestamptz not null,
  primary key (order_id, event_id)
)`,
  `create index parked_order_events_parked_at on ${schema}.parked_order_events (parked_at)`,
  `
create table ${schema}.dead_order_events (
  event_id varchar(255) collate "C" primary key,
  order_id varchar(100) collate "C" not null,
  event json not null,
  happened_at timestamptz not null,
  cause text not null
)`
]
