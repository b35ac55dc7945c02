/** The events of a log as the Promise door gives them: one page, or all pages as they are read. */
import * as Effect from "effect/Effect"
import type { EventLog } from "../../events/EventLog.ts"
import { pageSizeDefault } from "../../kernel/Page.ts"
import type { ContextCalls } from "./PromiseCalls.ts"
import type { ReadOptions } from "./RequestOptions.ts"
import { takeSignal } from "./readOptions.ts"

/** Which events are read, and how. */
interface PageOptions extends ReadOptions {
  readonly after?: number | undefined
  readonly afterEventId?: string | undefined
  readonly size?: number | undefined
  readonly follow?: boolean | undefined
}

/** How the pages of a log are read, and how more is waited for. */
interface LogReader<Event, Options> {
  readonly page: (options: Options) => Promise<ReadonlyArray<Event>>
  /** Resolves when something may have been appended since the call, or after a while. */
  readonly more: (options: Options) => Promise<unknown>
}

/** Events, by pages: awaited the first page, iterated all of them. */
export interface PagesOf<Event>
  extends Promise<ReadonlyArray<Event>>,
    AsyncIterable<ReadonlyArray<Event>> {}

/** An event with its place in a log. */
interface Logged {
  readonly position: number
  readonly event: { readonly eventId: string }
}

/**
 * The pages from a position to the end of the log, or without end. It is over, with `LogRestored`, when the
 * log does not have the last event any more.
 */
async function* pagesOf<Event extends Logged, Options extends PageOptions>(
  options: Options,
  { more, page }: LogReader<Event, Options>
): AsyncGenerator<ReadonlyArray<Event>> {
  const size = options.size ?? pageSizeDefault
  let asked = options
  let appended: Promise<unknown> | undefined
  while (true) {
    const events = await page(asked)
    const last = events.at(-1)
    if (last !== undefined) {
      asked = { ...options, after: last.position, afterEventId: last.event.eventId }
      yield events
    }
    if (events.length === size) continue
    if (options.follow !== true) return
    // What was appended before this wait began is read before it is awaited.
    if (appended !== undefined && last === undefined) await appended
    appended = more(options)
    appended.catch(() => undefined)
  }
}

/** How long an iteration that follows the log waits before it looks again. */
const lookAgainMillis = 1_000

/**
 * What a read of events gives: one page when it is awaited, one page after another when it is
 * iterated. Nothing is read before one of the two is done.
 */
export const eventPages = <Event extends Logged, Options extends PageOptions>(
  given: Options | undefined,
  page: (options: Options) => Promise<ReadonlyArray<Event>>,
  log: Pick<EventLog, "watch">,
  calls: ContextCalls
): PagesOf<Event> => {
  const options = given ?? ({} as Options)
  const more = () =>
    calls.call("events", takeSignal({ signal: options.signal }), () =>
      Effect.scoped(
        Effect.flatMap(log.watch, (appended) =>
          Effect.asVoid(Effect.timeoutOption(appended, lookAgainMillis))
        )
      )
    )
  let first: Promise<ReadonlyArray<Event>> | undefined
  const firstPage = () => {
    first ??= page(options)
    return first
  }
  return {
    then: (onPage, onError) => firstPage().then(onPage, onError),
    catch: (onError) => firstPage().catch(onError),
    finally: (onEnd) => firstPage().finally(onEnd),
    [Symbol.toStringTag]: "EventPages",
    [Symbol.asyncIterator]: () => pagesOf(options, { more, page })
  }
}
