/** The lists: their connections, what they are asked with, and the edges that are lists. */
import {
  type Category,
  operations as catalog,
  type Product,
  productsOfPageMax
} from "@holdfast/core/catalog"
import { eventView } from "@holdfast/core/events"
import { operations as inventory } from "@holdfast/core/inventory"
import {
  type GraphQLFieldConfig,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLObjectType
} from "graphql"
import type { Asked } from "../reading/Asked.ts"
import { ask, askCatalog } from "../reading/asking.ts"
import { inLocale } from "../reading/localised.ts"
import { connectionOf, given, type PageOf, pageArgs, pageQuery } from "./connections.ts"
import type { Outputs } from "./outputs.ts"
import type { Types } from "./typesOf.ts"

type Field = GraphQLFieldConfig<never, Asked, never>
type Args = Readonly<Record<string, unknown>>

/** Items that one page may have at most. */
export const firstMax = 1_000

const page = ["cursor", "size"]

/** Makes the connections of a schema. */
const connectionsOf = (outputs: Outputs) => {
  const made = new Map<string, GraphQLObjectType>()
  const of = (name: string, node: keyof Outputs, more: Parameters<typeof connectionOf>[2] = {}) => {
    const known = made.get(name) ?? connectionOf(name, () => outputs[node], more)
    made.set(name, known)
    return known
  }
  return {
    skus: () => of("Sku", "sku"),
    movements: () => of("StockMovement", "movement"),
    reservations: () => of("Reservation", "reservation"),
    events: () => of("Event", "event"),
    attributes: () => of("Attribute", "attribute"),
    mappings: () => of("MappingView", "mapping"),
    products: () =>
      of("Product", "product", {
        facets: {
          type: new GraphQLList(new GraphQLNonNull(outputs.facet)),
          description: "Those that were asked for, in that order."
        }
      })
  }
}

const isPage = { extensions: { holdfast: { rows: "first" } } }

/** Events of a log; each has a cursor, its position. */
export const eventsPage = (
  read: Promise<{
    readonly items: ReadonlyArray<Parameters<typeof eventView>[0]>
    readonly next: number
  }>,
  size: number
): Promise<PageOf<{ readonly position: number }>> =>
  read.then(({ items, next }) => ({
    items: items.map(eventView),
    next: String(next),
    hasMore: items.length === size,
    cursorOf: ({ position }) => String(position)
  }))

/** What a page of events is asked with: a position is a number. */
export const eventsQuery = ({ after, first, ...args }: Args) => {
  const { size } = pageQuery({ first })
  // Whatever else JavaScript takes for a number, such as an empty text, is no position of a log.
  const read = /^\d{1,16}$/.test(String(after)) ? Number(after) : Number.NaN
  const position = after === undefined || after === null ? {} : { after: read }
  return { ...given(args), ...position, size: size as number }
}

/** A page of products. */
export const productsPage = (asked: Asked, { after, first, ...args }: Args) => {
  const query = { ...given(args), ...pageQuery({ after, first }) }
  const { locale } = query as { readonly locale?: string }
  return askCatalog(asked, "products", query as never).then((found) => ({
    ...found,
    items: (found.items as unknown as ReadonlyArray<Product.Product>).map((product) =>
      inLocale(product, locale)
    )
  }))
}

/** The lists of a schema. */
export interface Lists {
  readonly connections: ReturnType<typeof connectionsOf>
  readonly ofSku: Readonly<Record<string, Field>>
  readonly ofCategory: Readonly<Record<string, Field>>
}

/** Makes the lists of a schema. */
export const listsOf = (
  types: Types,
  outputs: Outputs,
  served: { readonly inventory: boolean; readonly catalog: boolean }
): Lists => {
  const connections = connectionsOf(outputs)
  const ofSku = (): Lists["ofSku"] => ({
    movements: {
      ...isPage,
      type: connections.movements(),
      description: "Its ledger, newest first.",
      args: {
        ...types.args(inventory.movements.input, "Movements", [...page, "skuId"]),
        ...pageArgs(firstMax)
      },
      resolve: ({ id }: { readonly id: string }, args: Args, asked) => {
        const { after, first, ...filter } = args
        return ask(asked, "movements", {
          ...given(filter),
          ...pageQuery({ after, first }),
          skuId: id
        } as never)
      }
    },
    reservations: {
      ...isPage,
      type: connections.reservations(),
      description: "Its open holds, oldest first.",
      args: {
        ...types.args(inventory.reservationsOfSku.input, "ReservationsOfSku", [...page, "skuId"]),
        ...pageArgs(firstMax)
      },
      resolve: ({ id }: { readonly id: string }, args: Args, asked) => {
        const { after, first, ...filter } = args
        return ask(asked, "reservationsOfSku", {
          ...given(filter),
          ...pageQuery({ after, first }),
          skuId: id
        } as never)
      }
    },
    events: {
      ...isPage,
      type: connections.events(),
      description: "What happened to it, oldest first.",
      args: {
        ...types.args(inventory.events.input, "InventoryEvents", [
          "after",
          "size",
          "aggregateIds",
          "orderId"
        ]),
        ...pageArgs(firstMax)
      },
      resolve: ({ id }: { readonly id: string }, args: Args, asked) => {
        const query = { ...eventsQuery(args), aggregateIds: [id] }
        return eventsPage(ask(asked, "events", query as never) as never, query.size)
      }
    }
  })
  const ofCategory = (): Lists["ofCategory"] => ({
    products: {
      ...isPage,
      type: connections.products(),
      description: "Its products, and those of what is below it.",
      args: {
        ...types.args(catalog.products.input, "Products", [...page, "page", "categoryId"]),
        ...pageArgs(productsOfPageMax)
      },
      resolve: ({ id }: Category.Category, args: Args, asked) =>
        productsPage(asked, { ...args, categoryId: id })
    }
  })
  return {
    connections,
    ofSku: served.inventory ? ofSku() : {},
    ofCategory: served.catalog ? ofCategory() : {}
  }
}
