/**
 * Refusals as types, with the fields that core gives them. Each has the code that the REST API has in
 * the `type` of its problem, and what it says to a person.
 */
import {
  CatalogRefusal,
  refusals as ofCatalog,
  sentenceOf as saysCatalog
} from "@holdfast/core/catalog"
import {
  InventoryRefusal,
  isStoreError,
  refusals as ofInventory,
  type StoreError,
  sentenceOf as saysInventory
} from "@holdfast/core/inventory"
import { storeProblem } from "@holdfast/http/kit"
import type * as Schema from "effect/Schema"
import {
  GraphQLError,
  GraphQLInterfaceType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString
} from "graphql"
import type { Types } from "./typesOf.ts"

/** A refusal of either context. */
export type Refusal = InventoryRefusal | CatalogRefusal

const reported = { ...ofCatalog, ...ofInventory }

const isOfInventory = (refusal: Refusal): refusal is InventoryRefusal =>
  Object.hasOwn(ofInventory, refusal._tag)

/** The code of a refusal, as REST has it. */
export const codeOf = ({ _tag }: { readonly _tag: Refusal["_tag"] }): string => reported[_tag].slug

/** What a refusal says to a person. */
export const sentenceOf = (refusal: Refusal): string =>
  isOfInventory(refusal) ? saysInventory(refusal) : saysCatalog(refusal)

type TaggedSchema = Schema.Top & {
  readonly fields: { readonly _tag: { readonly schema: { readonly literal: string } } }
}

/** The schema of each refusal. Refusals of one name hold the same in both contexts. */
const schemas: ReadonlyMap<string, TaggedSchema> = new Map(
  [...CatalogRefusal.members, ...InventoryRefusal.members].map((member) => {
    const schema = member as unknown as TaggedSchema
    return [schema.fields._tag.schema.literal, schema]
  })
)

const text = new GraphQLNonNull(GraphQLString)

const ofAll = {
  problem: {
    type: text,
    description: "Its stable code: the last part of `type` in a problem of REST."
  },
  title: { type: text, description: "What it is, in a few words." },
  message: { type: text, description: "What it says to a person, with its fields." }
}

/** What all refusals have, so that a client may ask for it of any. */
export const RefusalInterface = new GraphQLInterfaceType({
  name: "Refusal",
  description: "What was asked is not allowed, and nothing was changed.",
  fields: ofAll,
  resolveType: ({ _tag }: Refusal) => _tag
})

/** Makes the types of refusals, each once. */
export const refusalTypesOver = (types: () => Types): ((tag: string) => GraphQLObjectType) => {
  const made = new Map<string, GraphQLObjectType>()
  return (tag) => {
    const known = made.get(tag)
    if (known !== undefined) return known
    const schema = schemas.get(tag)
    if (schema === undefined) throw new Error(`${tag} is no refusal`)
    const type = new GraphQLObjectType<Refusal>({
      name: tag,
      description: `${reported[tag as Refusal["_tag"]].title}.`,
      interfaces: [RefusalInterface],
      fields: () => ({
        ...(types().fields(schema, tag) as object),
        problem: { ...ofAll.problem, resolve: codeOf },
        title: { ...ofAll.title, resolve: ({ _tag }: Refusal) => reported[_tag].title },
        message: { ...ofAll.message, resolve: sentenceOf }
      })
    })
    made.set(tag, type)
    return type
  }
}

const ofStore = (error: StoreError): GraphQLError => {
  const { headers, problem } = storeProblem(error)
  const code = problem.type.slice(problem.type.lastIndexOf(":") + 1)
  const retryAfter = headers?.["retry-after"]
  return new GraphQLError(problem.detail ?? problem.title, {
    extensions: {
      code,
      status: problem.status,
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) })
    }
  })
}

/** A failure as an error that a caller may see: a refusal with its fields, or why a store failed. */
export const errorOf = (failure: Refusal | StoreError): GraphQLError => {
  if (isStoreError(failure)) return ofStore(failure)
  const { _tag, ...fields } = failure
  return new GraphQLError(sentenceOf(failure), {
    extensions: {
      code: codeOf(failure),
      status: reported[_tag].status,
      refusal: _tag,
      fields: JSON.parse(JSON.stringify(fields))
    }
  })
}
