/** The endpoints of SKUs: register, read, change, archive, un-archive. */
import { queryAnswers, queryInputs, RegisterSku, Sku, UpdateSku } from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Struct from "effect/Struct"
import { emptyBody, skuPath, writeHeaders } from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** The endpoints of SKUs. */
export const SkusApi = HttpApiGroup.make("skus")
  .add(
    HttpApiEndpoint.post("register", "/api/skus", {
      headers: writeHeaders,
      payload: RegisterSku.mapFields(Struct.omit(["_tag"])),
      success: Sku.Sku.pipe(HttpApiSchema.status(201)),
      error: failuresOf("RegisterSku")
    }).annotate(OpenApi.Summary, "Register a SKU, with its opening stock"),
    HttpApiEndpoint.get("list", "/api/skus", {
      query: queryInputs.skus.fields,
      success: queryAnswers.skus,
      error: [...refusalsOf("InvalidInput"), ...storeFailures]
    }).annotate(
      OpenApi.Summary,
      "List SKUs in the order of their ids, or find the one in use that has a code"
    ),
    HttpApiEndpoint.get("get", "/api/skus/:skuId", {
      params: skuPath,
      success: Sku.Sku,
      error: [...refusalsOf("InvalidInput", "SkuNotFound"), ...storeFailures]
    }).annotate(OpenApi.Summary, "Read a SKU"),
    HttpApiEndpoint.patch("update", "/api/skus/:skuId", {
      headers: writeHeaders,
      params: skuPath,
      payload: UpdateSku.mapFields(Struct.omit(["_tag", "skuId"])),
      success: Sku.Sku,
      error: failuresOf("UpdateSku")
    }).annotate(OpenApi.Summary, "Change a SKU or its policy; what is left out stays"),
    HttpApiEndpoint.post("archive", "/api/skus/:skuId/archive", {
      headers: writeHeaders,
      params: skuPath,
      payload: emptyBody,
      success: Sku.Sku,
      error: failuresOf("ArchiveSku")
    }).annotate(OpenApi.Summary, "Take a SKU out of use; not while stock or open holds exist"),
    HttpApiEndpoint.post("unarchive", "/api/skus/:skuId/unarchive", {
      headers: writeHeaders,
      params: skuPath,
      payload: emptyBody,
      success: Sku.Sku,
      error: failuresOf("UnarchiveSku")
    }).annotate(
      OpenApi.Summary,
      "Take an archived SKU into use again; not while another SKU in use has its code"
    )
  )
  .annotate(OpenApi.Title, "SKUs")
  .annotate(OpenApi.Description, "The things that are counted, and their policy.")
