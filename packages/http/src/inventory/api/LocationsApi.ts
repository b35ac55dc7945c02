/** What may be said about locations. */
import { operations } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { locationPath, writeHeaders } from "../../kit/parameters.ts"
import { answersOf } from "./refusalSchemas.ts"

const { updateLocation, location, locations, registerLocation } = operations

/** The endpoints of locations. */
export const LocationsApi = HttpApiGroup.make("locations")
  .add(
    HttpApiEndpoint.post("register", "/api/locations", {
      ...answersOf("registerLocation"),
      headers: writeHeaders,
      payload: registerLocation.input,
      success: registerLocation.answer.pipe(HttpApiSchema.status(201))
    }).annotate(OpenApi.Summary, registerLocation.summary),
    HttpApiEndpoint.get("list", "/api/locations", {
      ...answersOf("locations"),
      success: Schema.Struct({ items: locations.answer })
    }).annotate(OpenApi.Summary, locations.summary),
    HttpApiEndpoint.get("get", "/api/locations/:locationId", {
      ...answersOf("location"),
      params: locationPath
    }).annotate(OpenApi.Summary, location.summary),
    HttpApiEndpoint.patch("update", "/api/locations/:locationId", {
      ...answersOf("updateLocation"),
      headers: writeHeaders,
      params: locationPath,
      payload: updateLocation.input.mapFields(Struct.omit(["locationId"]))
    }).annotate(OpenApi.Summary, updateLocation.summary)
  )
  .annotate(OpenApi.Title, "Locations")
  .annotate(OpenApi.Description, "The places where stock lies.")
