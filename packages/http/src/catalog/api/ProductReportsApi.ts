/** The reports about products. Schemas only. */
import { operations } from "@holdfast/core/catalog"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { answersOf } from "./refusalSchemas.ts"

const { mostViewed } = operations

/** The endpoints of reports about products. */
export const ProductReportsApi = HttpApiGroup.make("productReports")
  .add(
    HttpApiEndpoint.get("mostViewed", "/api/reports/most-viewed", {
      ...answersOf("mostViewed"),
      query: mostViewed.input.fields
    })
      .annotate(OpenApi.Summary, mostViewed.summary)
      .annotate(
        OpenApi.Description,
        "A view is a successful read of one product, by its id or its slug, through any door; an answer " +
          "from a cache and one of status 304 count, lists do not. The views of the last seconds may be missing."
      )
  )
  .annotate(OpenApi.Title, "Reports about products")
