/**
 * Refusals on the wire: each as a problem with its stable type and status, which the typed client
 * reads back into the very value that a context refused with. The schemas of a context are made from
 * its table of refusals.
 */
import { StoreError, type StoreErrorReason } from "@holdfast/core/inventory"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import {
  type Problem,
  problemContentType,
  problemType,
  type RefusalKinds,
  storeProblems,
  wireNameOf
} from "./Problem.ts"

const asProblemJson = HttpApiSchema.asJson({ contentType: problemContentType })

/** A refusal of a context, as its schema is declared. */
interface Member {
  readonly fields: { readonly _tag: { readonly schema: { readonly literal: string } } }
}

/** What the schemas of a context's refusals are made from. */
export interface RefusalTable<Refusal extends { readonly _tag: string }> {
  readonly members: ReadonlyArray<Member>
  readonly kinds: RefusalKinds
  readonly problemOf: (refusal: Refusal) => Problem
  /** The names of problems in the document that differ from those of their refusals. */
  readonly names?: { readonly [Tag in Refusal["_tag"]]?: string }
}

/** Refusals that several contexts have are one schema, and so one component of the document. */
const shared = new Map<Member, Schema.Top>()

const isOfEveryProblem = (field: string): boolean =>
  ["type", "title", "status", "detail", "instance"].includes(field)

const makeSchema = <Refusal extends { readonly _tag: string }>(
  { kinds, names, problemOf }: RefusalTable<Refusal>,
  member: Member,
  tag: Refusal["_tag"]
): Schema.Top => {
  const kind = kinds[tag]
  if (kind === undefined) throw new Error(`no problem is known for the refusal ${tag}`)
  const { slug, status, title } = kind
  const fields = Object.entries(member.fields as object as Schema.Struct.Fields).filter(
    ([field]) => field !== "_tag"
  )
  const hidden = fields.find(([field]) => isOfEveryProblem(wireNameOf(tag, field)))
  if (hidden !== undefined) throw new Error(`${tag} hides the ${hidden[0]} of its problem`)
  const wire = Schema.Struct({
    type: Schema.Literal(problemType(slug)),
    title: Schema.String,
    status: Schema.Literal(status),
    detail: Schema.optionalKey(Schema.String),
    instance: Schema.optionalKey(Schema.String),
    ...Object.fromEntries(fields.map(([field, schema]) => [wireNameOf(tag, field), schema]))
  }).annotate({ identifier: `${names?.[tag] ?? tag}Problem`, description: title })
  const refused = (members: Readonly<Record<string, unknown>>) => ({
    _tag: tag,
    ...Object.fromEntries(fields.map(([field]) => [field, members[wireNameOf(tag, field)]]))
  })
  return wire.pipe(
    Schema.decodeTo(
      Schema.toType(member as unknown as Schema.Codec<Refusal>),
      SchemaTransformation.transform({
        decode: (members) => refused(members) as unknown as Refusal,
        encode: (value) => problemOf(value) as never
      })
    ),
    HttpApiSchema.status(status),
    asProblemJson
  )
}

/** The schemas of a context's refusals: each as the error of an endpoint, made once. */
export const refusalSchemasOf = <Refusal extends { readonly _tag: string }>(
  table: RefusalTable<Refusal>
) => {
  const members = new Map(table.members.map((it) => [it.fields._tag.schema.literal, it]))
  return <Tag extends Refusal["_tag"]>(
    tag: Tag
  ): Schema.Codec<Extract<Refusal, { readonly _tag: Tag }>, unknown> => {
    const member = members.get(tag)
    if (member === undefined) throw new Error(`there is no refusal ${tag}`)
    const schema = shared.get(member) ?? makeSchema(table, member, tag)
    shared.set(member, schema)
    return schema as Schema.Codec<Extract<Refusal, { readonly _tag: Tag }>, unknown>
  }
}

const reasons = Object.keys(storeProblems) as ReadonlyArray<StoreErrorReason>

const makeStoreSchema = (status: 410 | 429 | 503, identifier: string) => {
  const slugs = reasons.filter((reason) => storeProblems[reason].status === status)
  return Schema.Struct({
    type: Schema.Literals(slugs.map((reason) => problemType(storeProblems[reason].slug))),
    title: Schema.String,
    status: Schema.Literal(status),
    detail: Schema.optionalKey(Schema.String),
    instance: Schema.optionalKey(Schema.String),
    reason: Schema.Literals(slugs)
  })
    .annotate({ identifier })
    .pipe(
      Schema.decodeTo(
        Schema.toType(StoreError),
        SchemaTransformation.transform({
          decode: ({ detail, reason, title }) =>
            new StoreError({ reason, message: detail ?? title }),
          encode: ({ message, reason }) => {
            const { slug, title } = storeProblems[reason]
            return { type: problemType(slug), title, status, detail: message, reason }
          }
        })
      ),
      HttpApiSchema.status(status),
      asProblemJson
    )
}

/**
 * The failures of a store: 429 when too many wait, 410 when the kept answer to an idempotency key
 * cannot be read, 503 otherwise. 429 and 503 come with `Retry-After`.
 */
export const storeFailures = [
  makeStoreSchema(410, "AnswerUnreadableProblem"),
  makeStoreSchema(429, "OverloadedProblem"),
  makeStoreSchema(503, "StoreUnavailableProblem")
] as const
