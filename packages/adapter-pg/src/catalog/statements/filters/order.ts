/** The order of a list, and where in it a page begins. */
import type { ProductsQuery } from "@holdfast/core/catalog"
import { instant, int8, text } from "../../../connection/Query.ts"
import type { Params } from "./scope.ts"

/** The order of a list. */
export interface Order {
  /** The column of products, and of their places in categories, that the list is sorted by. */
  readonly column: "name" | "lowest_price" | "created_at"
  /** Which way: "" or " desc". Ids, which break ties, are sorted upwards in both. */
  readonly turn: "" | " desc"
  /** The conditions on a value of the column and an id, that what comes after the beginning meets. */
  readonly after: (place: string, id: string) => ReadonlyArray<string>
}

const columns = {
  name: "name",
  price: "lowest_price",
  createdAt: "created_at",
  relevance: "name"
} as const

/** The order that a list asks for. A list by price has the products alone that have one. */
export const orderOf = (
  { after, descending, sortBy }: ProductsQuery,
  next: Params["next"]
): Order => {
  const order = {
    column: columns[sortBy],
    turn: descending && sortBy !== "relevance" ? (" desc" as const) : ("" as const)
  }
  const isListed = (place: string) => (sortBy === "price" ? [`${place} is not null`] : [])
  if (after === null) return { ...order, after: isListed }
  const value = {
    name: () => next(text(after.name)),
    price: () => `${next(text(after.price ?? "0"))}::numeric`,
    createdAt: () => next(instant(after.createdAt.epochMilliseconds)),
    relevance: () => next(int8(after.rank))
  }[sortBy]()
  const afterId = `${next(text(after.id))}::uuid`
  // A row comparison is one range of the index. Where the order is mixed, the column alone is.
  return {
    ...order,
    after: (place, id) => [
      ...isListed(place),
      order.turn === ""
        ? `(${place}, ${id}) > (${value}, ${afterId})`
        : `${place} <= ${value} and (${place} < ${value} or ${id} > ${afterId})`
    ]
  }
}
