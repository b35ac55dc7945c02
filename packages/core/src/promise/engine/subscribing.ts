/**
 * Subscriptions of any context: what a host asks for is read here, and runs in the background of its
 * door until it is closed.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type CursorKind, CursorKindMismatch } from "../../events/Cursors.ts"
import type { AnyEvent, EventLog, KeptEvent, LoggedEvent } from "../../events/EventLog.ts"
import {
  makeSubscription,
  movingCursor,
  type SubscriptionOptions
} from "../../events/relay/Subscription.ts"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { ContextCalls } from "./PromiseCalls.ts"
import { plainAnswer } from "./plainValues.ts"
import { fieldsOf, inOptions, type Read } from "./readOptions.ts"
import type { MoveCursor, Subscription } from "./Subscription.ts"

/** How the events of a context are read and selected. */
export interface Subscribable<Event extends AnyEvent> {
  readonly log: EventLog
  readonly read: (kept: KeptEvent) => LoggedEvent<Event>
  /** A type of event, as a schema. */
  readonly type: Schema.Codec<Event["eventType"], string>
}

const between = (minimum: number, maximum: number) =>
  Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

const name = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9._-]{1,100}$/, {
    message: "must be 1 to 100 letters, digits, dots, dashes and underscores"
  })
)

const readName = fieldsOf(Schema.Struct({ name }))

type Handler = (events: ReadonlyArray<unknown>, moveCursor: MoveCursor) => unknown

const missing: Read<never> = Result.fail({
  _tag: "InvalidInput",
  issues: [
    {
      path: "options",
      message: "must have exactly one of the functions `handler` and `handlerInTransaction`"
    }
  ]
})

/** The handler of the options, and whether it moves the cursor; exactly one must be given. */
const readHandler = (options: {
  readonly handler?: unknown
  readonly handlerInTransaction?: unknown
}): Read<{ readonly handler: Handler; readonly isMoving: boolean }> => {
  const { handler, handlerInTransaction } = options
  const isMoving = handler === undefined
  const given = isMoving ? handlerInTransaction : handler
  const isOne = isMoving || handlerInTransaction === undefined
  return typeof given === "function" && isOne
    ? Result.succeed({ handler: given as Handler, isMoving })
    : missing
}

const closedProblem = "this subscription is closed; subscribe again to go on"

/** Says who this process is, on whatever platform it runs. */
const owner = () => {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } }
  return `${process?.pid ?? "a process"}:${crypto.randomUUID().slice(0, 8)}`
}

/** The methods that subscribe to a log. */
export const subscribing = <Event extends AnyEvent>(
  { log, read, type }: Subscribable<Event>,
  calls: ContextCalls
) => {
  const readFields = fieldsOf(
    Schema.Struct({
      // These have been taken out before. They are named here so that a refusal lists them as known.
      handler: Schema.optionalKey(Schema.Never),
      handlerInTransaction: Schema.optionalKey(Schema.Never),
      types: Schema.optionalKey(Schema.Array(type).check(Schema.isMinLength(1))),
      batchMax: between(1, 1_000),
      from: Schema.optionalKey(Schema.Literals(["FIRST", "LAST"])),
      leaseMillis: between(1_000, 3_600_000)
    })
  )
  const readAll = (
    nameGiven: unknown,
    options: unknown
  ): Result.Result<SubscriptionOptions<Event, unknown>, InvalidInput> => {
    const { handler, handlerInTransaction, ...rest } = Object(options) as Record<string, unknown>
    return Result.gen(function* () {
      const { name } = yield* readName({ name: nameGiven })
      const fields = yield* inOptions(readFields(rest))
      const given = yield* readHandler({ handler, handlerInTransaction })
      const handle = (events: ReadonlyArray<LoggedEvent<Event>>, move: MoveCursor) =>
        Effect.tryPromise({
          try: async () => void (await given.handler(plainAnswer(events), move)),
          catch: (error) => error
        })
      return {
        ...fields,
        name,
        owner: owner(),
        handle: given.isMoving
          ? movingCursor(log.cursors, handle)
          : (events) =>
              handle(events, () => Promise.reject(new Error("there is no cursor to move")))
      }
    })
  }
  const kind: CursorKind = "SUBSCRIPTION"
  /** Fails when the name belongs to something else. */
  const checkKind = (cursor: string) =>
    Effect.flatMap(log.cursors.list, (all) => {
      const found = all.find((one) => one.name === cursor)
      return found === undefined || found.kind === kind
        ? Effect.void
        : Effect.fail(new CursorKindMismatch({ cursor, kind: found.kind, wanted: kind }))
    })
  return async (nameGiven: unknown, options: unknown): Promise<Subscription> => {
    const asked = Result.map(readAll(nameGiven, options), (about) => ({ about, signal: undefined }))
    await calls.call("subscribe", asked, ({ name }) => checkKind(name))
    const { about } = Result.getOrThrow(asked)
    const subscription = makeSubscription(log, read, about)
    let isClosed = false
    const closed = Effect.sync(() => {
      isClosed = true
    })
    const stop = calls.background(Effect.onInterrupt(subscription.run, () => closed))
    return {
      name: about.name,
      status: () => {
        const status = Effect.runSync(subscription.status)
        return isClosed ? { ...status, state: "STOPPED", problem: closedProblem } : status
      },
      close: stop,
      [Symbol.asyncDispose]: stop
    }
  }
}
