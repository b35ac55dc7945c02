/** What the trees of Effect schemas hold, as far as GraphQL types are read off them. Pure. */
import type * as SchemaAST from "effect/SchemaAST"

/** A schema as a tree. */
export type Ast = SchemaAST.AST

/** Several of them. */
export type Members = ReadonlyArray<Ast>

/** A struct. */
export type Struct = Extract<Ast, { readonly _tag: "Objects" }>

/** A literal. */
export type Literal = Extract<Ast, { readonly _tag: "Literal" }>

const annotationsOf = (ast: Ast): Readonly<Record<string, unknown>> =>
  (ast.checks?.at(-1)?.annotations ?? ast.annotations ?? {}) as Readonly<Record<string, unknown>>

/** The name that a schema was given. */
export const identifierOf = (ast: Ast): string | undefined =>
  (annotationsOf(ast)["identifier"] ?? ast.annotations?.["identifier"]) as string | undefined

/** What a schema says about itself. */
export const descriptionOf = (ast: Ast | undefined): string | undefined => {
  const description = ast && annotationsOf(ast)["description"]
  return typeof description === "string" ? description : undefined
}

/** Whether a text with such a name is an id. Those of other systems are plain text. */
export const isId = (name: string): boolean => name.endsWith("Id") && !name.endsWith("ExternalId")

/** Whether a number is whole. */
export const isWhole = (ast: Ast): boolean =>
  ast.checks?.some((check) => {
    const { representation } = (check.annotations ?? {}) as { representation?: { id?: string } }
    return representation?.id === "effect/schema/isInt"
  }) ?? false

/** The values of literals, each once. */
export const valuesOf = (literals: ReadonlyArray<Literal>): ReadonlySet<string> =>
  new Set(literals.map(({ literal }) => String(literal)))

/** The members, if all of them are of one kind. */
export const allOf = <Tag extends Ast["_tag"]>(
  members: Members,
  tag: Tag
): ReadonlyArray<Extract<Ast, { readonly _tag: Tag }>> | undefined =>
  members.every(({ _tag }) => _tag === tag)
    ? (members as ReadonlyArray<Extract<Ast, { readonly _tag: Tag }>>)
    : undefined

/** The members of a union that say something, those of inner unions too. */
export const membersOf = (ast: Ast): Members =>
  ast._tag === "Union"
    ? ast.types.flatMap(membersOf)
    : ast._tag === "Null" || ast._tag === "Undefined"
      ? []
      : [ast]

/** Those members that a caller may write: what only a reader makes is decoded of something else. */
export const readMembersOf = (ast: Ast): Members => {
  const members = membersOf(ast)
  return members.length > 1 ? members.filter(({ encoding }) => encoding === undefined) : members
}

/** Whether null, or nothing, is a value of it. */
export const mayBeNull = (ast: Ast): boolean =>
  ast._tag === "Null" ||
  ast._tag === "Undefined" ||
  (ast._tag === "Union" && ast.types.some(mayBeNull))

/** The `_tag` of a struct. */
export const tagOf = (struct: Struct): string | undefined => {
  const tag = struct.propertySignatures.find(({ name }) => name === "_tag")?.type
  return tag?._tag === "Literal" ? String(tag.literal) : undefined
}

/** Whether a struct is an amount of money. */
export const isMoney = ({ propertySignatures }: Struct): boolean =>
  propertySignatures
    .map(({ name }) => String(name))
    .sort()
    .join() === "amount,currency"

/** A field of a struct, or of several variants, with its schema in each. */
export interface Part {
  readonly name: string
  readonly asts: Members
  readonly isAlwaysThere: boolean
}

/** The fields of a struct, or what several variants have between them. */
export const partsOf = (structs: ReadonlyArray<Struct>): ReadonlyArray<Part> => {
  const found = new Map<string, Members>()
  for (const { propertySignatures } of structs) {
    for (const { name, type } of propertySignatures) {
      found.set(String(name), [...(found.get(String(name)) ?? []), type])
    }
  }
  return [...found].map(([name, asts]) => ({
    name,
    asts,
    isAlwaysThere:
      asts.length === structs.length &&
      asts.every((ast) => ast.context?.isOptional !== true && !mayBeNull(ast))
  }))
}
