import { type Query, query } from "../../../connection/Query.ts"

const lock = (schema: string, kind: string): Query =>
  query(`select ${kind}(hashtext('${schema}/attributes'), 0)::text`)

/**
 * Lets in one batch that changes attributes at a time, and none that gives values of them to products.
 * Index: none, no table is read. Lock: advisory, of the transaction, after that of the tree.
 */
export const lockAttributes = (schema: string): Query => lock(schema, "pg_advisory_xact_lock")

/**
 * Keeps attributes from being changed while products are given values of them.
 * Index: none, no table is read. Lock: advisory and shared, of the transaction, after that of the tree.
 */
export const lockValues = (schema: string): Query => lock(schema, "pg_advisory_xact_lock_shared")
