import { type Query, query } from "../../../connection/Query.ts"

/**
 * Lets in one batch that changes the tree at a time.
 * Index: none, no table is read. Lock: advisory, of the transaction, before any other.
 */
export const lockTree = (schema: string): Query =>
  query(`select pg_advisory_xact_lock(hashtext('${schema}/categories'), 0)::text`)
