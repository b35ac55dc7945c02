/**
 * Marks how each hold ended. `release_reason` separates a hold that was given back from one that
 * the buyer lost. The index of an order's reservations becomes two, so that a decision about an
 * order reads its lines and not its history.
 */

/** The holds that a decision about their order needs: the open and the lost ones. */
const isLine = `status in ('PENDING', 'CONFIRMED')
    or (status = 'EXPIRED' and release_reason is null)
    or (status = 'RELEASED' and release_reason = 'SHORTFALL')`

/**
 * The statements that mark the ends of existing holds. A released hold counts as given back. An
 * expired hold counts as lost, unless another hold was made in its place, or its order was held anew
 * at or after its lapse: the earlier rule took that for an answer and left no mark.
 */
export const orderMarks = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.reservations add column release_reason varchar(50)`,
  `
update ${schema}.reservations r set release_reason = 'REACQUIRED'
from ${schema}.reservations n where n.replaces = r.id`,
  `
update ${schema}.reservations r set status = 'RELEASED', release_reason = 'REPLACED'
from (select order_id, max(created_at) as held_at from ${schema}.reservations
  where replaces is null group by order_id) anew
where r.status = 'EXPIRED' and r.release_reason is null
  and anew.order_id = r.order_id and anew.held_at >= r.expires_at`,
  `
alter table ${schema}.reservations add constraint reservations_release_reason_check check (
  case
    when release_reason is null then true
    when release_reason in ('RELEASED', 'REPLACED', 'SHORTFALL') then status = 'RELEASED'
    when release_reason = 'REACQUIRED' then status in ('EXPIRED', 'RELEASED')
    else false
  end)`,
  `create index reservations_lines on ${schema}.reservations (order_id)
  where ${isLine}`,
  `create index reservations_history on ${schema}.reservations (order_id, status, created_at, id)
  where status in ('FULFILLED', 'RELEASED', 'EXPIRED')`,
  `drop index ${schema}.reservations_order`
]
