/** The endpoints of attributes: made, read, changed, retired, deleted. */
import { Attribute, type OperationName, operations } from "@holdfast/core/catalog"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { cached, conditional } from "../../caching/entityTags.ts"
import { attributePath, listInQuery, writeHeaders } from "../../kit/parameters.ts"
import { answersOf } from "./refusalSchemas.ts"

const { attribute, attributes, createAttribute, updateAttribute } = operations

/** What the path and `If-Match` say of a change, and its body does not. */
const elsewhere = ["attributeId", "expectedVersion"] as const

const changes = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: { ...writeHeaders, ...conditional },
  params: attributePath
})

const codes = Schema.optionalKey(
  listInQuery(Schema.Array(Attribute.AttributeCode).check(Schema.isBetweenLength(1, 100)))
)

/** The endpoints of attributes. */
export const AttributesApi = HttpApiGroup.make("attributes")
  .add(
    HttpApiEndpoint.get("list", "/api/product-attributes", {
      ...answersOf("attributes"),
      query: { ...attributes.input.fields, codes }
    }).annotate(OpenApi.Summary, attributes.summary),
    HttpApiEndpoint.get("get", "/api/product-attributes/:attributeId", {
      ...answersOf("attribute"),
      params: attributePath,
      query: Struct.omit(attribute.input.fields, ["attributeId"]),
      headers: cached
    }).annotate(OpenApi.Summary, attribute.summary),
    HttpApiEndpoint.post("create", "/api/product-attributes", {
      ...answersOf("createAttribute"),
      headers: writeHeaders,
      payload: createAttribute.input,
      success: createAttribute.answer.pipe(HttpApiSchema.status(201))
    }).annotate(OpenApi.Summary, createAttribute.summary),
    HttpApiEndpoint.patch("update", "/api/product-attributes/:attributeId", {
      ...changes("updateAttribute"),
      payload: updateAttribute.input.mapFields(Struct.omit(elsewhere))
    }).annotate(OpenApi.Summary, updateAttribute.summary),
    HttpApiEndpoint.delete(
      "delete",
      "/api/product-attributes/:attributeId",
      changes("deleteAttribute")
    ).annotate(OpenApi.Summary, operations.deleteAttribute.summary)
  )
  .annotate(OpenApi.Title, "Product attributes")
  .annotate(OpenApi.Description, "What products have values of, such as a colour or a weight.")
