/**
 * Group commit: requests that arrive while a batch commits form the next batch. No timer, so an
 * idle lane answers at once; under load a batch grows to its bounds. A batch runs in a fiber of
 * the engine, never of a caller: interrupting a caller withdraws its request while it waits, and
 * is only an unread answer afterwards. The queue is bounded; a full one answers `Overloaded`.
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { StoreError } from "../kernel/StoreError.ts"

/** The bounds of group commit. */
export interface GroupCommitOptions {
  /** Batches that may run side by side. */
  readonly lanes: number
  /** Requests that may wait in one lane. */
  readonly queueMax: number
  /** Requests that one batch may hold. */
  readonly batchMax: number
  /** Weight that one batch may hold; a heavier request is a batch alone. */
  readonly weightMax: number
  /** How long a request may wait before it is turned away, in milliseconds. */
  readonly waitMillisMax: number
}

interface Ticket<Request, Answer, Failure> {
  readonly request: Request
  readonly weight: number
  readonly since: number
  readonly answer: Deferred.Deferred<Answer, Failure | StoreError>
  withdrawn: boolean
}

/** Sends one request to a lane and waits for its own answer. */
export type Submit<Request, Answer, Failure> = (
  lane: number,
  request: Request,
  weight: number
) => Effect.Effect<Answer, Failure | StoreError>

const overloaded = new StoreError({
  reason: "Overloaded",
  message: "too many requests are waiting; try again shortly"
})

const closed = new StoreError({ reason: "Closed", message: "the engine is shutting down" })

const waitedTooLong = new StoreError({
  reason: "TimedOut",
  message: "the request waited too long and was not started; try again"
})

/**
 * Opens the lanes. `commit` answers every request of a batch, in order; when it fails, all of the
 * batch fail alike. Closing the scope ends the queues, commits and answers what they still hold.
 */
export const make = Effect.fnUntraced(function* <Request, Answer, Failure>(
  options: GroupCommitOptions,
  commit: (
    batch: ReadonlyArray<Request>
  ) => Effect.Effect<ReadonlyArray<Exit.Exit<Answer, Failure | StoreError>>, StoreError>
): Effect.fn.Return<Submit<Request, Answer, Failure>, never, Scope.Scope> {
  type T = Ticket<Request, Answer, Failure>
  const clock = yield* Clock.Clock
  let isOpen = true

  /** Commits what was taken; each batch is formed when its turn has come, not before. */
  const run = Effect.fnUntraced(function* (taken: ReadonlyArray<T>) {
    let next = 0
    while (next < taken.length) {
      const batch: Array<T> = []
      next = fill(batch, taken, next, options, clock.currentTimeMillisUnsafe())
      if (batch.length === 0) continue
      const exit = yield* Effect.exit(
        Effect.suspend(() => commit(batch.map((ticket) => ticket.request)))
      )
      for (const [index, ticket] of batch.entries()) {
        Deferred.doneUnsafe(ticket.answer, answerAt(exit, index))
      }
    }
  })

  const openLane = Effect.fnUntraced(function* () {
    const queue = yield* Queue.dropping<T, Cause.Done>(options.queueMax)
    const loop = Effect.uninterruptibleMask((restore) =>
      Effect.ignore(
        Effect.forever(
          Effect.flatMap(restore(Queue.takeBetween(queue, 1, options.batchMax)), run),
          { disableYield: true }
        )
      )
    )
    const fiber = yield* Effect.forkScoped(loop)
    yield* Effect.addFinalizer(() => Effect.andThen(Queue.end(queue), Fiber.await(fiber)))
    return queue
  })

  const lanes = yield* Effect.forEach(Array.from({ length: options.lanes }), openLane)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isOpen = false
    })
  )

  return (lane, request, weight) =>
    Effect.suspend(() => {
      const queue = lanes[lane % lanes.length]
      if (!isOpen || queue === undefined) return Effect.fail(closed)
      const ticket: T = {
        request,
        weight,
        since: clock.currentTimeMillisUnsafe(),
        answer: Deferred.makeUnsafe(),
        withdrawn: false
      }
      if (!Queue.offerUnsafe(queue, ticket)) return Effect.fail(isOpen ? overloaded : closed)
      return Effect.onInterrupt(Deferred.await(ticket.answer), () =>
        Effect.sync(() => {
          ticket.withdrawn = true
        })
      )
    })
})

/** The answer of one ticket from how its batch ended. */
const answerAt = <Answer, Failure>(
  exit: Exit.Exit<ReadonlyArray<Exit.Exit<Answer, Failure | StoreError>>, StoreError>,
  index: number
): Exit.Exit<Answer, Failure | StoreError> => {
  if (Exit.isFailure(exit)) return Exit.failCause(exit.cause)
  return exit.value[index] ?? Exit.die(new Error("a batch left one of its requests unanswered"))
}

/**
 * Fills a batch within the bounds from the `from`-th of the tickets; withdrawn and stale ones fall
 * out. Answers where the next batch begins.
 */
const fill = <Request, Answer, Failure>(
  batch: Array<Ticket<Request, Answer, Failure>>,
  taken: ReadonlyArray<Ticket<Request, Answer, Failure>>,
  from: number,
  options: GroupCommitOptions,
  now: number
): number => {
  let weight = 0
  for (let index = from; index < taken.length; index++) {
    const ticket = taken[index]
    if (ticket === undefined || ticket.withdrawn) continue
    if (now - ticket.since > options.waitMillisMax) {
      Deferred.doneUnsafe(ticket.answer, Exit.fail(waitedTooLong))
      continue
    }
    weight += ticket.weight
    if (batch.length > 0 && weight > options.weightMax) return index
    batch.push(ticket)
  }
  return taken.length
}
