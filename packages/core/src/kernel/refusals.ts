/**
 * The refusals that every context has: what each holds, how it is reported, and what it says to a
 * person. A context lists them among its own, in its order of precedence.
 */
import * as Schema from "effect/Schema"
import type { InvalidInput } from "./InvalidInput.ts"

/** Nobody vouches for who asks, and the operation is not for everybody. Status 401. */
export const Unauthenticated = Schema.TaggedStruct("Unauthenticated", {
  operation: Schema.String
})
export interface Unauthenticated extends Schema.Schema.Type<typeof Unauthenticated> {}

/**
 * Who asks may not do this. `needs` are the roles and scopes of which one would do. `locationIds` are
 * the places that the principal is not bound to, if that is why. `field` is the field of the
 * request that is not for it, if that is why. Status 403.
 */
export const Forbidden = Schema.TaggedStruct("Forbidden", {
  operation: Schema.String,
  needs: Schema.Array(Schema.String),
  locationIds: Schema.Array(Schema.String),
  field: Schema.NullOr(Schema.String)
})
export interface Forbidden extends Schema.Schema.Type<typeof Forbidden> {}

/** The key was used before, with another request. Status 422. */
export const IdempotencyMismatch = Schema.TaggedStruct("IdempotencyMismatch", {
  key: Schema.String
})

/** The state is no longer the one that the request expects. Status 412. */
export const StaleExpectation = Schema.TaggedStruct("StaleExpectation", {
  field: Schema.String,
  expected: Schema.Int,
  actual: Schema.Int
})

/** The events after `after` are not all there: those up to `horizon` were dropped. Status 410. */
export const GonePosition = Schema.TaggedStruct("PositionGone", {
  after: Schema.Int,
  horizon: Schema.Int
})

/**
 * The log does not have the event `afterEventId` at the position `after`, where the reader had it: the
 * database was restored to an earlier state. Status 409.
 */
export const RestoredLog = Schema.TaggedStruct("LogRestored", {
  after: Schema.Int,
  afterEventId: Schema.String
})

/** How a refusal is reported: its HTTP status, a stable slug, and a title for people. */
export interface Reported {
  readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 412 | 422
  readonly slug: string
  readonly title: string
}

/** How the refusals that every context has are reported. */
export const sharedRefusals = {
  Unauthenticated: { status: 401, slug: "unauthenticated", title: "Nobody vouches for who asks" },
  Forbidden: { status: 403, slug: "forbidden", title: "Who asks may not do this" },
  InvalidInput: { status: 400, slug: "invalid-input", title: "The request cannot be read" },
  IdempotencyMismatch: {
    status: 422,
    slug: "idempotency-mismatch",
    title: "The idempotency key was used with another request"
  },
  StaleExpectation: {
    status: 412,
    slug: "stale-expectation",
    title: "The state is no longer the expected one"
  },
  PositionGone: { status: 410, slug: "position-gone", title: "The next events were dropped" },
  LogRestored: {
    status: 409,
    slug: "log-restored",
    title: "The log was restored to an earlier state"
  }
} as const satisfies { readonly [tag: string]: Reported }

/**
 * What any command can be refused with: who asks may not give it, it cannot be read, or another
 * command used its key.
 */
export const refusalsOfAny = [
  "Unauthenticated",
  "Forbidden",
  "InvalidInput",
  "IdempotencyMismatch"
] as const

/** What any question can be refused with: who asks may not ask it, or it cannot be read. */
export const refusalsOfQueries = ["Unauthenticated", "Forbidden", "InvalidInput"] as const

/** Items in a sentence: five of them, and how many more. */
export const listed = (items: ReadonlyArray<string>, between = ", "): string =>
  items.length <= 5
    ? items.join(between)
    : `${items.slice(0, 5).join(between)} and ${items.length - 5} more`

/** Ids in a sentence, after the word for one of them or for many. */
export const named = (one: string, many: string, ids: ReadonlyArray<string>): string =>
  `${ids.length === 1 ? one : many} ${listed(ids.map((id) => `"${id}"`))}`

/** The sentence of each refusal that any request can get, from its fields. */
export const sharedSentences = {
  Unauthenticated: ({ operation }: Pick<Unauthenticated, "operation">): string =>
    `"${operation}" is not for everybody; say who you are`,
  Forbidden: ({ field, locationIds, needs, operation }: Omit<Forbidden, "_tag">): string => {
    if (locationIds.length > 0) {
      return `you may not change anything at ${named("the location", "the locations", locationIds)}`
    }
    const needed = `it needs ${needs.join(" or ")}`
    return field === null
      ? `you may not do "${operation}": ${needed}`
      : `you may not give \`${field}\` in "${operation}": ${needed}`
  },
  InvalidInput: ({ issues }: Pick<InvalidInput, "issues">): string =>
    `the input cannot be read: ${listed(
      issues.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`)),
      "; "
    )}`,
  IdempotencyMismatch: ({ key }: { readonly key: string }): string =>
    `the idempotency key "${key}" was used with another request; use a new key for a new request`
}

/** What a refusal says that finds another state than the request expects. */
export const staleSentence = ({
  actual,
  expected,
  field
}: Omit<typeof StaleExpectation.Type, "_tag">): string =>
  `${field} is ${expected}, but it has become ${actual}; read it and decide again`

/** What the answer says when events that were asked for are not there any more. */
export const goneSentence = ({ after, horizon }: Omit<typeof GonePosition.Type, "_tag">): string =>
  `events up to position ${horizon} were dropped, and position ${after} is before that; read the ` +
  "current state, then follow the log from its head"

/** What the answer says when the log has another history than the one that was read. */
export const restoredSentence = ({
  after,
  afterEventId
}: Omit<typeof RestoredLog.Type, "_tag">): string =>
  after === 0
    ? `\`afterEventId\` is the id of the event at \`after\`, which must be its position, and not 0`
    : `at position ${after} the log does not have the event "${afterEventId}": unless the two do not belong ` +
      "together, the database was restored to an earlier state; read the current state, then follow the " +
      "log from its head"
