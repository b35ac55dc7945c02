/**
 * One request on its way through the lanes: the queue that it waits in, and the caller who waits
 * for its answer. A caller who leaves removes its request from the queue, so a queue holds only
 * requests that somebody waits for.
 */
import * as Deferred from "effect/Deferred"
import * as Exit from "effect/Exit"
import { StoreError } from "../kernel/StoreError.ts"

/**
 * Requests that wait, in the order in which they were added, linked to one another. A `Set` in its
 * place made each collection of the young generation take a third longer: the tables that it had
 * outgrown kept requests alive that were answered.
 */
export class TicketQueue<Request, Answer, Failure> {
  size = 0
  private first: Ticket<Request, Answer, Failure> | undefined
  private last: Ticket<Request, Answer, Failure> | undefined

  /** Adds a request that waits in no queue. */
  add(ticket: Ticket<Request, Answer, Failure>): void {
    ticket.before = this.last
    if (this.last === undefined) this.first = ticket
    else this.last.after = ticket
    this.last = ticket
    this.size += 1
  }

  /** Removes a request that waits in this queue. */
  delete(ticket: Ticket<Request, Answer, Failure>): void {
    const { after, before } = ticket
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.last = before
    else after.before = before
    ticket.before = undefined
    ticket.after = undefined
    this.size -= 1
  }

  /** The requests from the first on; each may leave while it is looked at. */
  *[Symbol.iterator](): Generator<Ticket<Request, Answer, Failure>, void> {
    let ticket = this.first
    while (ticket !== undefined) {
      const { after } = ticket
      yield ticket
      ticket = after
    }
  }
}

/** A lane: the requests that go first, those that came later, and how many wait anywhere. */
export interface Lane<Request, Answer, Failure> {
  /** Requests that were under way and go again, ahead of all others. */
  readonly front: TicketQueue<Request, Answer, Failure>
  readonly queue: TicketQueue<Request, Answer, Failure>
  waiting: number
  /** The weight of those that wait. */
  weight: number
  /** Since when its batch is under way, as `steadyMillis` tells the time; undefined without one. */
  busySince: number | undefined
  /** Wakes the lane when it sleeps, and who watches over it when its batch is under way. */
  wake: () => void
}

/** A lane without a request. */
export const emptyLane = <Request, Answer, Failure>(): Lane<Request, Answer, Failure> => ({
  front: new TicketQueue(),
  queue: new TicketQueue(),
  waiting: 0,
  weight: 0,
  busySince: undefined,
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
  lane: Lane<Request, Answer, Failure>
  readonly weight: number
  /** When it was submitted, as `steadyMillis` tells the time. Its deadline counts from here to the end. */
  readonly sinceMillis: number
  readonly answer = Deferred.makeUnsafe<Answer, Failure | StoreError>()
  /** Its number in the order of arrival. */
  readonly number = ++arrivals
  /** Its neighbours in its queue; kept by the queue. */
  before: Ticket<Request, Answer, Failure> | undefined
  after: Ticket<Request, Answer, Failure> | undefined
  private queue: TicketQueue<Request, Answer, Failure> | undefined
  /** Whether its caller has left. */
  hasLeft = false

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
    this.lane.weight += this.weight
    queue.add(this)
  }

  /** Leaves its queue. */
  leaveQueue(): void {
    if (this.queue === undefined) return
    this.queue.delete(this)
    this.queue = undefined
    this.lane.waiting -= 1
    this.lane.weight -= this.weight
  }

  /** Waits at the end of a queue of another lane, which becomes its own. */
  moveTo(lane: Lane<Request, Answer, Failure>, queue: TicketQueue<Request, Answer, Failure>): void {
    this.leaveQueue()
    this.lane = lane
    this.waitIn(queue)
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

/** Requests of queues in the order of their arrival, also when some of them ran before. */
export const byArrival = <Request, Answer, Failure>(
  ...queues: ReadonlyArray<TicketQueue<Request, Answer, Failure>>
): ReadonlyArray<Ticket<Request, Answer, Failure>> =>
  queues.flatMap((queue) => [...queue]).sort((a, b) => a.number - b.number)

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
  const late: Array<Ticket<Request, Answer, Failure>> = []
  let weight = 0
  taking: for (const queue of queues) {
    for (const ticket of queue) {
      if (batch.length === bounds.batchMax) break taking
      if (nowMillis - ticket.sinceMillis > bounds.waitMillisMax) {
        ticket.leaveQueue()
        late.push(ticket)
        continue
      }
      if (diverts(ticket)) continue
      weight += ticket.weight
      if (batch.length > 0 && weight > bounds.weightMax) break taking
      ticket.leaveQueue()
      batch.push(ticket)
    }
  }
  if (late.length === 0) return batch
  // A caller goes on at once when it is answered, and may withdraw its other requests.
  for (const ticket of late) ticket.end(Exit.fail(waitedTooLong))
  return batch.filter((ticket) => !ticket.hasLeft)
}
