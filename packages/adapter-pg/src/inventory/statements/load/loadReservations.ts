import type { BundleId, ReservationId } from "@holdfast/core/inventory"
import { type Query, query, texts } from "../../../connection/Query.ts"
import { ofBundles, reservationColumns, withReplacements } from "../scope.ts"

/**
 * Loads named reservations ($1), and the holds that took their place, however often. A hold may
 * come twice.
 * Index: reservations_pkey, reservations_replaces. Lock: none of its own.
 */
export const loadReservations = (schema: string) => {
  const sql = withReplacements(
    schema,
    `select * from ${schema}.reservations where id = any($1::text[]::uuid[])`
  )
  return (reservationIds: ReadonlyArray<ReservationId>): Query => query(sql, texts(reservationIds))
}

/**
 * Loads all holds that were ever made for named bundles ($1).
 * Index: reservations_pkey, reservations_option. Lock: none; the orders are locked already.
 */
export const loadBundles = (schema: string) => {
  const sql = `select ${reservationColumns} ${ofBundles(schema, "$1::text[]")}`
  return (bundleIds: ReadonlyArray<BundleId>): Query => query(sql, texts(bundleIds))
}
