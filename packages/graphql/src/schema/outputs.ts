/** The types that root fields and edges answer with, by what they are called in code. */
import {
  Attribute,
  Category,
  CategoryOfProduct,
  Facet,
  MappingView,
  OptionAvailabilityView,
  ProductView,
  SkuStockView
} from "@holdfast/core/catalog"
import {
  EventView,
  LevelStatus,
  Location,
  OfferedStock,
  Reservation,
  Sku,
  StockMovement,
  StockStatus
} from "@holdfast/core/inventory"
import type { GraphQLObjectType } from "graphql"
import { nullable, type Types } from "./typesOf.ts"

const shapes = {
  sku: Sku.Sku,
  stock: StockStatus,
  offered: OfferedStock,
  level: LevelStatus,
  location: Location.Location,
  movement: StockMovement.StockMovement,
  reservation: Reservation.Reservation,
  event: EventView,
  product: ProductView,
  category: Category.Category,
  categoryOfProduct: CategoryOfProduct,
  attribute: Attribute.Attribute,
  mapping: MappingView,
  facet: Facet,
  availability: OptionAvailabilityView,
  seenStock: SkuStockView
}

/** Types that may be null. */
export type Outputs = { readonly [Name in keyof typeof shapes]: GraphQLObjectType }

/** The types, each made when it is first asked for. */
export const outputsOf = (types: Types): Outputs =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(shapes).map(([name, schema]) => [
        name,
        { get: () => nullable(types.output(schema, name)) }
      ])
    )
  ) as Outputs
