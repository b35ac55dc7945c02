/** The problems of followers: what was dropped, what is not there yet, and too many of them. */
import type { PositionGone, Witness } from "@holdfast/core/events"
import { refusals } from "@holdfast/core/inventory"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import {
  type ProblemAnswer,
  problemContentType,
  problemType,
  refusalMembers
} from "../kit/Problem.ts"

const kinds = {
  beyond: {
    status: 409,
    slug: "position-beyond-log",
    title: "The log has not reached this position"
  },
  crowded: { status: 503, slug: "too-many-streams", title: "Too many event streams are open" }
} as const

/** A problem of followers as a schema, with the fields that it has beside its sentence. */
export const problemSchema = <const Fields extends Schema.Struct.Fields>(
  {
    slug,
    status,
    title
  }: { readonly slug: string; readonly status: number; readonly title: string },
  identifier: string,
  fields: Fields
) =>
  Schema.Struct({
    type: Schema.Literal(problemType(slug)),
    title: Schema.String,
    status: Schema.Literal(status),
    detail: Schema.String,
    instance: Schema.optionalKey(Schema.String),
    ...fields
  })
    .annotate({ identifier, description: title })
    .pipe(HttpApiSchema.status(status), HttpApiSchema.asJson({ contentType: problemContentType }))

/** What the last message of a stream holds whose next events were dropped: always with a sentence. */
export const lastMessage = problemSchema(refusals.PositionGone, "PositionGoneProblem", {
  after: Schema.Int,
  horizon: Schema.Int
})

/** The log has not reached a position, as the error of an endpoint. */
export const beyondFailure = problemSchema(kinds.beyond, "PositionBeyondLogProblem", {
  after: Schema.Int,
  head: Schema.Int
})

/** These problems as the errors of an endpoint. */
export const streamFailures = [
  beyondFailure,
  problemSchema(kinds.crowded, "TooManyStreamsProblem", {})
] as const

const problemOf = (
  { slug, status, title }: (typeof kinds)[keyof typeof kinds],
  detail: string,
  fields: Readonly<Record<string, number>> = {}
) => ({ type: problemType(slug), title, status, detail, ...fields })

/** The next events of a follower were dropped. */
export const goneProblem = ({ after, horizon }: PositionGone): ProblemAnswer => ({
  problem: refusalMembers({ _tag: "PositionGone", after, horizon })
})

/** The log does not have the event after which a follower wants to go on. */
export const restoredProblem = ({ eventId, position }: Witness): ProblemAnswer => ({
  problem: refusalMembers({ _tag: "LogRestored", after: position, afterEventId: eventId })
})

/** A follower wants to go on from where the log has never been, as after a restore. */
export const beyondProblem = (after: number, head: number): ProblemAnswer => ({
  problem: problemOf(
    kinds.beyond,
    `The log ends at position ${head}. If you were at position ${after} before, the database was ` +
      "restored to an earlier state: read the current state, then follow the log from its end",
    { after, head }
  )
})

/** Every place for a stream is taken. */
export const crowdedProblem = (streamsMax: number): ProblemAnswer => ({
  problem: problemOf(
    kinds.crowded,
    `This server has ${streamsMax} event streams open and takes no more; try again later`
  ),
  headers: { "retry-after": "5" }
})
