/** What happened to a SKU, for people. Schemas only. */
import { operations, SkuHistory } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Struct from "effect/Struct"
import { failuresOf } from "../inventory/api/refusalSchemas.ts"
import { skuPath } from "../kit/parameters.ts"

/** The endpoint of the history of a SKU. */
export const HistoryApi = HttpApiGroup.make("history")
  .add(
    HttpApiEndpoint.get("sku", "/api/skus/:skuId/history", {
      params: skuPath,
      query: Struct.pick(operations.events.input.fields, ["after", "size"]),
      success: SkuHistory,
      error: [...failuresOf("sku"), ...failuresOf("events")]
    })
      .annotate(OpenApi.Summary, "What happened to a SKU, and who did it")
      .annotate(
        OpenApi.Description,
        "The events of a SKU in their order, each as a sentence, with who asked for it as far as the " +
          "audit log knows. `next` is the `after` of the next page."
      )
  )
  .annotate(OpenApi.Title, "History")
