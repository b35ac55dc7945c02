/**
 * Group commit: requests that arrive while a batch commits form the next batch. No timer, so an
 * idle lane answers at once; under load a batch grows to its bounds. A batch runs in a fiber of
 * the engine, never of a caller: interrupting a caller withdraws its request while it waits, and
 * is only an unread answer afterwards. Each caller is answered when its own transaction has ended.
 * The queue is bounded; a full one answers `Overloaded`.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { StoreError } from "../kernel/StoreError.ts"
import { type BatchBounds, byArrival, emptyLane, type Lane, Ticket, takeBatch } from "./Ticket.ts"
import { type Group, type Named, type RequestNames, WaitingRoom } from "./WaitingRoom.ts"

export type { RequestNames } from "./WaitingRoom.ts"

/** The bounds of group commit. */
export interface GroupCommitOptions extends BatchBounds {
  /** Batches that may run side by side. */
  readonly lanes: number
  /** Batches that may wait beside them for what is locked, each for one obstacle. */
  readonly waiters: number
  /** Requests that may wait in one lane. */
  readonly queueMax: number
}

/**
 * How a transaction ended for one request of its batch. `Again`: it is to be sent once more, as the
 * request that is given. `Waits`: another transaction holds what it wants. `Apart`: nothing was
 * written because of one request, nobody knows which; there were at least two.
 */
export type End<Request, Answer, Failure, Obstacle> =
  | { readonly _tag: "Ended"; readonly exit: Exit.Exit<Answer, Failure | StoreError> }
  | { readonly _tag: "Again"; readonly request: Request }
  | { readonly _tag: "Waits"; readonly obstacle: Obstacle }
  | { readonly _tag: "Apart" }

/**
 * Runs one transaction and says how it ended for each request, in order. A batch that is given an
 * obstacle waits for it as long as the store's time-outs allow, and no longer than until the time of
 * the first of its requests is up; one that is given null waits for nothing.
 */
export type Commit<Request, Answer, Failure, Obstacle> = (
  batch: ReadonlyArray<Request>,
  obstacle: Obstacle | null | undefined,
  untilMillis?: number
) => Effect.Effect<ReadonlyArray<End<Request, Answer, Failure, Obstacle>>, StoreError>

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

/**
 * Opens the lanes. `commit` answers every request of a batch, in order; when it fails, all of the
 * batch fail alike. Closing the scope commits and answers what waits, in a lane or for a lock.
 */
export const make = Effect.fnUntraced(function* <
  Request,
  Answer,
  Failure,
  Obstacle extends Named = never
>(
  options: GroupCommitOptions,
  names: RequestNames<Request>,
  commit: Commit<Request, Answer, Failure, Obstacle>
): Effect.fn.Return<Submit<Request, Answer, Failure>, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const lanes = Array.from({ length: options.lanes }, emptyLane<Request, Answer, Failure>)
  const wakeAll = () => {
    for (const lane of lanes) lane.wake()
  }
  const { groupsAtWork, room, run } = batchesOver(options, names, commit, clock, wakeAll)
  let isOpen = true

  const runLane = Effect.fnUntraced(function* (lane: Lane<Request, Answer, Failure>) {
    while (true) {
      const queues = [lane.front, lane.queue]
      const batch = takeBatch(queues, options, clock.currentTimeMillisUnsafe(), room.diverts)
      if (batch.length > 0) yield* run(batch, undefined)
      else if (!isOpen && groupsAtWork() === 0) return
      else
        yield* asleep(
          lane,
          () => lane.front.size + lane.queue.size > 0 || (!isOpen && groupsAtWork() === 0)
        )
    }
  })

  const fibers = yield* Effect.forEach(lanes, (lane) =>
    Effect.forkScoped(Effect.uninterruptible(runLane(lane)))
  )
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      isOpen = false
      wakeAll()
      return Effect.forEach(fibers, (fiber) => Fiber.await(fiber), { discard: true })
    })
  )

  return (number, request, weight) =>
    Effect.suspend(() => {
      const lane = lanes[number % lanes.length]
      if (!isOpen || lane === undefined) return Effect.fail(closed)
      if (lane.waiting >= options.queueMax) return Effect.fail(overloaded)
      const ticket = new Ticket(lane, request, weight, clock.currentTimeMillisUnsafe())
      ticket.waitIn(lane.queue)
      lane.wake()
      return Effect.onInterrupt(Deferred.await(ticket.answer), () =>
        Effect.sync(() => ticket.withdraw())
      )
    })
})

/** Sleeps until the lane is woken, and then lets everybody in who comes at the same moment. */
const asleep = (
  lane: Pick<Lane<never, never, never>, "wake">,
  isAwaited: () => boolean
): Effect.Effect<void> =>
  Effect.andThen(
    Effect.callback<void>((resume) => {
      // The fiber may have yielded since it looked.
      if (isAwaited()) return resume(Effect.void)
      lane.wake = () => {
        lane.wake = () => undefined
        resume(Effect.void)
      }
    }),
    Effect.yieldNow
  )

/** Batches on their way through `commit`, from lanes and from the waiting room. */
const batchesOver = <Request, Answer, Failure, Obstacle extends Named>(
  options: GroupCommitOptions,
  names: RequestNames<Request>,
  commit: Commit<Request, Answer, Failure, Obstacle>,
  clock: Clock.Clock,
  wakeAll: () => void
) => {
  type T = Ticket<Request, Answer, Failure>
  type G = Group<Request, Answer, Failure, Obstacle>
  type Ends = ReadonlyArray<End<Request, Answer, Failure, Obstacle>>
  const room = new WaitingRoom<Request, Answer, Failure, Obstacle>(names)
  const waiters = Semaphore.makeUnsafe(options.waiters)
  let groupsAtWork = 0

  const transacted = (batch: ReadonlyArray<T>, obstacle: Obstacle | null | undefined) =>
    Effect.exit(
      Effect.suspend(() =>
        commit(
          batch.map((ticket) => ticket.request),
          obstacle,
          Math.min(...batch.map(({ sinceMillis }) => sinceMillis)) + options.waitMillisMax
        )
      )
    )

  /** Gives each request of a batch what it came to; who is to be run apart, and the new groups. */
  const settle = (batch: ReadonlyArray<T>, exit: Exit.Exit<Ends, StoreError>) => {
    const apart: Array<T> = []
    const groups: Array<G> = []
    for (const [index, ticket] of batch.entries()) {
      const end = endAt(exit, index)
      if (end._tag === "Ended") ticket.end(end.exit)
      else if (end._tag === "Apart") apart.push(ticket)
      else if (end._tag === "Waits") {
        const group = room.admit(ticket, end.obstacle)
        if (group !== undefined) groups.push(group)
      } else {
        ticket.request = end.request
        ticket.waitIn(ticket.lane.front)
        ticket.lane.wake()
      }
    }
    return { apart, groups }
  }

  /** Runs a batch, and its halves when one of them is to blame. */
  const run: (
    batch: ReadonlyArray<T>,
    obstacle: Obstacle | null | undefined
  ) => Effect.Effect<void> = Effect.fnUntraced(function* (batch, obstacle) {
    const { apart, groups } = settle(batch, yield* transacted(batch, obstacle))
    if (groups.length > 0) yield* startGroups(groups)
    if (apart.length > 0) yield* runHalves(apart, obstacle)
  })

  /** By halves: one culprit of 500 costs some 20 transactions to find, not 500. */
  const runHalves = (batch: ReadonlyArray<T>, obstacle: Obstacle | null | undefined) => {
    const middle = batch.length >> 1
    return Effect.andThen(
      run(batch.slice(0, middle), obstacle),
      Effect.suspend(() => run(batch.slice(middle), obstacle))
    )
  }

  const runGroup = Effect.fnUntraced(function* (group: G) {
    const { obstacle, queue } = group
    const taken = (queues: ReadonlyArray<Iterable<T>>) =>
      takeBatch(queues, options, clock.currentTimeMillisUnsafe(), () => false)
    const others = room.start(group)
    // Many groups are rather batches in each other's way than hosts: what is free now goes at once.
    if (others.length > 0) yield* run(taken([queue, ...others]), null)
    const batch = taken([byArrival(queue)])
    const exit: Exit.Exit<Ends, StoreError> =
      batch.length === 0 ? Exit.succeed([]) : yield* transacted(batch, obstacle)
    room.dissolve(group)
    const { apart, groups } = settle(batch, exit)
    for (const ticket of byArrival(queue)) {
      if (!room.diverts(ticket)) ticket.waitIn(ticket.lane.front)
      ticket.lane.wake()
    }
    if (groups.length > 0) yield* startGroups(groups)
    if (apart.length > 0) yield* runHalves(apart, obstacle)
  })

  /** Lets groups wait beside the lanes, each in a fiber of its own. */
  const startGroups = (groups: ReadonlyArray<G>): Effect.Effect<void> => {
    groupsAtWork += groups.length
    const ended = Effect.sync(() => {
      groupsAtWork -= 1
      wakeAll()
    })
    return Effect.forEach(
      groups,
      (group) =>
        Effect.forkDetach(
          Effect.uninterruptible(Effect.ensuring(waiters.withPermits(1)(runGroup(group)), ended))
        ),
      { discard: true }
    )
  }

  return { room, run, groupsAtWork: () => groupsAtWork }
}

/** How one request of a batch ended. */
const endAt = <Request, Answer, Failure, Obstacle>(
  exit: Exit.Exit<ReadonlyArray<End<Request, Answer, Failure, Obstacle>>, StoreError>,
  index: number
): End<Request, Answer, Failure, Obstacle> => {
  if (Exit.isFailure(exit)) return { _tag: "Ended", exit: Exit.failCause(exit.cause) }
  const lost = () => Exit.die(new Error("a batch left one of its requests unanswered"))
  return exit.value[index] ?? { _tag: "Ended", exit: lost() }
}
