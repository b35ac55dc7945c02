/** Pieces that the statements of the log share. */

import { millis } from "../../connection/sqlText.ts"

/** The columns of an event, all but the payload. */
export const envelopeColumns = `e.position::float8, e.event_id::text, e.event_type::text,
  e.aggregate_id::text, e.version::float8, ${millis('e."timestamp"')} as instant,
  e.command_id::text, e.correlation_id::text, e.traceparent::text`

/** The columns of an event. */
export const eventColumns = `${envelopeColumns}, e.payload::text as payload`

/** The last position that any transaction has drawn; it goes back when the database is restored. */
export const drawnOf = (schema: string): string =>
  `(select case when s.is_called then s.last_value else 0 end from ${schema}.event_positions s)`

/**
 * How a cursor (`c`) stands to its log (`l`): LOST when events were dropped that it had not passed,
 * RESTORED when the log does not have the event at which it stands.
 */
export const standingOf = (schema: string): string => `case
    when c.position < l.horizon then 'LOST'
    when c.reached_before is not null or c.position > ${drawnOf(schema)} then 'RESTORED'
    when c.event_id is not null and c.position > l.horizon and c.event_id is distinct from
      (select e.event_id from ${schema}.events e where e.position = c.position) then 'RESTORED'
    else 'FOLLOWS' end`
