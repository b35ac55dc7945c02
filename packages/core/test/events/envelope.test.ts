/** The JSON of an event that leaves the house. */
import * as DateTime from "effect/DateTime"
import { expect, it } from "vitest"
import { envelopeJson } from "../../src/events/envelope.ts"
import { unchecked } from "../../src/kernel/Identifier.ts"

it("has five fields first, then the type of the aggregate and the rest", () => {
  const json = envelopeJson({
    position: 7,
    eventId: unchecked.eventId.make("e"),
    eventType: "inventory.location.updated",
    aggregateId: "default",
    aggregateType: "LOCATION",
    version: 3,
    timestamp: DateTime.makeUnsafe("2026-02-03T04:05:06.789Z"),
    commandId: unchecked.commandId.make("c"),
    correlationId: null,
    traceparent: null,
    incarnation: 2,
    payloadJson: '{"b":1,"a":2}'
  })
  expect(json).toBe(
    '{"eventId":"e","eventType":"inventory.location.updated","aggregateId":"default",' +
      '"timestamp":"2026-02-03T04:05:06.789Z","payload":{"b":1,"a":2},' +
      '"aggregateType":"LOCATION","version":3,"commandId":"c","correlationId":null,' +
      '"traceparent":null,"incarnation":2}'
  )
})
