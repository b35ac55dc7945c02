/** What a schema asks for, in words for a person who has never heard of schemas. */
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"

const kinds: Readonly<Record<string, string>> = {
  String: "text",
  Number: "a number",
  Boolean: "true or false",
  Null: "null",
  Arrays: "a list",
  Objects: "an object"
}

/** What the library's own words leave unclear. */
const plainer: Readonly<Record<string, string>> = {
  "an integer": "a whole number",
  "a string representing a finite number": "a number"
}

const membersOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  ast._tag === "Union"
    ? ast.types.filter(({ _tag }) => _tag !== "Undefined").flatMap(membersOf)
    : [ast]

const kindOf = (ast: SchemaAST.AST): string | undefined =>
  ast._tag === "Literal" ? JSON.stringify(String(ast.literal)) : kinds[ast._tag]

/** The kinds of value that a schema reads; undefined when one of them has no name for people. */
const choiceOf = (ast: SchemaAST.AST): string | undefined => {
  const known = membersOf(ast).map((member) => kindOf(SchemaAST.toEncoded(member)))
  if (known.includes(undefined)) return undefined
  const choices = [...new Set(known)]
  return choices.length > 2 ? `one of ${choices.join(", ")}` : choices.join(" or ")
}

/** The library's words, without its name for a value of any kind. */
const plainly = (expected: string): string =>
  `must be ${plainer[expected] ?? expected}`
    .replace("be a value between", "be between")
    .replace("be a value with", "have")

/** What the value must be, of one of these kinds. */
export const kindWords = (issue: SchemaIssue.InvalidType | SchemaIssue.AnyOf): string => {
  const choice = choiceOf(issue.ast)
  if (choice !== undefined) return `must be ${choice}`
  return issue._tag === "AnyOf" ? "must be another kind of value" : leafWords(issue)
}

/** What is wrong with a value, by the words of its schema or else of the library. */
export const leafWords = (issue: SchemaIssue.Leaf): string => {
  const words = SchemaIssue.defaultLeafHook(issue)
  return words.startsWith("Expected ") ? plainly(words.slice("Expected ".length)) : words
}

const expectedBy = (annotations: Readonly<Record<string, unknown>> | undefined) =>
  annotations?.["expected"]

/** What the check of a value asks for; undefined when what failed inside the check says it. */
export const checkWords = (issue: SchemaIssue.Filter): string | undefined => {
  const words = SchemaIssue.defaultCheckHook(issue)
  if (words !== undefined || issue.issue._tag !== "InvalidValue") return words
  const expected = expectedBy(issue.issue.annotations) ?? expectedBy(issue.filter.annotations)
  return typeof expected === "string" ? plainly(expected) : undefined
}
