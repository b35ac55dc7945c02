/** What a handler gets of a message, and what it never gets. */
import type { ConsumedMessage } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { handlingText } from "../../src/consuming/handling.ts"

const place = { topic: "orders", partition: 2 }

/** What a handler gets of a message with this value, or why it gets nothing. */
const handed = (value: Buffer | null) => {
  const got: Array<ConsumedMessage> = []
  const handle = handlingText((message) => Effect.sync(() => void got.push(message)))
  const message = { offset: 7, key: Buffer.from("key"), value, headers: { a: Buffer.from("b") } }
  return Effect.runPromise(
    Effect.match(handle(place, message), { onSuccess: () => got, onFailure: (error) => error })
  )
}

it("is the message with its value as text", async () => {
  for (const text of ["{}", "🫖 für zwei", "", "\ufeffwith its mark"]) {
    expect(await handed(Buffer.from(text))).toEqual([
      { ...place, offset: 7, key: "key", value: text, headers: { a: "b" } }
    ])
  }
  expect(await handed(null)).toMatchObject([{ value: null }])
})

it("is never a value that is no text, which would look like another", async () => {
  for (const value of [Buffer.from("Ä1", "latin1"), Buffer.from("Ö1", "latin1")]) {
    expect(await handed(value)).toMatchObject({
      _tag: "HandleError",
      message: "the value is not text in UTF-8",
      isRetryable: false
    })
  }
})
