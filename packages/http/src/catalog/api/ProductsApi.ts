/** The endpoints of products: made, read, changed, put on sale and taken off it. */
import { type OperationName, OptionId, operations, SkuId } from "@holdfast/core/catalog"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { demanding } from "../../caching/cacheHeaders.ts"
import { cached, conditional } from "../../caching/entityTags.ts"
import {
  emptyBody,
  keepChecks,
  listInQuery,
  optionalBody,
  productPath,
  writeHeaders
} from "../../kit/parameters.ts"
import { productsQuery } from "./listQuery.ts"
import { answersOf } from "./refusalSchemas.ts"

const { createProduct, duplicateProduct, setCategories, setImages, updateProduct } = operations
const { product, productBySlug, products, productsByIds, skuMappings } = operations

/** What the path and `If-Match` say of a change, and its body does not. */
const elsewhere = ["productId", "expectedVersion"] as const

const changes = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: { ...writeHeaders, ...conditional },
  params: productPath
})

const listed = <A extends string>(id: Schema.Codec<A, string>) =>
  Schema.optionalKey(listInQuery(Schema.Array(id).check(Schema.isBetweenLength(1, 100))))

const ReadsApi = HttpApiGroup.make("products").add(
  HttpApiEndpoint.get("list", "/api/products", {
    ...answersOf("products"),
    query: productsQuery
  }).annotate(OpenApi.Summary, products.summary),
  HttpApiEndpoint.post("batchGet", "/api/products/batch-get", {
    ...answersOf("productsByIds"),
    headers: demanding,
    payload: productsByIds.input
  }).annotate(OpenApi.Summary, productsByIds.summary),
  HttpApiEndpoint.get("mappings", "/api/products/sku-mappings", {
    ...answersOf("skuMappings"),
    query: skuMappings.input.mapFields(
      Struct.assign({ skuIds: listed(SkuId), optionIds: listed(OptionId) }),
      keepChecks
    )
  }).annotate(OpenApi.Summary, "The mappings of up to 100 SKUs, or of up to 100 options"),
  HttpApiEndpoint.post("manyMappings", "/api/products/sku-mappings", {
    ...answersOf("skuMappings"),
    payload: skuMappings.input
  }).annotate(OpenApi.Summary, skuMappings.summary),
  HttpApiEndpoint.get("bySlug", "/api/products/by-slug/:slug", {
    ...answersOf("productBySlug"),
    params: { slug: productBySlug.input.fields.slug },
    query: Struct.omit(productBySlug.input.fields, ["slug"]),
    headers: cached
  }).annotate(OpenApi.Summary, productBySlug.summary),
  HttpApiEndpoint.get("get", "/api/products/:productId", {
    ...answersOf("product"),
    params: productPath,
    query: Struct.omit(product.input.fields, ["productId"]),
    headers: cached
  }).annotate(OpenApi.Summary, product.summary)
)

/** The endpoints of products. */
export const ProductsApi = ReadsApi.add(
  HttpApiEndpoint.post("create", "/api/products", {
    ...answersOf("createProduct"),
    headers: writeHeaders,
    payload: createProduct.input,
    success: createProduct.answer.pipe(HttpApiSchema.status(201))
  }).annotate(OpenApi.Summary, createProduct.summary),
  HttpApiEndpoint.patch("update", "/api/products/:productId", {
    ...changes("updateProduct"),
    payload: updateProduct.input.mapFields(Struct.omit(elsewhere), keepChecks)
  }).annotate(OpenApi.Summary, updateProduct.summary),
  HttpApiEndpoint.delete("delete", "/api/products/:productId", changes("deleteProduct")).annotate(
    OpenApi.Summary,
    operations.deleteProduct.summary
  ),
  HttpApiEndpoint.post("activate", "/api/products/:productId/activate", {
    ...changes("activateProduct"),
    payload: emptyBody
  }).annotate(OpenApi.Summary, operations.activateProduct.summary),
  HttpApiEndpoint.post("deactivate", "/api/products/:productId/deactivate", {
    ...changes("deactivateProduct"),
    payload: emptyBody
  }).annotate(OpenApi.Summary, operations.deactivateProduct.summary),
  HttpApiEndpoint.post("discontinue", "/api/products/:productId/discontinue", {
    ...changes("discontinueProduct"),
    payload: emptyBody
  }).annotate(OpenApi.Summary, operations.discontinueProduct.summary),
  HttpApiEndpoint.post("duplicate", "/api/products/:productId/duplicate", {
    ...answersOf("duplicateProduct"),
    headers: writeHeaders,
    params: productPath,
    payload: optionalBody(duplicateProduct.input.mapFields(Struct.omit(["productId"]))),
    success: duplicateProduct.answer.pipe(HttpApiSchema.status(201))
  }).annotate(OpenApi.Summary, duplicateProduct.summary),
  HttpApiEndpoint.put("setImages", "/api/products/:productId/images", {
    ...changes("setImages"),
    payload: setImages.input.mapFields(Struct.omit(elsewhere))
  }).annotate(OpenApi.Summary, setImages.summary),
  HttpApiEndpoint.put("setCategories", "/api/products/:productId/categories", {
    ...changes("setCategories"),
    payload: setCategories.input.mapFields(Struct.omit(elsewhere), keepChecks)
  }).annotate(OpenApi.Summary, setCategories.summary)
)
  .annotate(OpenApi.Title, "Products")
  .annotate(OpenApi.Description, "What buyers see: with options, prices, images and categories.")
