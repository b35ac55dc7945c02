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

/** The reads of an inventory. */
export const gatheredReads = (reads: StockReads["Service"]): StockReads["Service"] => ({
  ...reads,
  sku: (skuId) =>
    byEdges(
      ({ sku }) => Effect.map(sku(skuId), (found) => found?.sku),
      () => reads.sku(skuId)
    ),
  stock: (skuIds) =>
    byEdges(
      ({ sku }) =>
        Effect.map(Effect.forEach([...new Set(skuIds)], sku, all), (found) =>
          found.flatMap((stock) => stock ?? [])
        ),
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
      ({ category }) =>
        Effect.map(Effect.forEach([...new Set(ids)], category, all), (found) =>
          found.flatMap((it) => it ?? [])
        ),
      () => reads.categories(ids)
    )
})
