/** Whether the server lives, and whether it can serve. Schemas only. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { storeFailures } from "../kit/refusalSchemas.ts"

const Health = Schema.Struct({ status: Schema.Literals(["live", "ready"]) })

/** Whether the server lives, and whether it can serve. */
export const HealthApi = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Health }).annotate(
      OpenApi.Summary,
      "The process answers"
    ),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Health,
      error: storeFailures
    }).annotate(OpenApi.Summary, "The store answers; 503 when it does not")
  )
  .annotate(OpenApi.Title, "Health")
