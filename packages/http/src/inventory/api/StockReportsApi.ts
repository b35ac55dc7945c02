/** The reports about stock. Schemas only. */
import { operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { answersOf } from "./refusalSchemas.ts"

const { accuracy, mostMissed } = operations

/** The endpoints of reports about stock. */
export const StockReportsApi = HttpApiGroup.make("stockReports")
  .add(
    HttpApiEndpoint.get("mostMissed", "/api/reports/most-missed", {
      ...answersOf("mostMissed"),
      query: mostMissed.input.fields
    })
      .annotate(OpenApi.Summary, mostMissed.summary)
      .annotate(
        OpenApi.Description,
        "Each line of a request that was refused for shortage counts, and by as many units as it was short. " +
          "A caller who asks again is counted again. The shortages of the last seconds may be missing."
      ),
    HttpApiEndpoint.get("accuracy", "/api/reports/accuracy", answersOf("accuracy"))
      .annotate(OpenApi.Summary, accuracy.summary)
      .annotate(
        OpenApi.Description,
        "Every level is compared with its ledger and its open holds, again and again, in the background. " +
          "`GET /api/inventory/reconciliation` compares now, and proposes repairs."
      )
  )
  .annotate(OpenApi.Title, "Reports about stock")
