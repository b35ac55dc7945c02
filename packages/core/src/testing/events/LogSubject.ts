/** A log as its own contract sees it. Tests of one suite share it, so each uses names of its own. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { EventLog } from "../../events/EventLog.ts"

/** The log under test. */
export class LogSubject extends Context.Service<
  LogSubject,
  {
    readonly log: EventLog
    /** Commits so many events of `eventType` of one aggregate, each in a transaction of its own. */
    readonly append: (aggregateId: string, count: number) => Effect.Effect<void>
    readonly eventType: string
    /** A name that no other test uses. */
    readonly fresh: (word: string) => string
    /** Lets the store's time pass. */
    readonly advance: (duration: Duration.Input) => Effect.Effect<void>
  }
>()("@holdfast/core/testing/LogSubject") {}
