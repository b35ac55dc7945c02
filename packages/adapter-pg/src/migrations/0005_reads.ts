/**
 * The code of an archived SKU may be given away: codes are unique among the SKUs in use.
 */

/** The statements that let codes be given away. */
export const reads = (schema: string): ReadonlyArray<string> => [
  `alter table ${schema}.skus drop constraint skus_code_key`,
  `create unique index skus_code_key on ${schema}.skus (code) where archived_at is null`
]
