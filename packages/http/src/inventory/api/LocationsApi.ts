/** What may be said about locations. */
import { Location, RegisterLocation, UpdateLocation } from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { locationPath, writeHeaders } from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** The endpoints of locations. */
export const LocationsApi = HttpApiGroup.make("locations")
  .add(
    HttpApiEndpoint.post("register", "/api/locations", {
      headers: writeHeaders,
      payload: RegisterLocation.mapFields(Struct.omit(["_tag"])),
      success: Location.Location.pipe(HttpApiSchema.status(201)),
      error: failuresOf("RegisterLocation")
    }).annotate(OpenApi.Summary, "Register a location"),
    HttpApiEndpoint.get("list", "/api/locations", {
      success: Schema.Struct({ items: Schema.Array(Location.Location) }),
      error: [...refusalsOf("InvalidInput"), ...storeFailures]
    }).annotate(OpenApi.Summary, "All locations, in the order in which stock is promised"),
    HttpApiEndpoint.get("get", "/api/locations/:locationId", {
      params: locationPath,
      success: Location.Location,
      error: [...refusalsOf("InvalidInput", "LocationNotFound"), ...storeFailures]
    }).annotate(OpenApi.Summary, "Read a location"),
    HttpApiEndpoint.patch("update", "/api/locations/:locationId", {
      headers: writeHeaders,
      params: locationPath,
      payload: UpdateLocation.mapFields(Struct.omit(["_tag", "locationId"])),
      success: Location.Location,
      error: failuresOf("UpdateLocation")
    }).annotate(OpenApi.Summary, "Change a location; what is left out stays")
  )
  .annotate(OpenApi.Title, "Locations")
  .annotate(OpenApi.Description, "The places where stock lies.")
