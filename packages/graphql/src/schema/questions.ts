/** The root fields that ask, one for each question of core that a client has a use for. */
import {
  CategoryTreeAnswer,
  operations as catalog,
  type Product,
  productsOfPageMax
} from "@holdfast/core/catalog"
import { mayLag } from "@holdfast/core/engine"
import { InvalidInput, operations as inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType
} from "graphql"
import { type Asked, permitted } from "../reading/Asked.ts"
import { ask, askCatalog } from "../reading/asking.ts"
import { categoryInLocale, inLocale } from "../reading/localised.ts"
import { given, pageArgs, pageQuery } from "./connections.ts"
import { eventsPage, eventsQuery, firstMax, type Lists, productsPage } from "./lists.ts"
import { pascal } from "./names.ts"
import type { Outputs } from "./outputs.ts"
import { nullable, type Types } from "./typesOf.ts"

/** A root field. */
export type RootField = GraphQLFieldConfig<unknown, Asked, never>

/** What root fields are made of. */
export interface FieldParts {
  readonly types: Types
  readonly outputs: Outputs
  readonly lists: Lists
}

type Args = Readonly<Record<string, unknown>>

const rows = (count: number | "first" | string) => ({ extensions: { holdfast: { rows: count } } })
const manyOf = (type: GraphQLOutputType) => new GraphQLList(new GraphQLNonNull(type as never))
const page = ["cursor", "size"]

const paged = ({ after, first, ...args }: Args) =>
  ({ ...given(args), ...pageQuery({ after, first }) }) as never

const readSku = InvalidInput.reader(inventory.sku.input)
const readProduct = InvalidInput.reader(catalog.product.input)

type InventoryQuery = Extract<keyof typeof inventory, Parameters<typeof ask>[1]>

/** The questions to the inventory. */
export const inventoryQuestions = ({ lists, outputs, types }: FieldParts) => {
  const { connections } = lists
  const question = (
    name: InventoryQuery,
    type: GraphQLOutputType,
    cost: number | string = 1
  ): RootField => ({
    ...rows(cost),
    type: nullable(type),
    description: `${inventory[name].summary}.`,
    args: types.args(inventory[name].input, pascal(name)),
    resolve: (_source, args: Args, asked) => ask(asked, name, given(args) as never)
  })
  const list = (name: InventoryQuery, type: GraphQLOutputType): RootField => ({
    ...rows("first"),
    type: nullable(type),
    description: `${inventory[name].summary}.`,
    args: { ...types.args(inventory[name].input, pascal(name), page), ...pageArgs(firstMax) },
    resolve: (_source, args: Args, asked) => ask(asked, name, paged(args))
  })
  return {
    sku: (): RootField => ({
      ...rows(1),
      type: outputs.sku,
      description: `${inventory.sku.summary}.`,
      args: types.args(inventory.sku.input, "sku"),
      resolve: (_source, args: Args, asked) =>
        asked.run(
          "sku",
          permitted({ name: "sku", permission: inventory.sku.permission }, () =>
            Effect.flatMap(Effect.fromResult(readSku(given(args))), ({ skuId }) =>
              Effect.flatMap(mayLag(asked.edges.sku(skuId)), (found) =>
                found === undefined
                  ? Effect.fail({ _tag: "SkuNotFound", skuIds: [skuId] } as never)
                  : Effect.succeed(found.sku)
              )
            )
          )
        )
    }),
    skus: () => list("skus", connections.skus()),
    stock: () => ({
      ...question("stock", outputs.stock),
      args: types.args(inventory.stock.input, "stock", ["locations"])
    }),
    stockStatus: () =>
      question(
        "stockStatus",
        types.output(inventory.stockStatus.answer, "OfferedStocks"),
        "skuIds"
      ),
    stocks: () =>
      question("stocks", types.output(inventory.stocks.answer, "StockStatuses"), "skuIds"),
    heldOptions: () =>
      question(
        "heldOptions",
        types.output(inventory.heldOptions.answer, "HeldOptions"),
        "optionIds"
      ),
    levels: () => question("levels", manyOf(outputs.level), 5),
    location: () => question("location", outputs.location),
    locations: () => question("locations", manyOf(outputs.location), 5),
    reservation: () => question("reservation", outputs.reservation),
    reservationsOfOrder: () => list("reservationsOfOrder", connections.reservations()),
    reservationsOfSku: () => list("reservationsOfSku", connections.reservations()),
    order: () => question("order", types.output(inventory.order.answer, "PlacedOrder"), 20),
    checkAvailability: () =>
      question(
        "checkAvailability",
        types.output(inventory.checkAvailability.answer, "Availability"),
        "lines"
      ),
    movements: () => list("movements", connections.movements()),
    movementsOfReference: () => list("movementsOfReference", connections.movements()),
    stockAsOf: () =>
      question("stockAsOf", types.output(inventory.stockAsOf.answer, "StockAsOf"), 5),
    inventoryEvents: (): RootField => ({
      ...rows("first"),
      type: connections.events(),
      description: `${inventory.events.summary}.`,
      args: {
        ...types.args(inventory.events.input, "InventoryEvents", ["after", "size"]),
        ...pageArgs(firstMax)
      },
      resolve: (_source, args: Args, asked) => {
        const query = eventsQuery(args)
        return eventsPage(ask(asked, "events", query as never) as never, query.size)
      }
    }),
    mostMissed: () =>
      question("mostMissed", types.output(inventory.mostMissed.answer, "MostMissed"), 10),
    accuracy: () =>
      question("accuracy", types.output(inventory.accuracy.answer, "AccuracyReport"), 20),
    reconcilePart: () => ({
      ...list("reconcilePart", types.output(inventory.reconcilePart.answer, "Reconciliation"))
    })
  }
}

type CatalogQuery = Parameters<typeof askCatalog>[1]

/** Counts a view, as the question of core does. */
const viewed = (asked: Asked, productId: Product.Product["id"]) =>
  asked.catalog?.stored.viewed(productId) ?? Effect.void

/** Reads one product without its stock, which its edges read where they are asked for. */
const oneProduct = (asked: Asked, args: Args) =>
  asked.run(
    "product",
    permitted({ name: "product", permission: catalog.product.permission }, () =>
      Effect.flatMap(Effect.fromResult(readProduct(given(args))), ({ locale, productId }) =>
        Effect.flatMap(mayLag(asked.edges.product(productId)), (found) =>
          found === undefined
            ? Effect.fail({ _tag: "ProductNotFound", productId } as never)
            : Effect.as(viewed(asked, found.id), inLocale(found, locale))
        )
      )
    )
  )

/** The questions to the catalog. */
export const catalogQuestions = ({ lists, outputs, types }: FieldParts) => {
  const { connections } = lists
  const question = (
    name: CatalogQuery,
    type: GraphQLOutputType,
    cost: number | string = 1
  ): RootField => ({
    ...rows(cost),
    type: nullable(type),
    description: `${catalog[name].summary}.`,
    args: types.args(catalog[name].input, pascal(name)),
    resolve: (_source, args: Args, asked) => askCatalog(asked, name, given(args) as never)
  })
  return {
    product: (): RootField => ({
      ...question("product", outputs.product),
      resolve: (_source, args: Args, asked) => oneProduct(asked, args)
    }),
    productBySlug: (): RootField => ({
      ...question("productBySlug", outputs.product),
      resolve: (_source, args: { readonly locale?: string | null }, asked) =>
        askCatalog(asked, "productBySlug", given(args) as never).then(({ product }) =>
          inLocale(product as unknown as Product.Product, args.locale)
        )
    }),
    productsByIds: (): RootField => ({
      ...question("productsByIds", manyOf(outputs.product), "productIds"),
      resolve: (_source, args: { readonly locale?: string | null }, asked) =>
        askCatalog(asked, "productsByIds", given(args) as never).then(({ items }) =>
          items.map(({ product }) => inLocale(product as unknown as Product.Product, args.locale))
        )
    }),
    products: (): RootField => ({
      ...rows("first"),
      type: connections.products(),
      description: `${catalog.products.summary}.`,
      args: {
        ...types.args(catalog.products.input, "Products", [...page, "page"]),
        ...pageArgs(productsOfPageMax)
      },
      resolve: (_source, args: Args, asked) => productsPage(asked, args)
    }),
    category: (): RootField => ({
      ...question("category", outputs.category),
      resolve: (_source, args: { readonly locale?: string | null }, asked) =>
        askCatalog(asked, "category", given(args) as never).then((found) =>
          categoryInLocale(found, args.locale)
        )
    }),
    categoryTree: () =>
      question("categoryTree", types.output(CategoryTreeAnswer, "Categories"), 50),
    attribute: () => question("attribute", outputs.attribute),
    attributes: (): RootField => ({
      ...rows("first"),
      type: connections.attributes(),
      description: `${catalog.attributes.summary}.`,
      args: {
        ...types.args(catalog.attributes.input, "Attributes", page),
        ...pageArgs(firstMax)
      },
      resolve: (_source, args: Args, asked) => askCatalog(asked, "attributes", paged(args))
    }),
    skuMappings: (): RootField => ({
      ...rows("first"),
      type: connections.mappings(),
      description: `${catalog.skuMappings.summary}.`,
      args: {
        ...types.args(catalog.skuMappings.input, "SkuMappings", page),
        ...pageArgs(firstMax)
      },
      resolve: (_source, args: Args, asked) =>
        askCatalog(asked, "skuMappings", paged(args)).then(({ mappings, next }) => ({
          items: mappings,
          next
        }))
    }),
    byExternalIds: () =>
      question(
        "byExternalIds",
        types.output(catalog.byExternalIds.answer, "ExternalOwners"),
        "externalIds"
      ),
    mostViewed: () =>
      question("mostViewed", types.output(catalog.mostViewed.answer, "MostViewed"), 10),
    catalogEvents: (): RootField => ({
      ...rows("first"),
      type: connections.events(),
      description: `${catalog.events.summary}.`,
      args: {
        ...types.args(catalog.events.input, "CatalogEvents", ["after", "size"]),
        ...pageArgs(firstMax)
      },
      resolve: (_source, args: Args, asked) => {
        const query = eventsQuery(args)
        return eventsPage(askCatalog(asked, "events", query as never) as never, query.size)
      }
    })
  }
}
