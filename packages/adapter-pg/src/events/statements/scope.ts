/** Pieces that the statements of the log share. */

/** The last position that any transaction has drawn; it goes back when the database is restored. */
export const drawnOf = (schema: string): string =>
  `(select case when s.is_called then s.last_value else 0 end from ${schema}.event_positions s)`
