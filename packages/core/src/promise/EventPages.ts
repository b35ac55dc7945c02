/**
 * What a read of events gives: one page when it is awaited, one page after another when it is
 * iterated. Nothing is read before one of the two is done.
 */
import type { EventPages, LoggedEvent } from "./InventoryEvents.ts"
import type { EventsOptions } from "./InventoryInputs.ts"

type EventPage = ReadonlyArray<LoggedEvent>

/** Pages of events over one read of a page, to the end of the log as it is by then. */
export const eventPages = (
  options: EventsOptions | undefined,
  pageSizeDefault: number,
  read: (options: EventsOptions | undefined) => Promise<EventPage>
): EventPages => {
  let first: Promise<EventPage> | undefined
  const page = () => {
    first ??= read(options)
    return first
  }
  return {
    then: (onPage, onError) => page().then(onPage, onError),
    catch: (onError) => page().catch(onError),
    finally: (onEnd) => page().finally(onEnd),
    [Symbol.toStringTag]: "EventPages",
    async *[Symbol.asyncIterator]() {
      let events = await read(options)
      while (true) {
        const last = events.at(-1)
        if (last === undefined) return
        yield events
        if (events.length < (options?.limit ?? pageSizeDefault)) return
        events = await read({ ...options, after: last.position })
      }
    }
  }
}
