/**
 * Dead letters of orders get a table of their own. Three partial indexes with one predicate made the
 * planner choose the wrong one, and read all of it, to find the events of one order.
 */

/** The statements that part dead letters from the events that wait. */
export const deadOrderEvents = (schema: string): ReadonlyArray<string> => [
  `
create table ${schema}.dead_order_events (
  event_id varchar(255) collate "C" primary key,
  order_id varchar(100) collate "C" not null,
  event json not null,
  happened_at timestamptz not null,
  cause text not null
)`,
  `
with dead as (
  delete from ${schema}.parked_order_events where cause is not null returning *
)
insert into ${schema}.dead_order_events (event_id, order_id, event, happened_at, cause)
select event_id, order_id, event, happened_at, cause from dead`,
  `alter table ${schema}.parked_order_events drop column cause`,
  `alter table ${schema}.parked_order_events drop constraint parked_order_events_pkey,
  add primary key (order_id, event_id)`,
  `create index parked_order_events_parked_at on ${schema}.parked_order_events (parked_at)`
]
