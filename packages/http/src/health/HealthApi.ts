/** Whether the server lives, and whether it can serve. Schemas only. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { storeFailures } from "../kit/refusalSchemas.ts"

const Health = Schema.Struct({ status: Schema.Literals(["live", "ready"]) })

/** `notes` are for people: what goes on although something is away. */
const Readiness = Schema.Struct({
  ...Health.fields,
  notes: Schema.optionalKey(Schema.Array(Schema.String))
})

/** Whether the server lives, and whether it can serve. */
export const HealthApi = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Health }).annotate(
      OpenApi.Summary,
      "The process answers"
    ),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Readiness,
      error: storeFailures
    }).annotate(OpenApi.Summary, "The store answers; 503 when it does not")
  )
  .annotate(OpenApi.Title, "Health")
