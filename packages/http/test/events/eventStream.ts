/** A client of event streams that knows the standard only, by the parser of another author. */

import * as Sse from "effect/encoding/Sse"
import { expect } from "vitest"

/** A message of a stream. */
export interface Message {
  readonly id: string | undefined
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects out of the data
  readonly data: any
}

/** A stream that is being read. */
export interface Reading {
  /** Waits until it has so many messages. */
  readonly messages: (count: number) => Promise<ReadonlyArray<Message>>
  /** Waits until the server has ended it; everything it had. */
  readonly ended: Promise<ReadonlyArray<Message>>
  /** Everything that was received so far, as text. */
  readonly text: () => string
  /** Waits until a text was received. */
  readonly receives: (text: string) => Promise<void>
  /** Goes away. */
  readonly leave: () => Promise<void>
}

/** Reads the body of an answer that is a stream. */
export const readStream = (response: Response): Reading => {
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/event-stream"
  ])
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  const received: Array<Message> = []
  let text = ""
  let waiters: ReadonlyArray<() => void> = []
  const parser = Sse.makeParser((event) => {
    if (event._tag !== "Event") throw new Error("a client is not told when to come back")
    received.push({ id: event.id, event: event.event, data: JSON.parse(event.data) })
  })
  const read = async () => {
    while (true) {
      const { done, value } = await reader.read()
      if (done) return received
      const part = decoder.decode(value, { stream: true })
      text += part
      parser.feed(part)
      for (const look of waiters) look()
    }
  }
  const ended = read()
  ended.catch(() => undefined)
  const until = <A>(found: () => A | undefined) =>
    new Promise<A>((resolve, reject) => {
      const look = () => {
        const value = found()
        if (value !== undefined) resolve(value)
      }
      waiters = [...waiters, look]
      look()
      ended.then(() => reject(new Error(`the stream ended:\n${text}`)), reject)
    })
  return {
    messages: (count) =>
      until(() => (received.length >= count ? received.slice(0, count) : undefined)),
    ended,
    text: () => text,
    receives: async (wanted) => {
      await until(() => (text.includes(wanted) ? true : undefined))
    },
    leave: () => reader.cancel()
  }
}
