/**
 * Input that cannot be read: every bad field by its path, each with what it must be. When a caller
 * gets this, nothing was looked up and nothing was written.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import { checkWords, kindWords, leafWords } from "./schema/issueWords.ts"

/** One bad field: its path from the root of the input, and what is wrong with it. */
export const FieldIssue = Schema.Struct({ path: Schema.String, message: Schema.String })
export interface FieldIssue extends Schema.Schema.Type<typeof FieldIssue> {}

/** The input breaks a bound or lacks a field; `issues` names every one of them. */
export const InvalidInput = Schema.TaggedStruct("InvalidInput", {
  issues: Schema.Array(FieldIssue)
})
export interface InvalidInput extends Schema.Schema.Type<typeof InvalidInput> {}

/** The message for an unknown field. It lists the known ones, so that a misspelling shows. */
export const unknownField = (known: ReadonlyArray<string>): string =>
  `is not a field (there are ${known.length === 0 ? "none" : known.join(", ")})`

type Path = ReadonlyArray<PropertyKey>

/** The form of names, such as `attributes.…`. */
const formOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isTemplateLiteral(ast)
    ? [ast.parts.map((part) => (SchemaAST.isLiteral(part) ? String(part.literal) : "…")).join("")]
    : []

const fieldsOf = (ast: SchemaIssue.UnexpectedKey["ast"]): ReadonlyArray<string> =>
  ast._tag === "Objects"
    ? [
        ...ast.propertySignatures.map(({ name }) => String(name)).filter((name) => name !== "_tag"),
        ...ast.indexSignatures.flatMap(({ parameter }) => formOf(parameter))
      ]
    : []

/** What a name must be where only names of some form may stand; undefined where there are others. */
const nameMessage = ({ ast }: SchemaIssue.UnexpectedKey, name: PropertyKey | undefined) => {
  if (ast._tag !== "Objects" || ast.propertySignatures.length > 0) return undefined
  const [names] = ast.indexSignatures
  if (names === undefined) return undefined
  const read = Schema.decodeUnknownResult(Schema.make<Schema.Codec<unknown>>(names.parameter))(name)
  return Result.isFailure(read) ? fieldIssues(read.failure.issue)[0]?.message : undefined
}

const leafMessage = (issue: SchemaIssue.Leaf, path: Path): string => {
  if (issue._tag === "MissingKey") return "is required"
  if (issue._tag === "UnexpectedKey") {
    return nameMessage(issue, path.at(-1)) ?? unknownField(fieldsOf(issue.ast))
  }
  return issue._tag === "InvalidType" ? kindWords(issue) : leafWords(issue)
}

/** Every issue, with its path. The message of an outer check stands for what failed inside it. */
const found = (
  issue: SchemaIssue.Issue,
  path: Path,
  message?: string
): ReadonlyArray<FieldIssue> => {
  switch (issue._tag) {
    case "Pointer":
      return found(issue.issue, [...path, ...issue.path], message)
    case "Encoding":
      return found(issue.issue, path, message)
    case "Filter":
      return found(issue.issue, path, message ?? checkWords(issue))
    case "Composite":
      return issue.issues.flatMap((inner) => found(inner, path, message))
    case "AnyOf":
      return issue.issues.length === 0
        ? [{ path: path.map(String).join("."), message: message ?? kindWords(issue) }]
        : issue.issues.flatMap((inner) => found(inner, path, message))
    default:
      return [{ path: path.map(String).join("."), message: message ?? leafMessage(issue, path) }]
  }
}

const wholeNumber = "must be a whole number"

/** What two checks of one field say together: most often it is the last of them, which is the narrowest. */
const together = (before: string | undefined, last: string): string =>
  before === wholeNumber && last.startsWith("must be between ")
    ? `${wholeNumber} ${last.slice("must be ".length)}`
    : last

/** Every bad field of a schema's issue, once. */
export const fieldIssues = (issue: SchemaIssue.Issue): ReadonlyArray<FieldIssue> => {
  const fields = new Map<string, FieldIssue>()
  for (const { message, path } of found(issue, [])) {
    fields.set(path, { path, message: together(fields.get(path)?.message, message) })
  }
  return [...fields.values()]
}

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
