/**
 * One request on its way through the lanes: the queue that it waits in, and the caller who waits
 * for its answer. A queue is a set, in order of arrival. A caller who leaves removes its request
 * from the queue, so a queue holds only requests that somebody waits for.
 */
import * as Deferred from "effect/Deferred"
import * as Exit from "effect/Exit"
import { StoreError } from "../kernel/StoreError.ts"

/** Requests that wait, in order. */
export type TicketQueue<Request, Answer, Failure> = Set<Ticket<Request, Answer, Failure>>

/** A lane: the requests that go first, those that came later, and how many wait anywhere. */
export interface Lane<Request, Answer, Failure> {
  /** Requests that were under way and go again, ahead of all others. */
  readonly front: TicketQueue<Request, Answer, Failure>
  readonly queue: TicketQueue<Request, Answer, Failure>
  waiting: number
  /** Wakes the lane when it sleeps. */
  wake: () => void
}

/** A lane without a request. */
export const emptyLane = <Request, Answer, Failure>(): Lane<Request, Answer, Failure> => ({
  front: new Set(),
  queue: new Set(),
  waiting: 0,
  wake: () => undefined
})

/** The bounds of one batch. */
export interface BatchBounds {
  /** Requests that one batch may hold. */
  readonly batchMax: number
  /** The weight that one batch may hold; a heavier request is a batch of its own. */
  readonly weightMax: number
  /** How long a request may wait before it is refused, in milliseconds. */
  readonly waitMillisMax: number
}

const waitedTooLong = new StoreError({
  reason: "TimedOut",
  message: "the request waited too long and was not started; try again"
})

let arrivals = 0

/** A request, and the caller's side of it. */
export class Ticket<Request, Answer, Failure> {
  request: Request
  readonly lane: Lane<Request, Answer, Failure>
  readonly weight: number
  /** When it was submitted, in epoch milliseconds. Its deadline counts from here to the end. */
  readonly sinceMillis: number
  readonly answer = Deferred.makeUnsafe<Answer, Failure | StoreError>()
  /** Its number in the order of arrival. */
  readonly number = ++arrivals
  private queue: TicketQueue<Request, Answer, Failure> | undefined
  private hasLeft = false

  constructor(
    lane: Lane<Request, Answer, Failure>,
    request: Request,
    weight: number,
    sinceMillis: number
  ) {
    this.lane = lane
    this.request = request
    this.weight = weight
    this.sinceMillis = sinceMillis
  }

  /** Waits at the end of a queue. A request whose caller has left does not wait. */
  waitIn(queue: TicketQueue<Request, Answer, Failure>): void {
    this.leaveQueue()
    if (this.hasLeft) return
    this.queue = queue
    this.lane.waiting += 1
    queue.add(this)
  }

  /** Leaves its queue. */
  leaveQueue(): void {
    if (this.queue === undefined) return
    this.queue.delete(this)
    this.queue = undefined
    this.lane.waiting -= 1
  }

  /** Its caller has left. A waiting request is withdrawn; a running one's answer goes unread. */
  withdraw(): void {
    this.hasLeft = true
    this.leaveQueue()
  }

  /** Gives the caller the outcome. */
  end(exit: Exit.Exit<Answer, Failure | StoreError>): void {
    Deferred.doneUnsafe(this.answer, exit)
  }
}

/** Requests of a queue in the order of their arrival, also when some of them ran before. */
export const byArrival = <Request, Answer, Failure>(
  queue: TicketQueue<Request, Answer, Failure>
): ReadonlyArray<Ticket<Request, Answer, Failure>> => [...queue].sort((a, b) => a.number - b.number)

/**
 * Takes a batch within the bounds from queues, in the order of the queues. A request that has
 * waited too long is refused. A request that must wait elsewhere is taken by `diverts`.
 */
export const takeBatch = <Request, Answer, Failure>(
  queues: ReadonlyArray<Iterable<Ticket<Request, Answer, Failure>>>,
  bounds: BatchBounds,
  nowMillis: number,
  diverts: (ticket: Ticket<Request, Answer, Failure>) => boolean
): ReadonlyArray<Ticket<Request, Answer, Failure>> => {
  const batch: Array<Ticket<Request, Answer, Failure>> = []
  let weight = 0
  for (const queue of queues) {
    for (const ticket of queue) {
      if (batch.length === bounds.batchMax) return batch
      if (nowMillis - ticket.sinceMillis > bounds.waitMillisMax) {
        ticket.leaveQueue()
        ticket.end(Exit.fail(waitedTooLong))
        continue
      }
      if (diverts(ticket)) continue
      weight += ticket.weight
      if (batch.length > 0 && weight > bounds.weightMax) return batch
      ticket.leaveQueue()
      batch.push(ticket)
    }
  }
  return batch
}
