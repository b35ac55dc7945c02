/** A stream ends when who opened it may not follow events any more. */
import type { Principal } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { afterEach, describe, expect, it } from "vitest"
import { type Authenticator, Unauthenticated } from "../../src/index.ts"
import { serverForTests } from "../server.ts"
import { readStream } from "./eventStream.ts"

const manager: Principal = { id: "mo", kind: "USER", roles: ["MANAGER"] }

type Found = ReturnType<Authenticator>

let found: Found = Effect.succeed(manager)
let asked = 0

const authenticate: Authenticator = () =>
  Effect.suspend(() => {
    asked += 1
    return found
  })

const { port, post } = serverForTests({
  authenticate,
  eventHeartbeat: "20 millis",
  eventRecheck: "15 millis"
})

afterEach(() => {
  found = Effect.succeed(manager)
})

const open = () => fetch(`http://127.0.0.1:${port()}/api/events/stream`)

const refused = new Unauthenticated({ reason: "the key is revoked", challenge: "" })

const ends: ReadonlyArray<readonly [string, Found, number]> = [
  ["nobody vouches for who opened it", Effect.fail(refused), 401],
  ["who opened it lost the role", Effect.succeed({ ...manager, roles: ["USER"] }), 403],
  ["nobody can say", Effect.fail(new StoreError({ reason: "Busy", message: "busy" })), 503],
  ["what vouches for it breaks", Effect.die("broken"), 500]
]

describe("an event stream under a principal", () => {
  it.each(ends)("ends once %s, and cannot be opened again", async (_, later, status) => {
    const stream = readStream(await open())
    const before = asked
    await post("/api/skus", { code: `sku-${status}`, name: "Mug" })
    await stream.messages(1)
    // It goes on for as long as the answer is the same.
    await expect.poll(() => asked, { interval: 5 }).toBeGreaterThan(before + 3)
    await stream.receives("\n\n:\n")
    found = later
    expect(await stream.ended).toHaveLength(1)
    expect((await open()).status).toBe(status)
  })
})
