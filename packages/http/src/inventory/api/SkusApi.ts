/** The endpoints of SKUs: register, read, change, archive, un-archive. */
import { operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Struct from "effect/Struct"
import { emptyBody, skuPath, writeHeaders } from "../../kit/parameters.ts"
import { answersOf } from "./refusalSchemas.ts"

const { archiveSku, registerSku, sku, skus, unarchiveSku, updateSku } = operations

/** The endpoints of SKUs. */
export const SkusApi = HttpApiGroup.make("skus")
  .add(
    HttpApiEndpoint.post("register", "/api/skus", {
      ...answersOf("registerSku"),
      headers: writeHeaders,
      payload: registerSku.input,
      success: registerSku.answer.pipe(HttpApiSchema.status(201))
    }).annotate(OpenApi.Summary, registerSku.summary),
    HttpApiEndpoint.get("list", "/api/skus", {
      ...answersOf("skus"),
      query: skus.input.fields
    }).annotate(OpenApi.Summary, skus.summary),
    HttpApiEndpoint.get("get", "/api/skus/:skuId", {
      ...answersOf("sku"),
      params: skuPath
    }).annotate(OpenApi.Summary, sku.summary),
    HttpApiEndpoint.patch("update", "/api/skus/:skuId", {
      ...answersOf("updateSku"),
      headers: writeHeaders,
      params: skuPath,
      payload: updateSku.input.mapFields(Struct.omit(["skuId"]))
    }).annotate(OpenApi.Summary, updateSku.summary),
    HttpApiEndpoint.post("archive", "/api/skus/:skuId/archive", {
      ...answersOf("archiveSku"),
      headers: writeHeaders,
      params: skuPath,
      payload: emptyBody
    }).annotate(OpenApi.Summary, archiveSku.summary),
    HttpApiEndpoint.post("unarchive", "/api/skus/:skuId/unarchive", {
      ...answersOf("unarchiveSku"),
      headers: writeHeaders,
      params: skuPath,
      payload: emptyBody
    }).annotate(OpenApi.Summary, unarchiveSku.summary)
  )
  .annotate(OpenApi.Title, "SKUs")
  .annotate(OpenApi.Description, "The things that are counted, and their policy.")
