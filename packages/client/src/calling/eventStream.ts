/**
 * The event log as it grows: Server-Sent Events over `fetch`. A stream that breaks goes on after the last
 * event that was read, so none is missing and none comes twice.
 */
import type { Event } from "../api/otherModels.ts"
import { addressIn, headersOf, mayPass, NotSent, notAnswered, refusalIn } from "./caller.ts"
import { CallNotAnswered, RefusalThrown } from "./errors.ts"
import type { CallOptions, ClientOptions } from "./options.ts"
import { placed, readRoute } from "./Route.ts"
import { patienceOf, pause, pauseMillis, timeIsOver } from "./trying.ts"

const route = readRoute("GET r /api/events/stream")

/** A stream that says nothing for so long is dead: the server sends a comment every 15 seconds. */
const silentMillisMax = 45_000

/** A message of a stream. */
interface Message {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** The messages in texts that arrive in any pieces. */
async function* messagesIn(texts: AsyncIterable<string>): AsyncGenerator<Message> {
  let rest = ""
  for await (const text of texts) {
    const blocks = `${rest}${text}`.split("\n\n")
    rest = blocks.pop() ?? ""
    for (const block of blocks) {
      const fields = new Map<string, string>()
      for (const line of block.split("\n")) {
        const at = line.indexOf(":")
        if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trimStart())
      }
      const [id = "", event = "", data = ""] = ["id", "event", "data"].map((name) =>
        fields.get(name)
      )
      yield { id, event, data }
    }
  }
}

/** The texts of a body; it is given up after a long silence, and when nobody reads on. */
async function* textsOf(
  body: ReadableStream<Uint8Array>,
  giveUp: (reason: unknown) => void
): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    while (true) {
      const timer = setTimeout(() => giveUp(new Error("the stream was silent")), silentMillisMax)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/**
 * Why a stream did not begin: a refusal is thrown, and so is what stays so, as at a wrong address. What may
 * pass is answered with when to come back.
 */
const whyNot = async (client: ClientOptions, response: Response): Promise<string | null> => {
  const { ok, status } = response
  const text = await response.text()
  const refusal = refusalIn(status, text)
  if (refusal !== undefined) throw new RefusalThrown(refusal)
  if (ok || (status < 500 && !mayPass(status))) throw notAnswered(client, status, ok ? "" : text)
  return response.headers.get("retry-after")
}

const isStream = ({ body, headers, ok }: Response): boolean =>
  ok && body !== null && (headers.get("content-type") ?? "").startsWith("text/event-stream")

const gone = ({ data }: Message) =>
  new RefusalThrown(
    refusalIn(410, data) ?? { problem: "position-gone", title: "The events are gone" }
  )

/** The log after where the input says, or from now on, until the signal of the call aborts. */
export async function* eventStream(
  client: ClientOptions,
  input: Readonly<Record<string, unknown>>,
  call: CallOptions
): AsyncGenerator<Event> {
  const patience = patienceOf(client)
  const { path } = placed(route, input)
  let position: string | undefined
  for (let failures = 0; ; failures++) {
    call.signal?.throwIfAborted()
    const ending = new AbortController()
    const follow = () => ending.abort(call.signal?.reason)
    call.signal?.addEventListener("abort", follow)
    let after: string | null = null
    // A server that takes the connection and says nothing more is no better than one that is away.
    const unanswered = setTimeout(() => ending.abort(timeIsOver), patience.tryMillisMax)
    try {
      const response = await (client.fetch ?? fetch)(addressIn(client, path), {
        headers: await headersOf(client, call, {
          accept: "text/event-stream",
          ...(position === undefined ? {} : { "last-event-id": position })
        }),
        signal: ending.signal
      })
      if (!isStream(response) || response.body === null) {
        after = await whyNot(client, response)
        throw new Error(`the server answered ${response.status}`)
      }
      clearTimeout(unanswered)
      for await (const message of messagesIn(textsOf(response.body, (why) => ending.abort(why)))) {
        failures = 0
        if (message.event === "gone") throw gone(message)
        if (message.id !== "") position = message.id
        if (message.data !== "") {
          // The id is the position, and behind a point which event is there.
          yield { position: Number.parseInt(message.id, 10), ...JSON.parse(message.data) } as Event
        }
      }
    } catch (error) {
      call.signal?.throwIfAborted()
      if (error instanceof NotSent) throw error.error
      if (error instanceof RefusalThrown || error instanceof CallNotAnswered) throw error
      if (failures >= patience.retriesMax) {
        const why = error instanceof Error ? error.message : "the server did not answer in time"
        throw new CallNotAnswered("network", `the log cannot be followed: ${why}`, { cause: error })
      }
    } finally {
      clearTimeout(unanswered)
      call.signal?.removeEventListener("abort", follow)
      ending.abort()
    }
    await pause(pauseMillis(failures, after, patience) ?? patience.pauseMillisMax, call.signal)
  }
}
