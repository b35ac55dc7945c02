import type { ProductId } from "@holdfast/core/catalog"
import { hashOf } from "@holdfast/core/engine"
import { int8s, type Query, query, texts } from "../../../connection/Query.ts"

/** Products that are made share so many locks, so that a large import cannot fill the lock table. */
const bucketsMax = 512

const bucketOf = (productId: ProductId): number => hashOf(productId) % bucketsMax

/**
 * Locks the ids ($1, $2 buckets) of products that are not there: they have no row to lock. Only one
 * batch at a time makes a product of an id, or makes and deletes it.
 * Index: products_pkey, by a subquery that OFFSET keeps from becoming a join with all products.
 * Lock: advisory, of the transaction, in the order of the buckets, before the rows of products.
 */
export const lockNewProducts = (schema: string) => {
  const sql = `
select pg_advisory_xact_lock(hashtext('${schema}/products'), n.bucket::int4)::text
from (
  select distinct n.bucket from unnest($1::text[], $2::int8[]) as n(id, bucket)
  where not exists (select 1 from ${schema}.products p where p.id = n.id::uuid offset 0)
  order by n.bucket
) as n`
  return (productIds: ReadonlyArray<ProductId>): Query =>
    query(sql, texts(productIds), int8s(productIds.map(bucketOf)))
}
