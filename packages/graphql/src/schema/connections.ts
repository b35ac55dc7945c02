/**
 * Lists as Relay connections over the cursors of core. A cursor says where a page ended, so the last
 * edge of a page has one; `pageInfo.endCursor` is the `after` of the next page.
 */
import {
  GraphQLBoolean,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString
} from "graphql"

/** A page as core answers with it. */
export interface PageOf<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
  /** The cursor of an item, where the list has one of each. */
  readonly cursorOf?: (item: A) => string
  /** Whether there is more, where `next` is given at the end too. */
  readonly hasMore?: boolean
}

/** Items of a page unless it says how many. */
export const firstDefault = 20

const required = <T extends GraphQLOutputType>(type: T) => new GraphQLNonNull(type as never)

const PageInfo = new GraphQLObjectType<PageOf<unknown>>({
  name: "PageInfo",
  description: "Where a page ended. Lists are read forwards only.",
  fields: {
    hasNextPage: {
      type: required(GraphQLBoolean),
      resolve: ({ hasMore, next }) => hasMore ?? next !== null
    },
    hasPreviousPage: { type: required(GraphQLBoolean), resolve: () => false },
    startCursor: {
      type: GraphQLString,
      resolve: ({ cursorOf, items }) => (items.length > 0 ? (cursorOf?.(items[0]) ?? null) : null)
    },
    endCursor: { type: GraphQLString, resolve: ({ next }) => next }
  }
})

/** The arguments of a list. */
export const pageArgs = (firstMax: number): GraphQLFieldConfigArgumentMap => ({
  first: {
    type: GraphQLInt,
    defaultValue: firstDefault,
    description: `How many items, 1 to ${firstMax}.`
  },
  after: { type: GraphQLString, description: "The `endCursor` of the page before." }
})

/** The rows of a page are counted by its `first`. */
const counted = { extensions: { holdfast: { rows: 0 } } }

/** Makes the connection of a type. */
export const connectionOf = <A>(
  name: string,
  node: () => GraphQLOutputType,
  more: GraphQLFieldConfigMap<PageOf<A>, unknown> = {}
): GraphQLObjectType => {
  const edge = new GraphQLObjectType({
    name: `${name}Edge`,
    fields: () => ({
      node: { type: required(node()) },
      cursor: {
        type: GraphQLString,
        description: "Where the page ended, of the last edge of a page that is not the last."
      }
    })
  })
  return new GraphQLObjectType<PageOf<A>>({
    name: `${name}Connection`,
    fields: () => ({
      edges: {
        ...counted,
        type: required(new GraphQLList(required(edge))),
        resolve: ({ cursorOf, items, next }) =>
          items.map((item, index) => ({
            node: item,
            cursor: cursorOf?.(item) ?? (index === items.length - 1 ? next : null)
          }))
      },
      nodes: {
        ...counted,
        type: required(new GraphQLList(required(node()))),
        description: "The items, where no cursors of single edges are needed.",
        resolve: ({ items }) => items
      },
      pageInfo: { type: required(PageInfo), resolve: (page) => page },
      ...more
    })
  })
}

/** What a page is asked with in core. */
export const pageQuery = ({
  after,
  first
}: {
  readonly after?: unknown
  readonly first?: unknown
}) => ({
  size: first ?? firstDefault,
  ...(after === undefined || after === null ? {} : { cursor: after })
})

/** Arguments without those that are null: a question may only leave them out. */
export const given = (args: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== null && value !== undefined)
  )
