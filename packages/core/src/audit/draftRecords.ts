/**
 * The records of a batch: one for each command that has events. They are made of what was decided,
 * before anything is written, and go into the statement that writes the events.
 */
import type { DomainEvent, Origin } from "../kernel/DomainEvent.ts"
import type { AuditDraft } from "./AuditRecord.ts"
import type { Asking } from "./asking.ts"

/** A request as a record sees it. */
export interface RecordedRequest {
  readonly command: { readonly _tag: string }
  readonly origin: Origin
  readonly asking?: Asking | undefined
}

type AnyEvent = DomainEvent<string, unknown>

/** What a record says of its operation, where a context knows more than the engine. */
export interface RecordRules {
  /** What an event is about beside its aggregate, as `TYPE:id`. */
  readonly moreTargets?: ((event: AnyEvent) => string | undefined) | undefined
  /** The name of a round that goes before the command, and expires what is in its way. */
  readonly roundBefore?: string | undefined
}

/** What each command of a batch was about: a few things, so that lists are quicker than sets. */
const targetsOf = (events: ReadonlyArray<AnyEvent>, { moreTargets }: RecordRules) => {
  const targets = new Map<string, Array<string>>()
  const seen = new Map<string, Set<string>>()
  for (const event of events) {
    const { commandId } = event
    const own = targets.get(commandId) ?? []
    if (own.length === 0) targets.set(commandId, own)
    const add = (target: string) => {
      if (own.length < fewTargets) {
        if (!own.includes(target)) own.push(target)
        return
      }
      const all = seen.get(commandId) ?? new Set(own)
      if (all.has(target)) return
      seen.set(commandId, all.add(target))
      own.push(target)
    }
    add(`${event.aggregateType}:${event.aggregateId}`)
    const more = moreTargets?.(event)
    if (more !== undefined) add(more)
  }
  return targets
}

/** Up to how many targets are compared one by one. */
const fewTargets = 16

/** The records of a batch of requests that ended in these ways. */
export const draftRecords = (
  requests: ReadonlyArray<RecordedRequest>,
  outcomes: ReadonlyArray<{ readonly _tag: string }>,
  events: ReadonlyArray<AnyEvent>,
  rules: RecordRules
): ReadonlyArray<AuditDraft> => {
  if (events.length === 0 || requests.every(({ asking }) => asking === undefined)) return []
  const targets = targetsOf(events, rules)
  return requests.flatMap(({ asking, command, origin }, index): ReadonlyArray<AuditDraft> => {
    const own = targets.get(origin.commandId)
    if (asking === undefined || own === undefined) return []
    const { actor, commandId, correlationId } = origin
    const { keyDigest, principal } = asking
    const record = { principal, actor, commandId, correlationId, targets: own }
    // The command goes once more, and its own record is yet to come.
    return outcomes[index]?._tag === "Again"
      ? [
          {
            ...record,
            auditId: commandId,
            operation: rules.roundBefore ?? command._tag,
            keyDigest: null,
            sender: null
          }
        ]
      : [
          {
            ...record,
            auditId: asking.auditId ?? commandId,
            operation: command._tag,
            keyDigest,
            sender: asking.sender
          }
        ]
  })
}
