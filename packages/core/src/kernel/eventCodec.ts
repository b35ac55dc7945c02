/**
 * The codec of a context's events, made of the schema of each payload. What it reads of a log keeps
 * the fields that only a later release knows.
 */
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { aggregateTypeOf, type DomainEvent, envelopeFields, type KeptEvent } from "./DomainEvent.ts"

const envelope = Schema.Struct(envelopeFields)

/** An event as JSON has it. */
export type EncodedEvent<Type extends string = string> = (typeof envelope)["Encoded"] & {
  readonly eventType: Type
  readonly aggregateType: string
  readonly payload: object
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What was read, with the fields that are kept beside it, at every depth. */
const withLaterFields = (read: unknown, kept: unknown): unknown =>
  isFields(read) && isFields(kept)
    ? {
        ...kept,
        ...Object.fromEntries(
          Object.entries(read).map(([key, value]) => [key, withLaterFields(value, kept[key])])
        )
      }
    : read

/** The codec of the events whose payloads these are, and the ways to read kept events. */
export const eventCodecOf = <
  Event extends DomainEvent<string, unknown>,
  const Payloads extends { readonly [type: string]: Schema.Top }
>(
  payloads: Payloads
) => {
  type Type = keyof Payloads & string
  const types = Object.keys(payloads) as ReadonlyArray<Type>
  const schema = Schema.Union(
    types.map((type) =>
      Schema.Struct({
        ...envelopeFields,
        eventType: Schema.Literal(type),
        aggregateType: Schema.Literal(aggregateTypeOf(type)),
        payload: payloads[type] as Schema.Top
      })
    )
  ) as unknown as Schema.Codec<Event, EncodedEvent<Type>>
  const readers = Object.fromEntries(
    types.map((type) => [
      type,
      Schema.decodeUnknownOption(payloads[type] as unknown as Schema.Codec<object, unknown>)
    ])
  ) as unknown as { readonly [type: string]: (kept: unknown) => Option.Option<object> }

  /**
   * Reads the payload of a kept event. Fields that a later release added stay, at every depth. A
   * payload that only a later release can read is given as plain JSON, so that a follower gets past
   * it.
   */
  const readPayload = (text: string, type: string): object => {
    const kept = JSON.parse(text)
    // Own keys alone: a type may have the name of a property that every object inherits.
    const read = Object.hasOwn(readers, type) ? readers[type]?.(kept) : undefined
    return read?._tag === "Some" ? (withLaterFields(read.value, kept) as object) : kept
  }

  /** Reads an event that the log kept. */
  const readKept = ({ payloadJson, position, ...rest }: KeptEvent) => ({
    position,
    event: { ...rest, payload: readPayload(payloadJson, rest.eventType) } as unknown as Event
  })
  return { types, schema, readPayload, readKept }
}
