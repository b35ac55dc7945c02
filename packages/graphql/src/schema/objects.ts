/**
 * What types have beside the fields of their schemas: the edges that lead from one thing to another.
 * Each edge asks for the permission of the operation that answers the same.
 */
import {
  availabilityOf,
  type Category,
  operations as catalog,
  type ProductOption,
  Product as Products,
  type SkuStock
} from "@holdfast/core/catalog"
import { mayLag } from "@holdfast/core/engine"
import {
  operations as inventory,
  levelStatuses,
  type ReadStock,
  stockStatus
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType
} from "graphql"
import { type Asked, type Failure, permitted } from "../reading/Asked.ts"
import { localeOf } from "../reading/localised.ts"
import type { Lists } from "./lists.ts"
import type { Outputs } from "./outputs.ts"

type Field = GraphQLFieldConfig<never, Asked, never>
type Fields = Readonly<Record<string, Field>>

const required = (type: GraphQLOutputType) => new GraphQLNonNull(type as never)

/** What a SKU or its stock was read with, so that what belongs to it is not read again. */
const readWith = new WeakMap<object, ReadStock>()

/** What a SKU is read with, if who asks may do the operation. */
const skuRead = <A extends object>(
  asked: Asked,
  name: "sku" | "stock" | "levels",
  source: object,
  skuId: string,
  view: (stock: ReadStock) => A
) => {
  const known = readWith.get(source)
  return asked.run(
    name,
    permitted({ name, permission: inventory[name].permission }, () =>
      Effect.map(
        known === undefined ? mayLag(asked.edges.sku(skuId)) : Effect.succeed(known),
        (found) => {
          if (found === undefined) return null
          const viewed = view(found)
          readWith.set(viewed, found)
          return viewed
        }
      )
    )
  )
}

interface OfSku {
  readonly skuId: string
}

const one = { extensions: { holdfast: { rows: 1 } } }

const inventoryObjects = ({ outputs, lists }: ObjectParts): Readonly<Record<string, Fields>> => {
  const sku = (idOf: (source: never) => string): Field => ({
    ...one,
    type: outputs.sku,
    resolve: (source, _args, asked) =>
      skuRead(asked, "sku", source, idOf(source), (found) => ({ ...found.sku }))
  })
  const stock = (idOf: (source: never) => string): Field => ({
    ...one,
    type: outputs.stock,
    description: "Its stock over the places that sell.",
    resolve: (source, _args, asked) =>
      skuRead(asked, "stock", source, idOf(source), (found) => stockStatus(found.sku, found.levels))
  })
  const levels = (idOf: (source: never) => string): Field => ({
    extensions: { holdfast: { rows: 5 } },
    type: new GraphQLList(required(outputs.level)),
    description: "Its stock at each place.",
    resolve: (source, _args, asked) =>
      skuRead(asked, "levels", source, idOf(source), (found) =>
        levelStatuses(found.sku, found.levels)
      )
  })
  const location: Field = {
    ...one,
    type: outputs.location,
    resolve: ({ locationId }: { readonly locationId: string }, _args, asked) =>
      asked.run(
        "location",
        permitted({ name: "location", permission: inventory.location.permission }, () =>
          Effect.map(mayLag(asked.edges.location(locationId)), (found) => found ?? null)
        )
      )
  }
  const own = ({ id }: { readonly id: string }) => id
  const named = ({ skuId }: OfSku) => skuId
  const skuField = { sku: sku(named) }
  return {
    Sku: { stock: stock(own), levels: levels(own), ...lists.ofSku },
    StockStatus: { ...skuField, levels: levels(named) },
    LevelStatus: { ...skuField, location },
    StockMovement: { ...skuField, location },
    Reservation: { ...skuField, location },
    SkuMapping: { ...skuField },
    MappingView: { ...skuField }
  }
}

const stockView = (skuId: string, stock: SkuStock | undefined) =>
  stock?._tag === "Known"
    ? { ...stock, skuId, status: "known" }
    : { skuId, status: "unknown", availableQuantity: null, inStockQuantity: null }

const seenStock = (asked: Asked, skuId: string) =>
  Effect.map(asked.edges.seenStock(skuId), (stock) => stockView(skuId, stock))

const availability = (asked: Asked, option: ProductOption.ProductOption) =>
  Effect.map(
    Effect.forEach(option.skuMappings, ({ skuId }) => seenStock(asked, skuId), {
      concurrency: "unbounded"
    }),
    (stocks) => {
      const known = new Map(
        stocks.map(({ availableQuantity, skuId }) => [skuId, availableQuantity])
      )
      const found = availabilityOf(option, (skuId) => known.get(skuId) ?? undefined)
      return {
        optionId: option.id,
        availableQuantity: found?.quantity ?? null,
        limitingSkuId: found?.limitingSkuId ?? null
      }
    }
  )

const browsed = <A>(asked: Asked, work: Effect.Effect<A, Failure>) =>
  asked.run(
    "product",
    permitted({ name: "product", permission: catalog.product.permission }, () => mayLag(work))
  )

const catalogObjects = ({ lists, outputs }: ObjectParts): Readonly<Record<string, Fields>> => {
  const parent: Field = {
    ...one,
    type: outputs.category,
    resolve: (source: Category.Category, _args, asked) =>
      source.parentId === null
        ? null
        : browsed(
            asked,
            Effect.map(asked.edges.category(source.parentId), (found) =>
              found === undefined ? null : localeOf(source).named(found)
            )
          )
  }
  const product: Field = {
    ...one,
    type: outputs.product,
    resolve: ({ productId }: { readonly productId: string }, _args, asked) =>
      browsed(
        asked,
        Effect.map(asked.edges.product(productId), (found) => found ?? null)
      )
  }
  const ofCategory = { parent, ...lists.ofCategory }
  return {
    Product: {
      categories: {
        extensions: { holdfast: { rows: 2 } },
        type: required(new GraphQLList(required(outputs.categoryOfProduct))),
        resolve: (source: Products.Product, _args, asked) =>
          // A list has read them already.
          source.categories.every((it) => "name" in it)
            ? source.categories
            : browsed(
                asked,
                Effect.map(
                  Effect.forEach(
                    source.categories,
                    ({ categoryId, isPrimary }) =>
                      Effect.map(asked.edges.category(categoryId), (found) =>
                        found === undefined ? [] : [{ ...localeOf(source).named(found), isPrimary }]
                      ),
                    { concurrency: "unbounded" }
                  ),
                  (found) => found.flat()
                )
              )
      },
      isShown: {
        type: required(GraphQLBoolean),
        resolve: (source: Products.Product) => Products.isShownAt(source, DateTime.nowUnsafe())
      }
    },
    ProductOption: {
      product,
      availability: {
        ...one,
        type: required(outputs.availability),
        description: "How many of it can be had at once.",
        resolve: (source: ProductOption.ProductOption, _args, asked) =>
          browsed(asked, availability(asked, source))
      }
    },
    SkuMapping: {
      stock: {
        ...one,
        type: required(outputs.seenStock),
        description: "What is in stock; unknown while the inventory does not answer.",
        resolve: ({ skuId }: OfSku, _args, asked) => browsed(asked, seenStock(asked, skuId))
      }
    },
    MappingView: { product },
    Category: ofCategory,
    CategoryOfProduct: ofCategory,
    CategoryTree: ofCategory
  }
}

/** What the edges are made of. */
export interface ObjectParts {
  readonly outputs: Outputs
  readonly lists: Lists
}

/** The edges of each type, of what is served. */
export const objectsOf = (
  served: { readonly inventory: boolean; readonly catalog: boolean },
  parts: ObjectParts
): ((name: string) => Fields) => {
  const tables = [
    ...(served.inventory ? [inventoryObjects(parts)] : []),
    ...(served.catalog ? [catalogObjects(parts)] : [])
  ]
  return (name) => Object.assign({}, ...tables.map((table) => table[name] ?? {}))
}
