/**
 * Input that cannot be read: every bad field by its path, each with what it must be. When a caller
 * gets this, nothing was looked up and nothing was written.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/** One bad field: its path from the root of the input, and what is wrong with it. */
export const FieldIssue = Schema.Struct({ path: Schema.String, message: Schema.String })
export interface FieldIssue extends Schema.Schema.Type<typeof FieldIssue> {}

/** The input breaks a bound or lacks a field; `issues` names every one of them. */
export const InvalidInput = Schema.TaggedStruct("InvalidInput", {
  issues: Schema.Array(FieldIssue)
})
export interface InvalidInput extends Schema.Schema.Type<typeof InvalidInput> {}

const kinds: Readonly<Record<string, string>> = {
  String: "text",
  Number: "a number",
  Boolean: "true or false",
  Arrays: "a list",
  Objects: "an object"
}

/** The message for an unknown field. It lists the known ones, so that a misspelling shows. */
export const unknownField = (known: ReadonlyArray<string>): string =>
  `is not a field of this request, which has ${known.length === 0 ? "none" : known.join(", ")}`

const fieldsOf = (ast: SchemaIssue.UnexpectedKey["ast"]): ReadonlyArray<string> =>
  ast._tag === "Objects"
    ? ast.propertySignatures.map(({ name }) => String(name)).filter((name) => name !== "_tag")
    : []

/** What is wrong with one field, in words for a person who has never heard of schemas. */
const standardIssues = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    if (issue._tag === "MissingKey") return "is required"
    if (issue._tag === "UnexpectedKey") return unknownField(fieldsOf(issue.ast))
    const kind = issue._tag === "InvalidType" ? kinds[issue.ast._tag] : undefined
    return kind === undefined ? SchemaIssue.defaultLeafHook(issue) : `must be ${kind}`
  }
})

const pathOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined) =>
  (path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join(".")

/** Every bad field of a schema's issue. */
export const fieldIssues = (issue: SchemaIssue.Issue): ReadonlyArray<FieldIssue> =>
  standardIssues(issue).issues.map(({ message, path }) => ({ path: pathOf(path), message }))

/** The refusal that names every bad field of a schema's issue. */
export const fromIssue = (issue: SchemaIssue.Issue): InvalidInput => ({
  _tag: "InvalidInput",
  issues: fieldIssues(issue)
})

/**
 * A reader of untrusted input: the decoded value, or every bad field. Unknown fields are refused,
 * since a misspelt field would otherwise be a default that nobody asked for.
 */
export const reader = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })
  return (input: unknown): Result.Result<S["Type"], InvalidInput> =>
    Result.mapError(decode(input), (error) => fromIssue(error.issue))
}
