/**
 * What one request may cost. It is known before the document is validated: by one walk, in which each
 * fragment is measured once, so that fragments within fragments cost nothing to refuse.
 */
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode
} from "graphql"
import { firstDefault } from "../schema/connections.ts"

/** Bounds of one request; of a batch, all its operations have them together. */
export interface Limits {
  /** How deep fields may be nested: 10. */
  readonly depth: number
  /** Fields under another name: 20. */
  readonly aliases: number
  /** Directives: 10. */
  readonly directives: number
  /** Words and signs of a document: 2,000. */
  readonly tokens: number
  /** Characters of a document: 50,000. */
  readonly characters: number
  /** Rows that could be read: 5,000. */
  readonly cost: number
  /** Operations in one request: 10. */
  readonly batch: number
}

/** The bounds unless others are given. */
export const limitsDefault: Limits = {
  depth: 10,
  aliases: 20,
  directives: 10,
  tokens: 2_000,
  characters: 50_000,
  cost: 5_000,
  batch: 10
}

/** What is measured. */
export type Measured = Pick<Limits, "depth" | "aliases" | "directives" | "cost">

/** Nothing. */
export const nothing: Measured = { depth: 0, aliases: 0, directives: 0, cost: 0 }

/** One beside the other. */
export const together = (a: Measured, b: Measured): Measured => ({
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  directives: a.directives + b.directives,
  cost: a.cost + b.cost
})

/** How many of a list that stands within a thing are counted. */
const listed = 3

type Variables = Readonly<Record<string, unknown>>

const isList = (type: GraphQLField<unknown, unknown>["type"]): boolean =>
  isNonNullType(type) ? isList(type.ofType as never) : isListType(type)

/** The number of rows that an argument names: its value, or how many values it has. */
const countOf = (field: FieldNode, name: string, variables: Variables): number => {
  const value = field.arguments?.find((it) => it.name.value === name)?.value
  // Null is the same as nothing: a page has as many items as one that does not say.
  const unsaid = name === "first" ? firstDefault : 1
  if (value === undefined) return unsaid
  if (value.kind === Kind.INT) return Number(value.value)
  if (value.kind === Kind.LIST) return value.values.length
  if (value.kind !== Kind.VARIABLE) return unsaid
  const given = variables[value.name.value]
  if (Array.isArray(given)) return given.length
  return typeof given === "number" ? given : unsaid
}

const rowsOf = (
  field: FieldNode,
  definition: GraphQLField<unknown, unknown> | undefined,
  variables: Variables
): { readonly rows: number; readonly times: number } => {
  const { rows } = (definition?.extensions["holdfast"] ?? {}) as { rows?: number | string }
  // What a page holds is counted where the page is asked for.
  if (rows === 0) return { rows: 0, times: 1 }
  const count = typeof rows === "string" ? countOf(field, rows, variables) : rows
  if (count !== undefined) {
    const safe = Number.isFinite(count) ? Math.max(1, count) : 1
    return { rows: safe, times: safe }
  }
  return { rows: 0, times: definition !== undefined && isList(definition.type) ? listed : 1 }
}

const fieldOf = (type: GraphQLNamedType | undefined, name: string) =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined

/** Measures operations of one document. */
export const measurer = (schema: GraphQLSchema, document: DocumentNode) => {
  const fragments = new Map(
    document.definitions.flatMap((it) =>
      it.kind === Kind.FRAGMENT_DEFINITION ? [[it.name.value, it] as const] : []
    )
  )
  return (operation: OperationDefinitionNode, variables: Variables): Measured => {
    const measured = new Map<string, Measured>()
    const ofFragment = (name: string): Measured => {
      const known = measured.get(name)
      if (known !== undefined) return known
      // One that leads back to itself is refused by validation.
      measured.set(name, nothing)
      const fragment = fragments.get(name)
      const type = fragment && schema.getType(fragment.typeCondition.name.value)
      const found =
        fragment === undefined
          ? nothing
          : together(of(fragment.selectionSet, type), {
              ...nothing,
              directives: fragment.directives?.length ?? 0
            })
      measured.set(name, found)
      return found
    }
    const ofSelection = (
      selection: SelectionNode,
      type: GraphQLNamedType | undefined
    ): Measured => {
      const own = { ...nothing, directives: selection.directives?.length ?? 0 }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        return together(own, ofFragment(selection.name.value))
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition } = selection
        const narrowed =
          typeCondition === undefined ? type : schema.getType(typeCondition.name.value)
        return together(own, of(selection.selectionSet, narrowed))
      }
      const definition = fieldOf(type, selection.name.value)
      const inner = of(selection.selectionSet, definition && getNamedType(definition.type))
      const { rows, times } = rowsOf(selection, definition, variables)
      // Introspection has a rule of its own for how deep it may go.
      const isMeta = selection.name.value.startsWith("__")
      return {
        depth: isMeta ? 1 : 1 + inner.depth,
        aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
        directives: own.directives + inner.directives,
        cost: rows + times * inner.cost
      }
    }
    const of = (
      set: SelectionSetNode | undefined,
      type: GraphQLNamedType | undefined
    ): Measured => {
      let sum = nothing
      for (const selection of set?.selections ?? []) {
        sum = together(sum, ofSelection(selection, type))
      }
      return sum
    }
    const root = schema.getRootType(operation.operation) ?? undefined
    return together(of(operation.selectionSet, root), {
      ...nothing,
      directives: operation.directives?.length ?? 0
    })
  }
}

/** What one request has too much of. */
export const tooMuch = (found: Measured, limits: Limits): GraphQLError | undefined => {
  const names = ["depth", "aliases", "directives", "cost"] as const
  const over = names.find((name) => found[name] > limits[name])
  return over && overLimit(over, found[over], limits[over])
}

/** Says that a request has too much of something. */
export const overLimit = (name: keyof Limits, found: number, limit: number): GraphQLError =>
  new GraphQLError(`The request has ${name} ${found}, and at most ${limit} is allowed`, {
    extensions: { code: "request-too-large", limit: name, found, max: limit }
  })
