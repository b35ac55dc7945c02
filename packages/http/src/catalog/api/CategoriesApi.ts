/** The endpoints of categories: the tree, the products in it, and changes of it. */
import { type OperationName, operations } from "@holdfast/core/catalog"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Struct from "effect/Struct"
import { cached, conditional } from "../../caching/entityTags.ts"
import { categoryPath, writeHeaders } from "../../kit/parameters.ts"
import { categoryProductsQuery } from "./listQuery.ts"
import { answersOf } from "./refusalSchemas.ts"

const { category, categoryTree, createCategory, moveCategory, updateCategory } = operations

/** What the path and `If-Match` say of a change, and its body does not. */
const elsewhere = ["categoryId", "expectedVersion"] as const

const changes = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: { ...writeHeaders, ...conditional },
  params: categoryPath
})

/** The endpoints of categories. */
export const CategoriesApi = HttpApiGroup.make("categories")
  .add(
    HttpApiEndpoint.get("tree", "/api/categories/tree", {
      ...answersOf("categoryTree"),
      query: categoryTree.input.fields,
      headers: cached
    }).annotate(OpenApi.Summary, categoryTree.summary),
    HttpApiEndpoint.get("get", "/api/categories/:categoryId", {
      ...answersOf("category"),
      params: categoryPath,
      query: Struct.omit(category.input.fields, ["categoryId"]),
      headers: cached
    }).annotate(OpenApi.Summary, category.summary),
    HttpApiEndpoint.get("products", "/api/categories/:categoryId/products", {
      ...answersOf("products"),
      params: categoryPath,
      query: categoryProductsQuery
    }).annotate(OpenApi.Summary, "List the products of a category, with those of what is below it"),
    HttpApiEndpoint.post("create", "/api/categories", {
      ...answersOf("createCategory"),
      headers: writeHeaders,
      payload: createCategory.input,
      success: createCategory.answer.pipe(HttpApiSchema.status(201))
    }).annotate(OpenApi.Summary, createCategory.summary),
    HttpApiEndpoint.patch("update", "/api/categories/:categoryId", {
      ...changes("updateCategory"),
      payload: updateCategory.input.mapFields(Struct.omit(elsewhere))
    }).annotate(OpenApi.Summary, updateCategory.summary),
    HttpApiEndpoint.post("move", "/api/categories/:categoryId/move", {
      ...changes("moveCategory"),
      payload: moveCategory.input.mapFields(Struct.omit(elsewhere))
    }).annotate(OpenApi.Summary, moveCategory.summary),
    HttpApiEndpoint.delete(
      "delete",
      "/api/categories/:categoryId",
      changes("deleteCategory")
    ).annotate(OpenApi.Summary, operations.deleteCategory.summary)
  )
  .annotate(OpenApi.Title, "Categories")
  .annotate(OpenApi.Description, "The tree by which buyers find products.")
