/** The schema of what is served, as graphql-js executes it. */
import { refusals as catalogRefusals, ProductView } from "@holdfast/core/catalog"
import { refusals as inventoryRefusals, StockStatus } from "@holdfast/core/inventory"
import { type GraphQLFieldConfigMap, GraphQLObjectType, GraphQLSchema } from "graphql"
import type { Asked } from "../reading/Asked.ts"
import { listsOf } from "./lists.ts"
import { catalogMutation, inventoryMutation } from "./mutations.ts"
import { objectsOf } from "./objects.ts"
import { outputsOf } from "./outputs.ts"
import { catalogQuestions, inventoryQuestions, type RootField } from "./questions.ts"
import { refusalTypesOver } from "./refusalTypes.ts"
import { catalogRows, type FieldsIn, inventoryRows, type Row } from "./rows.ts"
import { subscriptionsOf } from "./subscriptions.ts"
import { type Types, typesOf } from "./typesOf.ts"

/** What is served. */
export interface Served {
  readonly inventory: boolean
  readonly catalog: boolean
}

type Fields = GraphQLFieldConfigMap<unknown, Asked>

const questionsOf = <Rows extends { readonly [name: string]: Row }>(
  rows: Rows,
  questions: { readonly [Field in FieldsIn<Rows>]: () => RootField }
): Fields =>
  Object.fromEntries(
    Object.values(rows).flatMap((row) =>
      "query" in row ? [[row.query, questions[row.query as FieldsIn<Rows>]()]] : []
    )
  ) as unknown as Fields

const mutationsOf = (
  rows: { readonly [name: string]: Row },
  mutation: (name: never) => unknown
): Fields =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([name, row]) =>
      "mutation" in row ? [[name, mutation(name as never) as Fields[string]]] : []
    )
  )

const renamed = {
  ProductView: "Product",
  StockView: "StockStatus",
  ProductOptionSkuMapping: "SkuMapping",
  PlacedOrderShortItem: "ShortLine",
  OrderStateShortItem: "ShortLine",
  AvailabilityShortLine: "ShortLine",
  InsufficientStockLine: "ShortLine"
}

/** Makes the schema. */
export const makeSchema = (served: Served): GraphQLSchema => {
  const typeOfTag = refusalTypesOver(() => types)
  const types: Types = typesOf({
    typeOfTag,
    isTagOfType: (tag) => tag in inventoryRefusals || tag in catalogRefusals,
    extend: (name) => objects(name),
    renamed,
    shapes: { Product: ProductView, StockStatus }
  })
  const outputs = outputsOf(types)
  const lists = listsOf(types, outputs, served)
  const objects = objectsOf(served, { outputs, lists })
  const parts = { types, outputs, lists }
  const made = { types, typeOfTag }
  return new GraphQLSchema({
    subscription: served.inventory
      ? new GraphQLObjectType({
          name: "Subscription",
          fields: () => subscriptionsOf(outputs) as never
        })
      : null,
    query: new GraphQLObjectType({
      name: "Query",
      fields: () => ({
        ...(served.inventory ? questionsOf(inventoryRows, inventoryQuestions(parts)) : {}),
        ...(served.catalog ? questionsOf(catalogRows, catalogQuestions(parts)) : {})
      })
    }),
    mutation: new GraphQLObjectType({
      name: "Mutation",
      fields: () => ({
        ...(served.inventory
          ? mutationsOf(inventoryRows, (name) => inventoryMutation(name, made))
          : {}),
        ...(served.catalog ? mutationsOf(catalogRows, (name) => catalogMutation(name, made)) : {})
      })
    })
  })
}
