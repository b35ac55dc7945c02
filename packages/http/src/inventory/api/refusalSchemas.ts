/**
 * Refusals on the wire: each as a problem with its stable type and status, which the typed client
 * reads back into the very value that the inventory refused with.
 */
import {
  everyRefusalOf,
  InventoryRefusal,
  type OperationName,
  operations,
  type RefusalOf,
  type RefusalsOf,
  type RefusalTag,
  refusals,
  StoreError,
  type StoreErrorReason
} from "@holdfast/core/inventory"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import {
  problemContentType,
  problemType,
  refusalMembers,
  storeProblems,
  wireNameOf
} from "../../kit/Problem.ts"

const asProblemJson = HttpApiSchema.asJson({ contentType: problemContentType })

const makeRefusalSchema = (tag: RefusalTag): Schema.Top => {
  const refusal = InventoryRefusal.members.find(
    (member) => member.fields._tag.schema.literal === tag
  )
  if (refusal === undefined) throw new Error(`there is no refusal ${tag}`)
  const { slug, status, title } = refusals[tag]
  const fields = Object.entries(refusal.fields as Schema.Struct.Fields).filter(
    ([field]) => field !== "_tag"
  )
  const wire = Schema.Struct({
    type: Schema.Literal(problemType(slug)),
    title: Schema.String,
    status: Schema.Literal(status),
    detail: Schema.optionalKey(Schema.String),
    ...Object.fromEntries(fields.map(([field, schema]) => [wireNameOf(field), schema]))
  }).annotate({ identifier: `${tag}Problem`, description: title })
  const refused = (members: Readonly<Record<string, unknown>>) => ({
    _tag: tag,
    ...Object.fromEntries(fields.map(([field]) => [field, members[wireNameOf(field)]]))
  })
  return wire.pipe(
    Schema.decodeTo(
      Schema.toType(refusal as unknown as Schema.Codec<InventoryRefusal>),
      SchemaTransformation.transform({
        decode: (members) => refused(members) as InventoryRefusal,
        encode: (value) => refusalMembers(value) as never
      })
    ),
    HttpApiSchema.status(status),
    asProblemJson
  )
}

const made = new Map<RefusalTag, Schema.Top>()

/** Refusals as the errors of an endpoint, in the order of precedence. */
const refusalsOf = <const Tags extends ReadonlyArray<RefusalTag>>(
  ...tags: Tags
): ReadonlyArray<Schema.Codec<RefusalOf<Tags[number]>, unknown>> =>
  tags.map((tag) => {
    const schema = made.get(tag) ?? makeRefusalSchema(tag)
    made.set(tag, schema)
    return schema as Schema.Codec<RefusalOf<Tags[number]>, unknown>
  })

/** A refusal as the error of an endpoint. */
export const refusalSchemaOf = <Tag extends RefusalTag>(tag: Tag) => {
  const [schema] = refusalsOf(tag)
  if (schema === undefined) throw new Error(`there is no refusal ${tag}`)
  return schema
}

/** The problem of a refusal as it goes over the wire, for what is no answer of an endpoint. */
export const problemSchemaOf = (tag: RefusalTag) => Schema.toEncoded(refusalSchemaOf(tag))

const reasons = Object.keys(storeProblems) as ReadonlyArray<StoreErrorReason>

const makeStoreSchema = (status: 410 | 429 | 503, identifier: string) => {
  const slugs = reasons.filter((reason) => storeProblems[reason].status === status)
  return Schema.Struct({
    type: Schema.Literals(slugs.map((reason) => problemType(storeProblems[reason].slug))),
    title: Schema.String,
    status: Schema.Literal(status),
    detail: Schema.optionalKey(Schema.String),
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

/**
 * What an endpoint can fail with, from the table of operations. `without` names refusals that the
 * endpoint cannot cause.
 */
export const failuresOf = <Name extends OperationName, const Without extends RefusalTag = never>(
  name: Name,
  { without = [] }: { readonly without?: ReadonlyArray<Without> } = {}
) => {
  const all: ReadonlyArray<RefusalTag> = everyRefusalOf(name)
  const left = all.filter((tag) => !without.some((other) => other === tag))
  type Left = Exclude<RefusalsOf<Name>, Without>
  const problems = refusalsOf(...left) as ReadonlyArray<Schema.Codec<RefusalOf<Left>, unknown>>
  return [...problems, ...storeFailures]
}

/** The answer of an operation and its failures, as an endpoint has them. */
export const answersOf = <Name extends OperationName>(name: Name) => ({
  success: operations[name].answer as (typeof operations)[Name]["answer"],
  error: failuresOf(name)
})
