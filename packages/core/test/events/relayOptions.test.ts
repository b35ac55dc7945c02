/** The options of a relay and of a subscription: each that cannot be used is named. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { makeEventRelay, type RelayOptions } from "../../src/events/relay/EventRelay.ts"
import { InvalidOptions } from "../../src/events/relay/readRelayOptions.ts"
import { makeSubscription, type SubscriptionOptions } from "../../src/events/relay/Subscription.ts"
import { world } from "./relayWorld.ts"

/** What it is refused with; it may be anything, as from a program without types. */
const refusal = (make: () => unknown): InvalidOptions => {
  try {
    make()
  } catch (error) {
    if (error instanceof InvalidOptions) return error
    throw error
  }
  throw new Error("it was taken")
}

const relay = (options: object) => world().relay(options as Partial<RelayOptions>)

const subscription = (options: object) =>
  makeSubscription(world().log, () => expect.unreachable(), {
    name: "low-stock",
    owner: "one",
    handle: () => Effect.void,
    ...options
  } as unknown as SubscriptionOptions<never, never>)

describe("a relay", () => {
  it.each([
    ["cursor", "", "must be 1 to 100 letters"],
    ["cursor", "a b", "must be 1 to 100 letters"],
    ["cursor", "x".repeat(101), "must be 1 to 100 letters"],
    ["cursor", undefined, "must be text"],
    ["cursor", "seals", "must be another name: seals is the cursor of the sealer"],
    ["owner", "", "between 1 and 255 code points"],
    ["owner", "x".repeat(256), "between 1 and 255 code points"],
    ["owner", 7, "must be text"],
    ["kind", "RELAY", "must be one of"],
    ["from", "MIDDLE", 'must be "FIRST" or "LAST"'],
    ["leaseMillis", 0, "between 1000 and 3600000"],
    ["leaseMillis", Number.NaN, "between 1000 and 3600000"],
    ["leaseMillis", "5s", "must be a number"],
    ["leaseMillis", 3_600_001, "between 1000 and 3600000"],
    ["pollMillis", -1, "between 1 and 3600000"],
    ["standByMillis", 0, "between 1 and 3600000"],
    ["eventsMax", 0, "between 1 and 1000"],
    ["eventsMax", 1_001, "between 1 and 1000"],
    ["eventsMax", 1.5, "must be a whole number"],
    ["bytesMax", 0, "between 1 and"],
    ["onUnpublishable", "SKIP", 'must be "DEAD_LETTER" or "STOP"'],
    ["leaseMilis", 5_000, "is not a field (there are cursor, owner, kind, from, leaseMillis"]
  ])("refuses %s %j", (field, value, words) => {
    const { issues, message } = refusal(() => relay({ [field]: value }))
    expect(issues).toEqual([{ path: field, message: expect.stringContaining(words) }])
    expect(message).toContain(`the options of a relay cannot be used: ${field} `)
  })

  it("names every field that cannot be used", () => {
    const { issues } = refusal(() => relay({ cursor: "", leaseMillis: 1, eventsMax: 0 }))
    expect(issues.map(({ path }) => path)).toEqual(["cursor", "leaseMillis", "eventsMax"])
    const { log, publisher } = world()
    const { message } = refusal(() => makeEventRelay(log, publisher, null as never))
    expect(message).toContain("must be an object")
  })

  it("takes every option at its bounds, and undefined for one that has a default", () => {
    for (const options of [
      { cursor: "A.b_c-9", owner: "o", leaseMillis: 1_000, eventsMax: 1, bytesMax: 1 },
      { leaseMillis: 3_600_000, pollMillis: 1, eventsMax: 1_000, onUnpublishable: "STOP" },
      { kind: undefined, from: undefined, leaseMillis: undefined, pollMillis: undefined }
    ]) {
      expect(relay(options)).toHaveProperty("run")
    }
  })
})

describe("a subscription", () => {
  it.each([
    ["name", "seals", "must be another name: seals is the cursor of the sealer"],
    ["name", "", "must be 1 to 100 letters"],
    ["owner", "", "between 1 and 255 code points"],
    ["handle", "no", "must be a function"],
    ["types", [], "must have a length"],
    ["batchMax", 0, "between 1 and 1000"],
    ["from", "MIDDLE", 'must be "FIRST" or "LAST"'],
    ["leaseMillis", 999, "between 1000 and 3600000"],
    ["batch", 5, "is not a field"]
  ])("refuses %s %j by its own name", (field, value, words) => {
    const { issues, message } = refusal(() => subscription({ [field]: value }))
    expect(issues).toEqual([{ path: field, message: expect.stringContaining(words) }])
    expect(message).toContain(`the options of a subscription cannot be used: ${field} `)
  })

  it("takes what can be used", () => {
    const options = { types: ["test.counted"], batchMax: 1_000, from: "LAST", leaseMillis: 1_000 }
    expect(subscription(options)).toHaveProperty("run")
  })
})
