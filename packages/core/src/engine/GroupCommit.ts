/**
 * Group commit: requests that arrive while a batch commits form the next batch. There is no timer,
 * so an idle lane answers at once, and under load a batch grows to its bounds. Few requests share one
 * lane; more lanes open when there is enough for each (OpenLanes.ts). A batch runs in a
 * fiber of the engine, never of a caller. Interrupting a caller withdraws its request while the
 * request waits; later, only the answer goes unread. Each caller is answered when its own
 * transaction has ended. The queue is bounded; a full one answers `Overloaded`.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { StoreError } from "../kernel/StoreError.ts"
import { type BatchMeter, noBatchMeter } from "../metrics/batchMeter.ts"
import { steadyMillis } from "../metrics/steadyMillis.ts"
import { type LoopTime, OpenLanes } from "./lanes/OpenLanes.ts"
import { type BatchBounds, byArrival, emptyLane, type Lane, Ticket, takeBatch } from "./Ticket.ts"
import { type Group, type Named, type RequestNames, WaitingRoom } from "./WaitingRoom.ts"

export type { RequestNames } from "./WaitingRoom.ts"

/** The bounds of group commit. */
export interface GroupCommitOptions extends BatchBounds {
  /** Batches that may run side by side. How many do, follows the load. */
  readonly lanes: number
  /** How the process spends its time, as the runtime tells it unless given. */
  readonly loopTime?: LoopTime | undefined
  /** Batches that may wait beside the lanes for locks of others, each for one obstacle. */
  readonly waiters: number
  /** Requests that may wait in one lane. */
  readonly queueMax: number
  /** What counts the batches; nothing unless given. */
  readonly meter?: BatchMeter | undefined
}

/** How many requests wait. */
export interface Waiting {
  readonly waiting: () => number
}

/**
 * How a transaction ended for one request of its batch. `Again`: send the given request once more.
 * `Waits`: another transaction holds what the request wants. `Apart`: one of at least two requests
 * made the transaction fail, nobody knows which, and nothing was written.
 */
export type End<Request, Answer, Failure, Obstacle> =
  | { readonly _tag: "Ended"; readonly exit: Exit.Exit<Answer, Failure | StoreError> }
  | { readonly _tag: "Again"; readonly request: Request }
  | { readonly _tag: "Waits"; readonly obstacle: Obstacle }
  | { readonly _tag: "Apart" }

/**
 * Runs one transaction and answers how it ended for each request, in order. A batch with an
 * obstacle waits for that obstacle as long as the store's time-outs allow, and until the deadline of
 * its first request at most. A batch with null waits for nothing.
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
 * Opens the lanes. `commit` answers every request of a batch, in order; when it fails, every
 * request of the batch fails alike. Closing the scope commits and answers the requests that wait,
 * in a lane or for a lock.
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
): Effect.fn.Return<Submit<Request, Answer, Failure> & Waiting, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const lanes = Array.from({ length: options.lanes }, emptyLane<Request, Answer, Failure>)
  const wakeAll = () => {
    for (const lane of lanes) lane.wake()
  }
  const { groupsAtWork, room, run } = batchesOver(options, names, commit, clock, wakeAll)
  const open = new OpenLanes(options.lanes, options, options.loopTime)
  const underWay = { requests: 0, weight: 0 }
  let isOpen = true

  /** Runs a batch in a lane, and lets in the requests of the callers whom it has answered. */
  const runIn = Effect.fnUntraced(function* (
    lane: Lane<Request, Answer, Failure>,
    batch: ReadonlyArray<Ticket<Request, Answer, Failure>>
  ) {
    const since = steadyMillis(clock)
    const weight = batch.reduce((sum, ticket) => sum + ticket.weight, 0)
    lane.busySince = since
    lane.wake = () => watch.wake()
    if (waits(lane)) lane.wake()
    underWay.requests += batch.length
    underWay.weight += weight
    yield* run(batch, undefined)
    lane.busySince = undefined
    lane.wake = () => undefined
    underWay.requests -= batch.length
    underWay.weight -= weight
    open.noteBatch(steadyMillis(clock) - since)
    yield* Effect.yieldNow
  })

  /** The load as it is when a request comes. */
  const noteLoad = () => {
    let { requests, weight } = underWay
    for (const lane of lanes) {
      requests += lane.waiting
      weight += lane.weight
    }
    open.noteLoad({ requests, weight })
  }

  /** Whether nothing is left to do, in no lane: until then, any lane may get what another has. */
  const isDrained = () =>
    !isOpen &&
    groupsAtWork() === 0 &&
    lanes.every((lane) => lane.busySince === undefined && !waits(lane))

  const runLane = Effect.fnUntraced(function* (lane: Lane<Request, Answer, Failure>) {
    while (true) {
      const queues = [lane.front, lane.queue]
      const batch = takeBatch(queues, options, steadyMillis(clock), room.diverts)
      if (batch.length > 0) yield* runIn(lane, batch)
      else if (isDrained()) return wakeAll()
      else yield* asleep(lane, () => waits(lane) || isDrained())
    }
  })

  const watch = yield* watchOver(lanes, (lane) => {
    const { busySince } = lane
    return busySince !== undefined && open.isStalled(steadyMillis(clock) - busySince)
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

  const submit: Submit<Request, Answer, Failure> = (number, request, weight) =>
    Effect.suspend(() => {
      const now = steadyMillis(clock)
      const lane = lanes[number % open.count]
      if (!isOpen || lane === undefined) return Effect.fail(closed)
      if (lane.waiting >= options.queueMax) {
        options.meter?.overloaded()
        return Effect.fail(overloaded)
      }
      const ticket = new Ticket(lane, request, weight, now)
      ticket.waitIn(lane.queue)
      if (lanes.length > 1) noteLoad()
      lane.wake()
      return Effect.onInterrupt(Deferred.await(ticket.answer), () =>
        Effect.sync(() => ticket.withdraw())
      )
    })
  const waiting = () => lanes.reduce((sum, lane) => sum + lane.waiting, 0)
  return Object.assign(submit, { waiting })
})

/** Whether requests wait in a lane. */
const waits = <Request, Answer, Failure>(lane: Lane<Request, Answer, Failure>): boolean =>
  lane.front.size + lane.queue.size > 0

/** How often it is looked whether requests wait behind a stalled batch, in milliseconds. */
const watchMillis = 50

/** Lets the requests that wait behind a stalled batch go to a lane that is idle, in their order. */
const watchOver = Effect.fnUntraced(function* <Request, Answer, Failure>(
  lanes: ReadonlyArray<Lane<Request, Answer, Failure>>,
  isStalled: (lane: Lane<Request, Answer, Failure>) => boolean
) {
  const watch = { wake: () => undefined as void }
  const anyWaits = () => lanes.some((lane) => lane.busySince !== undefined && waits(lane))
  const look = () => {
    for (const lane of lanes) {
      if (!waits(lane) || !isStalled(lane)) continue
      const idle = lanes.find((other) => other.busySince === undefined && !waits(other))
      if (idle === undefined) return
      for (const ticket of byArrival(lane.front)) ticket.moveTo(idle, idle.front)
      for (const ticket of byArrival(lane.queue)) ticket.moveTo(idle, idle.queue)
      idle.wake()
    }
  }
  const watching = Effect.gen(function* () {
    while (true) {
      yield* asleep(watch, anyWaits)
      while (anyWaits()) {
        yield* Effect.sleep(watchMillis)
        look()
      }
    }
  })
  if (lanes.length > 1) yield* Effect.forkScoped(Effect.interruptible(watching))
  return watch
})

/** Sleeps until the lane is woken, then lets in all requests that arrive at the same moment. */
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

/** The batches that go through `commit`, from lanes and from the waiting room. */
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
  const { meter = noBatchMeter } = options
  let groupsAtWork = 0

  const transacted = (batch: ReadonlyArray<T>, obstacle: Obstacle | null | undefined) =>
    Effect.suspend(() => {
      const begunMillis = steadyMillis(clock)
      const sinceMillis = Math.min(...batch.map((ticket) => ticket.sinceMillis))
      meter.begun(batch.length, begunMillis - sinceMillis)
      const requests = batch.map((ticket) => ticket.request)
      const untilMillis = sinceMillis + options.waitMillisMax
      const committed = Effect.suspend(() => commit(requests, obstacle, untilMillis))
      return Effect.map(Effect.exit(committed), (exit) => {
        meter.ended((steadyMillis(clock) - begunMillis) / 1e3)
        return exit
      })
    })

  /** Ends each request of a batch. Returns the requests to run apart, and the new groups. */
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

  /** Runs a batch, and then its halves when one request is to blame. */
  const run: (
    batch: ReadonlyArray<T>,
    obstacle: Obstacle | null | undefined
  ) => Effect.Effect<void> = Effect.fnUntraced(function* (batch, obstacle) {
    const { apart, groups } = settle(batch, yield* transacted(batch, obstacle))
    if (groups.length > 0) yield* startGroups(groups)
    if (apart.length > 0) yield* runHalves(apart, obstacle)
  })

  /** Runs two halves: finding one culprit of 500 takes some 20 transactions, not 500. */
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
      takeBatch(queues, options, steadyMillis(clock), () => false)
    const others = room.start(group)
    // When many groups wait, batches of engines are probably in each other's way, and hosts are
    // not. So the requests whose locks are free by now run at once.
    if (others.length > 0) yield* run(taken([byArrival(queue, ...others)]), null)
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

  /** Lets groups wait beside the lanes, each in its own fiber. */
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
