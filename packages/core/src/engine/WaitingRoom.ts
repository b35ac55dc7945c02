/**
 * Where requests wait for locks of another transaction, so that their lanes go on without them.
 * There is one group for each obstacle. A later request queues behind a group when it touches the
 * group's obstacle, or an order, a reservation or a key of a request in the group. A group is tried
 * once and then dissolves. The requests behind it go to the head of their own lanes.
 */
import { type Ticket, TicketQueue } from "./Ticket.ts"

/** What a request waits for, with a unique name. */
export interface Named {
  readonly name: string
}

/** The names under which other requests know a request. */
export interface RequestNames<Request> {
  /** What later requests must not overtake it in: its order, its reservations, its key. */
  readonly claims: (request: Request) => ReadonlyArray<string>
  /** All that it touches, by the names of obstacles and claims alike. */
  readonly touches: (request: Request) => ReadonlyArray<string>
}

/** Requests that wait for one obstacle. */
export interface Group<Request, Answer, Failure, Obstacle extends Named> {
  readonly obstacle: Obstacle
  readonly queue: TicketQueue<Request, Answer, Failure>
}

/**
 * The names of a request. A request that cannot be read has no names; it becomes a defect of its
 * own when it runs.
 */
const orNone =
  <Request>(namesOf: (request: Request) => ReadonlyArray<string>) =>
  (request: Request): ReadonlyArray<string> => {
    try {
      return namesOf(request)
    } catch {
      return []
    }
  }

/** The groups that wait. */
export class WaitingRoom<Request, Answer, Failure, Obstacle extends Named> {
  private readonly names: RequestNames<Request>
  private readonly groups = new Map<string, Group<Request, Answer, Failure, Obstacle>>()
  private readonly idle = new Set<Group<Request, Answer, Failure, Obstacle>>()
  /** The groups that have claimed a name, the first one first. */
  private readonly claimed = new Map<string, Set<Group<Request, Answer, Failure, Obstacle>>>()

  constructor(names: RequestNames<Request>) {
    this.names = { claims: orNone(names.claims), touches: orNone(names.touches) }
  }

  /** Lets a request wait for an obstacle. Returns the group when it is a new one. */
  admit(
    ticket: Ticket<Request, Answer, Failure>,
    obstacle: Obstacle
  ): Group<Request, Answer, Failure, Obstacle> | undefined {
    const known = this.groups.get(obstacle.name)
    const group = known ?? { obstacle, queue: new TicketQueue<Request, Answer, Failure>() }
    this.groups.set(obstacle.name, group)
    if (known === undefined) {
      this.claim(obstacle.name, group)
      this.idle.add(group)
    }
    this.join(ticket, group)
    return known === undefined ? group : undefined
  }

  /** Takes a request that touches a name that a group has claimed. Returns whether it did. */
  readonly diverts = (ticket: Ticket<Request, Answer, Failure>): boolean => {
    if (this.claimed.size === 0) return false
    for (const name of this.names.touches(ticket.request)) {
      const [group] = this.claimed.get(name) ?? []
      if (group === undefined) continue
      this.join(ticket, group)
      return true
    }
    return false
  }

  /** Marks a group as waiting. Returns the queues of the groups that have not begun to wait. */
  start(
    group: Group<Request, Answer, Failure, Obstacle>
  ): ReadonlyArray<TicketQueue<Request, Answer, Failure>> {
    this.idle.delete(group)
    return [...this.idle].map(({ queue }) => queue)
  }

  /** Gives up the claims of a group. The caller moves the requests that still wait in it. */
  dissolve(group: Group<Request, Answer, Failure, Obstacle>): void {
    this.groups.delete(group.obstacle.name)
    this.idle.delete(group)
    for (const [name, owners] of this.claimed) {
      owners.delete(group)
      if (owners.size === 0) this.claimed.delete(name)
    }
  }

  private join(
    ticket: Ticket<Request, Answer, Failure>,
    group: Group<Request, Answer, Failure, Obstacle>
  ): void {
    ticket.waitIn(group.queue)
    for (const name of this.names.claims(ticket.request)) this.claim(name, group)
  }

  private claim(name: string, group: Group<Request, Answer, Failure, Obstacle>): void {
    const owners = this.claimed.get(name)
    if (owners === undefined) this.claimed.set(name, new Set([group]))
    else owners.add(group)
  }
}
