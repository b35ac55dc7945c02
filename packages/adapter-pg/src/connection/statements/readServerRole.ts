import { query } from "../Query.ts"

/**
 * Reads whether the session can write: a standby cannot, and neither can a read-only server.
 * Index: none, no table is read. Lock: none.
 */
export const readServerRole = query(`
select pg_is_in_recovery() as is_standby,
  current_setting('transaction_read_only') = 'on' as is_read_only`)
