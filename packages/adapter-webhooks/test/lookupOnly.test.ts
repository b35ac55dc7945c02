/** Names are resolved and judged for every connection, not once. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { kindOfAddress, lookupOnly } from "../src/addresses.ts"
import { senderWith } from "../src/webhookSender.ts"
import { startReceiver } from "./receiver.ts"

const secret = Redacted.make(`whsec_${Buffer.from("s".repeat(32)).toString("base64")}`)

/** `localhost` under a name that the address alone would not give away. */
const messageTo = (port: number) => ({
  url: `http://localhost:${port}/`,
  id: "event-1",
  body: "{}",
  secrets: [secret]
})

describe("a name that resolves to an address of this machine", () => {
  it("is refused although the name says nothing", async () => {
    await using receiver = await startReceiver()
    const { send } = senderWith({ allowHttp: true }, lookupOnly(kindOfAddress), () => undefined)
    const answer = await Effect.runPromise(send(messageTo(receiver.port)))
    expect(answer.httpStatus).toBe(null)
    expect(answer.problem).toContain("is not a public address (loopback)")
    expect(receiver.connections()).toBe(0)
  })

  it("is refused when it resolves there only for a later connection", async () => {
    await using receiver = await startReceiver((response) =>
      response.writeHead(204, { connection: "close" }).end()
    )
    let asked = 0
    const kindOf = () => (asked++ === 0 ? undefined : "loopback")
    const only = lookupOnly((address) => (address === "127.0.0.1" ? kindOf() : undefined))
    const { send } = senderWith({ allowHttp: true }, only, () => undefined)
    const first = await Effect.runPromise(send(messageTo(receiver.port)))
    expect(first.problem).toBe(null)
    const second = await Effect.runPromise(send(messageTo(receiver.port)))
    expect(second.problem).toContain("is not a public address (loopback)")
    expect(receiver.received).toHaveLength(1)
  })
})
