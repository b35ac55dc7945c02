/**
 * GraphQL types read off the Effect schemas of core, which the engine and REST decode with too: no
 * field is said twice. A type has the `identifier` of its schema, or else a name of its parent and its
 * field. Variants of one thing, such as the states of a reservation, are one type, in which a field
 * may be null that not all of them have.
 */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  type GraphQLType,
  GraphQLUnionType
} from "graphql"
import { enumName, pascal, singular } from "./names.ts"
import { Instant, Json, Money, Units } from "./scalars.ts"

type Ast = SchemaAST.AST
type Fields = Readonly<Record<string, { readonly type: GraphQLType; readonly description?: string }>>
type Extend = (name: string) => Readonly<Record<string, unknown>>

/** The types of one GraphQL schema. */
export interface Types {
  /** The type of a value that leaves; it may not be null. */
  readonly output: (schema: Schema.Top, name: string) => GraphQLOutputType
  /** The type of a value that a caller gives; it may not be null. */
  readonly input: (schema: Schema.Top, name: string) => GraphQLInputType
  /** The fields of a struct that leave. */
  readonly fields: (schema: Schema.Top, name: string) => Fields
  /** The fields of a struct as arguments, without some of them. */
  readonly args: (
    schema: Schema.Top,
    name: string,
    without?: ReadonlyArray<string>
  ) => Readonly<Record<string, { readonly type: GraphQLInputType }>>
}

/** What the types are made with. */
export interface TypesOptions {
  /** What a `_tag` is in GraphQL: an object type of its own. */
  readonly typeOfTag: (tag: string) => GraphQLObjectType
  /** Whether a `_tag` has such a type; variants with other tags are one type, with a `kind`. */
  readonly isTagOfType: (tag: string) => boolean
  /** The fields that a type has beside those of its schema, or in their place. */
  readonly extend: Extend
  /** Names in the place of others; two schemas of one name are one type, that of `shapes`. */
  readonly renamed: Readonly<Record<string, string>>
  /** The schema of a type that leaves, where several have its name. */
  readonly shapes: Readonly<Record<string, Schema.Top>>
}

const annotationsOf = (ast: Ast): Readonly<Record<string, unknown>> =>
  (ast.checks?.at(-1)?.annotations ?? ast.annotations ?? {}) as Readonly<Record<string, unknown>>

const identifierOf = (ast: Ast): string | undefined =>
  (annotationsOf(ast)["identifier"] ?? ast.annotations?.["identifier"]) as string | undefined

/** Whether a text with such a name is an id. Those of other systems are plain text. */
const isId = (name: string): boolean => name.endsWith("Id") && !name.endsWith("ExternalId")

const isWhole = (ast: Ast): boolean =>
  ast.checks?.some((check) => {
    const { representation } = (check.annotations ?? {}) as { representation?: { id?: string } }
    return representation?.id === "effect/schema/isInt"
  }) ?? false

const valuesOf = (literals: ReadonlyArray<Literal>): ReadonlySet<string> =>
  new Set(literals.map(({ literal }) => String(literal)))

type Members = ReadonlyArray<Ast>
type Struct = Extract<Ast, { readonly _tag: "Objects" }>
type Literal = Extract<Ast, { readonly _tag: "Literal" }>

/** The members, if all of them are of one kind. */
const allOf = <Tag extends Ast["_tag"]>(
  members: Members,
  tag: Tag
): ReadonlyArray<Extract<Ast, { readonly _tag: Tag }>> | undefined =>
  members.every(({ _tag }) => _tag === tag)
    ? (members as ReadonlyArray<Extract<Ast, { readonly _tag: Tag }>>)
    : undefined

/** The members of a union that say something, those of inner unions too. */
const membersOf = (ast: Ast): Members =>
  ast._tag === "Union"
    ? ast.types.flatMap(membersOf)
    : ast._tag === "Null" || ast._tag === "Undefined"
      ? []
      : [ast]

/** Those members that a caller may write: what only a reader makes is decoded of something else. */
const readMembersOf = (ast: Ast): Members => {
  const members = membersOf(ast)
  return members.length > 1 ? members.filter(({ encoding }) => encoding === undefined) : members
}

const mayBeNull = (ast: Ast): boolean =>
  ast._tag === "Null" || ast._tag === "Undefined" || (ast._tag === "Union" && ast.types.some(mayBeNull))

const tagOf = (struct: Struct): string | undefined => {
  const tag = struct.propertySignatures.find(({ name }) => name === "_tag")?.type
  return tag?._tag === "Literal" ? String(tag.literal) : undefined
}

const isMoney = ({ propertySignatures }: Struct): boolean =>
  propertySignatures.map(({ name }) => String(name)).sort().join() === "amount,currency"

const unwrapped = (type: GraphQLType): GraphQLType =>
  type instanceof GraphQLNonNull ? (type.ofType as GraphQLType) : type

/** A struct, or what the structs of several variants have between them. */
interface Part {
  readonly asts: Members
  readonly isAlwaysThere: boolean
}

const partsOf = (structs: ReadonlyArray<Struct>): ReadonlyMap<string, Part> => {
  const parts = new Map<string, Part>()
  for (const { propertySignatures } of structs) {
    for (const { name, type } of propertySignatures) {
      const asts = [...(parts.get(String(name))?.asts ?? []), type]
      parts.set(String(name), { asts, isAlwaysThere: false })
    }
  }
  for (const [name, { asts }] of parts) {
    const isAlwaysThere =
      asts.length === structs.length &&
      asts.every((ast) => ast.context?.isOptional !== true && !mayBeNull(ast))
    parts.set(name, { asts, isAlwaysThere })
  }
  return parts
}

/** The types that are read, each made once. */
export const typesOf = ({ extend, isTagOfType, renamed, shapes, typeOfTag }: TypesOptions): Types => {
  const made = new Map<string, GraphQLType>()
  const once = <T extends GraphQLType>(name: string, make: () => T): T => {
    const known = made.get(name) ?? make()
    made.set(name, known)
    return known as T
  }

  const enumOf = (literals: ReadonlyArray<Literal>, name: string) =>
    once(name, () => {
      return new GraphQLEnumType({
        name,
        values: Object.fromEntries([...valuesOf(literals)].map((value) => [enumName(value), { value }]))
      })
    })

  const sameEnumOf = (literals: ReadonlyArray<Literal>, name: string) => {
    const type = enumOf(literals, name)
    const known = type.getValues().map(({ value }) => value)
    if (known.sort().join() === [...valuesOf(literals)].sort().join()) return type
    throw new Error(`there are two enums of the name ${name}`)
  }

  const fieldsOf = (structs: ReadonlyArray<Struct>, parent: string, isInput: boolean): Fields =>
    Object.fromEntries(
      [...partsOf(structs)]
        .filter(([name]) => name !== "_tag" || (structs.length > 1 && !isInput))
        .map(([name, { asts, isAlwaysThere }]) => {
          if (name === "_tag") return ["kind", kindOf(asts, `${parent}Kind`)]
          const type = typeOf(asts, parent + pascal(name), isInput)
          const [first] = asts
          const description = first && annotationsOf(first)["description"]
          return [
            name,
            {
              type: isAlwaysThere ? new GraphQLNonNull(type) : type,
              ...(typeof description === "string" ? { description } : {})
            }
          ]
        })
    )

  const kindOf = (asts: Members, name: string) => ({
    type: new GraphQLNonNull(typeOf(asts, name, false)),
    resolve: ({ _tag }: { readonly _tag: string }) => _tag
  })

  const objectOf = (structs: ReadonlyArray<Struct>, identifier: string, isInput: boolean) => {
    if (!isInput) {
      return once(
        identifier,
        () =>
          new GraphQLObjectType({
            name: identifier,
            fields: () =>
              ({ ...fieldsOf(structs, identifier, false), ...extend(identifier) }) as never
          })
      )
    }
    const name = identifier.endsWith("Input") ? identifier : `${identifier}Input`
    return once(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          fields: () => fieldsOf(structs, identifier.replace(/Input$/, ""), true) as never
        })
    )
  }

  const structType = (structs: ReadonlyArray<Struct>, name: string, isInput: boolean) => {
    const tags = structs.flatMap((struct) => tagOf(struct) ?? [])
    if (!isInput && tags.length === structs.length && tags.every(isTagOfType)) {
      return once(
        name,
        () =>
          new GraphQLUnionType({
            name,
            types: () => [...new Set(tags)].map(typeOfTag),
            resolveType: ({ _tag }: { readonly _tag: string }) => _tag
          })
      )
    }
    return objectOf(structs, name, isInput)
  }

  /** A type that may be null, of a value that is one of these. */
  const typeOf = (asts: Members, name: string, isInput: boolean): GraphQLType => {
    const [identifier, ...others] = new Set(asts.map(identifierOf))
    const members = asts.flatMap((ast) => (isInput ? readMembersOf(ast) : membersOf(ast)))
    const [first] = members
    if (first === undefined) throw new Error(`no GraphQL type for nothing at ${name}`)
    const own =
      (others.length === 0 ? identifier : undefined) ??
      (members.length === 1 ? identifierOf(first) : undefined) ??
      name
    const literals = allOf(members, "Literal")
    if (literals !== undefined) return sameEnumOf(literals, own)
    const structs = allOf(members, "Objects")
    if (structs !== undefined) {
      if (structs.some(({ indexSignatures }) => indexSignatures.length > 0)) return Json
      if (structs.every(isMoney)) return Money
      const named = renamed[own] ?? own
      const shape = isInput ? undefined : shapes[named]
      return structType(shape === undefined ? structs : structsOf(shape), named, isInput)
    }
    const lists = allOf(members, "Arrays")
    if (lists !== undefined) {
      const items = lists.flatMap(({ rest }) => rest)
      const inner = typeOf(items, singular(name), isInput)
      return new GraphQLList(items.some(mayBeNull) ? inner : new GraphQLNonNull(inner))
    }
    const types = new Set(members.map((member) => leafOf(member, own, isInput)))
    const [type = Json] = types
    return types.size === 1 ? type : Json
  }

  const leafOf = (ast: Ast, name: string, isInput: boolean): GraphQLType => {
    switch (ast._tag) {
      case "String":
        return isId(name) ? GraphQLID : GraphQLString
      case "Boolean":
        return GraphQLBoolean
      case "Number":
        return isWhole(ast) ? Units : GraphQLFloat
      case "Declaration":
        return ast.encoding === undefined ? Json : Instant
      case "Suspend":
        return typeOf([ast.thunk()], name, isInput)
      default:
        return Json
    }
  }

  const structsOf = (schema: Schema.Top): ReadonlyArray<Struct> => {
    const structs = allOf(membersOf(schema.ast), "Objects")
    if (structs === undefined) throw new Error("only structs have fields")
    return structs
  }

  return {
    output: (schema, name) => new GraphQLNonNull(typeOf([schema.ast], name, false)) as never,
    input: (schema, name) => new GraphQLNonNull(typeOf([schema.ast], name, true)) as never,
    fields: (schema, name) => fieldsOf(structsOf(schema), name, false),
    args: (schema, name, without = []) =>
      Object.fromEntries(
        Object.entries(fieldsOf(structsOf(schema), name, true)).filter(
          ([field]) => !without.includes(field)
        )
      ) as never
  }
}

/** A type that may be null. */
export const nullable = <T extends GraphQLType>(type: T): T => unwrapped(type) as T
