/**
 * What leads from one thing to another, read together for all that ask in one tick: SKUs with their
 * levels, pages of their ledgers and holds, products, categories, and the stock that the catalog
 * knows. Each request has its own.
 */
import { isPlainUser, type Principal } from "@holdfast/core/access"
import {
  type Category,
  type CategoryId,
  type Product,
  type ProductId,
  type SkuStock,
  shownReads
} from "@holdfast/core/catalog"
import type {
  HoldsQuery,
  Location,
  MovementsQuery,
  OrderId,
  OrderOwner,
  OrderQuery,
  PlacedOrderView,
  ReadStock,
  Reservation,
  ReservationId,
  SkuId,
  StockMovement,
  StoreError
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type Batched, batched, byId, type Gathering, gathering } from "./batched.ts"
import type { ServedCatalog, ServedInventory, Services } from "./Services.ts"

/** What leads from one thing to another. */
export interface Edges {
  /** A SKU with all of its levels, by its id. */
  readonly sku: Batched<ReadStock, StoreError>
  readonly location: Batched<Location.Location, StoreError>
  readonly locations: Gathering<"all", ReadonlyArray<Location.Location>, StoreError>
  /** A placed order with its holds, whose an order is, and a hold by itself. */
  readonly order: Batched<PlacedOrderView, StoreError>
  readonly owner: Batched<OrderOwner, StoreError>
  readonly hold: Batched<Reservation.Reservation, StoreError>
  /** A page of the holds of an order. */
  readonly orderPage: Gathering<OrderQuery, ReadonlyArray<Reservation.Reservation>, StoreError>
  /** A page of the ledger of a SKU. */
  readonly ledger: Gathering<MovementsQuery, ReadonlyArray<StockMovement.StockMovement>, StoreError>
  /** A page of the open holds of a SKU. */
  readonly holds: Gathering<HoldsQuery, ReadonlyArray<Reservation.Reservation>, StoreError>
  readonly product: Batched<Product.Product, StoreError>
  readonly category: Batched<Category.Category, StoreError>
  /** The stock of a SKU as the catalog knows it, wherever the inventory is. */
  readonly seenStock: Batched<SkuStock, StoreError>
}

/** The edges of the request under way; undefined outside of one. */
export const RequestEdges: Context.Reference<Edges | undefined> = Context.Reference(
  "@holdfast/graphql/reading/RequestEdges",
  { defaultValue: (): Edges | undefined => undefined }
)

const byOrder = <A extends { readonly orderId: string }>(
  found: ReadonlyArray<A>
): ReadonlyMap<string, A> => new Map(found.map((it) => [it.orderId, it]))

const none = () => Effect.die(new Error("this context is not served here"))

const ofInventory = ({ stored }: ServedInventory) => ({
  sku: batched<ReadStock, StoreError>((ids) =>
    Effect.map(
      stored.stock(ids as ReadonlyArray<SkuId>),
      (found) => new Map(found.map((stock) => [stock.sku.id, stock]))
    )
  ),
  location: batched<Location.Location, StoreError>(() => Effect.map(stored.locations, byId)),
  locations: gathering<"all", ReadonlyArray<Location.Location>, StoreError>((asked) =>
    Effect.map(stored.locations, (all) => asked.map(() => all))
  ),
  order: batched<PlacedOrderView, StoreError>((ids) =>
    Effect.map(stored.placedOrders(ids as ReadonlyArray<OrderId>), byOrder)
  ),
  owner: batched<OrderOwner, StoreError>((ids) =>
    Effect.map(stored.ownersOf(ids as ReadonlyArray<OrderId>), byOrder)
  ),
  hold: batched<Reservation.Reservation, StoreError>((ids) =>
    Effect.map(stored.reservations(ids as ReadonlyArray<ReservationId>), byId)
  ),
  orderPage: gathering<OrderQuery, ReadonlyArray<Reservation.Reservation>, StoreError>(
    stored.orderPages
  ),
  ledger: gathering<MovementsQuery, ReadonlyArray<StockMovement.StockMovement>, StoreError>(
    stored.movementPages
  ),
  holds: gathering<HoldsQuery, ReadonlyArray<Reservation.Reservation>, StoreError>(stored.holdPages)
})

const ofCatalog = ({ stock, stored }: ServedCatalog, principal: Principal | undefined) => {
  const reads = principal !== undefined && isPlainUser(principal) ? shownReads(stored) : stored
  return {
    product: batched<Product.Product, StoreError>((ids) =>
      Effect.map(reads.products(ids as ReadonlyArray<ProductId>), byId)
    ),
    category: batched<Category.Category, StoreError>((ids) =>
      Effect.map(reads.categories(ids as ReadonlyArray<CategoryId>), byId)
    ),
    seenStock: batched<SkuStock, StoreError>((ids) =>
      Effect.map(
        stock.stockOf(ids as ReadonlyArray<SkuId>),
        (found) => new Map(found.map((it) => [it.skuId, it]))
      )
    )
  }
}

/** The edges of one request. */
export const edgesOf = (
  { catalog, inventory }: Services,
  principal: Principal | undefined
): Edges => ({
  ...(inventory === undefined
    ? {
        ...{ sku: none, location: none, locations: none, ledger: none, holds: none },
        ...{ order: none, owner: none, hold: none, orderPage: none }
      }
    : ofInventory(inventory)),
  ...(catalog === undefined
    ? { product: none, category: none, seenStock: none }
    : ofCatalog(catalog, principal))
})
