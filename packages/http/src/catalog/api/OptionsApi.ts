/** The endpoints of a product's options. Each answers with the whole product. */
import { type OperationName, operations } from "@holdfast/core/catalog"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Struct from "effect/Struct"
import { conditional } from "../../caching/entityTags.ts"
import { optionPath, productPath, writeHeaders } from "../../kit/parameters.ts"
import { answersOf } from "./refusalSchemas.ts"

const { addOption, removeOption, setSkuMappings, updateOption } = operations

/** What the path and `If-Match` say of a change, and its body does not. */
const elsewhere = ["productId", "optionId", "expectedVersion"] as const

const changes = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: { ...writeHeaders, ...conditional },
  params: optionPath
})

/** The endpoints of a product's options. */
export const OptionsApi = HttpApiGroup.make("options")
  .add(
    HttpApiEndpoint.post("add", "/api/products/:productId/options", {
      ...changes("addOption"),
      params: productPath,
      payload: addOption.input.mapFields(Struct.omit(["productId", "expectedVersion"])),
      success: addOption.answer.pipe(HttpApiSchema.status(201))
    }).annotate(OpenApi.Summary, addOption.summary),
    HttpApiEndpoint.patch("update", "/api/products/:productId/options/:optionId", {
      ...changes("updateOption"),
      payload: updateOption.input.mapFields(Struct.omit(elsewhere))
    }).annotate(OpenApi.Summary, updateOption.summary),
    HttpApiEndpoint.delete(
      "remove",
      "/api/products/:productId/options/:optionId",
      changes("removeOption")
    ).annotate(OpenApi.Summary, removeOption.summary),
    HttpApiEndpoint.put("setMappings", "/api/products/:productId/options/:optionId/sku-mappings", {
      ...changes("setSkuMappings"),
      payload: setSkuMappings.input.mapFields(Struct.omit(elsewhere))
    }).annotate(OpenApi.Summary, setSkuMappings.summary)
  )
  .annotate(OpenApi.Title, "Options")
  .annotate(
    OpenApi.Description,
    "What a buyer chooses and pays for, and the SKUs that leave for it."
  )
