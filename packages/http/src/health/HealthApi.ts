/** Whether the server lives, whether it has started, and whether it can serve. Schemas only. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { storeFailures } from "../kit/refusalSchemas.ts"

const Health = Schema.Struct({ status: Schema.Literals(["live", "started", "ready"]) })

/** One thing that was looked at: a warning is for people, and leaves the server ready. */
const Check = Schema.Struct({
  name: Schema.String,
  status: Schema.Literals(["ok", "warn"]),
  found: Schema.String
})

/** `checks` and `notes` are for people, who must be an ADMIN or come from the operator where senders are found out. */
const Readiness = Schema.Struct({
  ...Health.fields,
  checks: Schema.optionalKey(Schema.Array(Check)),
  notes: Schema.optionalKey(Schema.Array(Schema.String))
})

/** Whether the server lives, whether it has started, and whether it can serve. */
export const HealthApi = HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Health }).annotate(
      OpenApi.Summary,
      "The process answers"
    ),
    HttpApiEndpoint.get("startup", "/health/startup", {
      success: Health,
      error: storeFailures
    }).annotate(OpenApi.Summary, "The server has been ready once; 503 until then"),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Readiness,
      error: storeFailures
    }).annotate(
      OpenApi.Summary,
      "The stores answer and what they need is there; 503 when it is not. An ADMIN is told the reasons"
    )
  )
  .annotate(OpenApi.Title, "Health")
