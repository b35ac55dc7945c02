/**
 * The reads that the questions of core are asked over: what the fields of one request ask of a store in
 * one tick, for single SKUs and categories, goes there as one statement. Pages, cursors, refusals
 * and permissions stay those of every door.
 */
import type { CatalogReads } from "@holdfast/core/catalog"
import type { StockReads } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { type Edges, RequestEdges } from "./Edges.ts"

/** Reads by the edges of the request under way; alone, outside of one. */
const byEdges = <A, E>(
  together: (edges: Edges) => Effect.Effect<A, E>,
  alone: () => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    const edges = fiber.getRef(RequestEdges)
    return edges === undefined ? alone() : together(edges)
  })

const all = { concurrency: "unbounded" } as const

/** What was found of keys, each asked for by itself. */
const manyBy =
  <K extends string, A, E>(one: (key: K) => Effect.Effect<A | undefined, E>) =>
  (keys: ReadonlyArray<K>): Effect.Effect<ReadonlyArray<A>, E> =>
    Effect.map(Effect.forEach([...new Set(keys)], one, all), (found) =>
      found.flatMap((it) => it ?? [])
    )

/** The reads of an inventory. */
export const gatheredReads = (reads: StockReads["Service"]): StockReads["Service"] => ({
  ...reads,
  placedOrders: (ids) =>
    byEdges(
      ({ order }) => manyBy(order)(ids),
      () => reads.placedOrders(ids)
    ),
  ownersOf: (ids) =>
    byEdges(
      ({ owner }) => manyBy(owner)(ids),
      () => reads.ownersOf(ids)
    ),
  reservations: (ids) =>
    byEdges(
      ({ hold }) => manyBy(hold)(ids),
      () => reads.reservations(ids)
    ),
  reservationsOfOrder: (orderId, page) =>
    page === undefined
      ? reads.reservationsOfOrder(orderId)
      : byEdges(
          ({ orderPage }) => orderPage({ orderId, ...page }),
          () => reads.reservationsOfOrder(orderId, page)
        ),
  locations: byEdges(
    ({ locations }) => locations("all"),
    () => reads.locations
  ),
  sku: (skuId) =>
    byEdges(
      ({ sku }) => Effect.map(sku(skuId), (found) => found?.sku),
      () => reads.sku(skuId)
    ),
  stock: (skuIds) =>
    byEdges(
      ({ sku }) => manyBy(sku)(skuIds),
      () => reads.stock(skuIds)
    ),
  movements: (query) =>
    query.locationId === undefined && query.reference === undefined
      ? byEdges(
          ({ ledger }) => ledger(query),
          () => reads.movements(query)
        )
      : reads.movements(query),
  reservationsOfSku: (query) =>
    byEdges(
      ({ holds }) => holds(query),
      () => reads.reservationsOfSku(query)
    )
})

/** The reads of a catalog, whose categories are looked up together. */
export const gatheredCatalog = (reads: CatalogReads["Service"]): CatalogReads["Service"] => ({
  ...reads,
  categories: (ids) =>
    byEdges(
      ({ category }) => manyBy(category)(ids),
      () => reads.categories(ids)
    )
})
