/** Events as they leave the house, and readers of them that have only a JSON Schema. */
import { type AnyEvent, envelopeJson } from "@holdfast/core/events"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import type { JsonSchema } from "../../src/asyncapi/readerSchema.ts"

/** An event as JSON. */
export interface Wire {
  readonly eventType: string
  readonly aggregateId: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/** An event as it is published and streamed, made as the stores make it. */
export const wireOf = (event: AnyEvent): Wire =>
  JSON.parse(envelopeJson({ ...event, position: 1, payloadJson: JSON.stringify(event.payload) }))

/** A reader that knows a schema and nothing else. */
export const readerOf = (schema: JsonSchema): ValidateFunction => {
  const ajv = new Ajv2020({ strict: true, allErrors: true })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

/** Readers of these schemas, by the type of event. */
export const readersOf = (
  schemas: Readonly<Record<string, JsonSchema>>
): ReadonlyMap<string, ValidateFunction> =>
  new Map(Object.entries(schemas).map(([type, schema]) => [type, readerOf(schema)]))

/** What a reader has against an event. */
export const troubles = (reader: ValidateFunction, event: unknown): ReadonlyArray<string> =>
  reader(event)
    ? []
    : (reader.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
