/**
 * Documents, each parsed and validated once while it is among those that came lately. What cannot be
 * read, and what is too large, is not kept.
 */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
  valueFromASTUntyped
} from "graphql"
import { commandsIn } from "./commandsIn.ts"
import { type Limits, type Measured, measurer, overLimit, tooMuch } from "./Limits.ts"

/** A document that can be executed. */
export interface Prepared {
  readonly document: DocumentNode
  /** The operation of a name, or the only one. */
  readonly operationOf: (name: string | undefined) => OperationDefinitionNode | undefined
  readonly measure: (
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>
  ) => Measured
  /** How many commands a mutation executes. */
  readonly commandsOf: (operation: OperationDefinitionNode) => number
}

/** A document, or what is wrong with it. */
export type Read = Prepared | { readonly errors: ReadonlyArray<GraphQLError> }

/** Documents that are kept, and how long one may be to be kept. */
const keptMax = 1_000
const keptLengthMax = 16_384

const errorsMax = 10

const refuse = (...errors: ReadonlyArray<GraphQLError>): Read => ({ errors })

/** The variables with the defaults of those that are left out, as they are executed with. */
const withDefaults = (
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> => {
  const defaults = variableDefinitions.flatMap(({ defaultValue, variable }) =>
    defaultValue === undefined || variables[variable.name.value] !== undefined
      ? []
      : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const]
  )
  return defaults.length === 0 ? variables : { ...variables, ...Object.fromEntries(defaults) }
}

/** Measures once what no variable changes. */
const keeping = (measure: Prepared["measure"]): Prepared["measure"] => {
  const known = new WeakMap<OperationDefinitionNode, Measured>()
  return (operation, variables) => {
    if ((operation.variableDefinitions?.length ?? 0) > 0) {
      return measure(operation, withDefaults(operation, variables))
    }
    const found = known.get(operation) ?? measure(operation, variables)
    known.set(operation, found)
    return found
  }
}

/** An error without the names of the schema that graphql-js guesses were meant. */
const unguessed = (error: GraphQLError): GraphQLError => {
  const message = error.message.replace(/ Did you mean .*$/s, "")
  const { nodes = null } = error
  return message === error.message ? error : new GraphQLError(message, { nodes })
}

/** How a document is read. */
export interface DocumentsOptions {
  readonly limits: Limits
  readonly introspection: boolean
}

/** Reads documents of one schema. */
export const makeDocuments = (
  schema: GraphQLSchema,
  { introspection, limits }: DocumentsOptions
): ((query: string) => Read) => {
  const rules = introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  const kept = new Map<string, Prepared>()

  const parsed = (query: string): DocumentNode | GraphQLError => {
    try {
      return parse(query, { maxTokens: limits.tokens, noLocation: false })
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      // There is no other way to know it: the parser has one kind of error.
      return error.message.includes("tokens")
        ? overLimit("tokens", limits.tokens + 1, limits.tokens)
        : error
    }
  }

  const prepare = (query: string): Read => {
    if (query.length > limits.characters) {
      return refuse(overLimit("characters", query.length, limits.characters))
    }
    const document = parsed(query)
    if (document instanceof GraphQLError) return refuse(document)
    const measure = measurer(schema, document)
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue
      const over = tooMuch(measure(definition, {}), limits)
      if (over !== undefined) return refuse(over)
    }
    const errors = validate(schema, document, rules, { maxErrors: errorsMax })
    if (errors.length > 0) return refuse(...(introspection ? errors : errors.map(unguessed)))
    return {
      document,
      measure: keeping(measure),
      commandsOf: (operation) => commandsIn(document, operation),
      operationOf: (name) => getOperationAST(document, name) ?? undefined
    }
  }

  return (query) => {
    const known = kept.get(query)
    if (known !== undefined) {
      // The one that was used last is the last to go.
      kept.delete(query)
      kept.set(query, known)
      return known
    }
    const read = prepare(query)
    if ("errors" in read || query.length > keptLengthMax) return read
    const [oldest] = kept.keys()
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
    kept.set(query, read)
    return read
  }
}
