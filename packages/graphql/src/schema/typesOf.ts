/**
 * GraphQL types read off the Effect schemas of core, which the engine and REST decode with too: no
 * field is written twice. A type has the `identifier` of its schema, or else a name of its parent and its
 * field. Variants of one thing, such as the states of a reservation, are one type, in which a field
 * may be null that not all of them have.
 */
import type * as Schema from "effect/Schema"
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
import {
  type Ast,
  allOf,
  descriptionOf,
  identifierOf,
  isId,
  isMoney,
  isWhole,
  type Literal,
  type Members,
  mayBeNull,
  membersOf,
  partsOf,
  readMembersOf,
  type Struct,
  tagOf,
  valuesOf
} from "./asts.ts"
import { enumName, pascal, singular } from "./names.ts"
import { Instant, Json, Money, Units } from "./scalars.ts"

type Fields = Readonly<
  Record<string, { readonly type: GraphQLType; readonly description?: string }>
>

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
  readonly extend: (name: string) => Readonly<Record<string, unknown>>
  /** Names in the place of others; two schemas of one name are one type, that of `shapes`. */
  readonly renamed: Readonly<Record<string, string>>
  /** The schema of a type that leaves, where several have its name. */
  readonly shapes: Readonly<Record<string, Schema.Top>>
}

const structsOf = (schema: Schema.Top): ReadonlyArray<Struct> => {
  const structs = allOf(membersOf(schema.ast), "Objects")
  if (structs === undefined) throw new Error("only structs have fields")
  return structs
}

/** Makes types, each once. */
class TypeReader {
  private readonly made = new Map<string, GraphQLType>()

  private readonly options: TypesOptions

  constructor(options: TypesOptions) {
    this.options = options
  }

  private once<T extends GraphQLType>(name: string, make: () => T): T {
    const known = this.made.get(name) ?? make()
    this.made.set(name, known)
    return known as T
  }

  private enumOf(literals: ReadonlyArray<Literal>, name: string): GraphQLEnumType {
    const values = [...valuesOf(literals)]
    const type = this.once(
      name,
      () =>
        new GraphQLEnumType({
          name,
          values: Object.fromEntries(values.map((value) => [enumName(value), { value }]))
        })
    )
    const known = type.getValues().map(({ value }) => String(value))
    if (known.sort().join() === values.sort().join()) return type
    throw new Error(`there are two enums of the name ${name}`)
  }

  fieldsOf(structs: ReadonlyArray<Struct>, parent: string, isInput: boolean): Fields {
    return Object.fromEntries(
      partsOf(structs)
        .filter(({ name }) => name !== "_tag" || (structs.length > 1 && !isInput))
        .map(({ asts, isAlwaysThere, name }) => {
          if (name === "_tag") return ["kind", this.kindOf(asts, `${parent}Kind`)]
          const type = this.typeOf(asts, parent + pascal(name), isInput)
          const description = descriptionOf(asts[0])
          const field = { type: isAlwaysThere ? new GraphQLNonNull(type) : type }
          return [name, description === undefined ? field : { ...field, description }]
        })
    )
  }

  private kindOf(asts: Members, name: string) {
    return {
      type: new GraphQLNonNull(this.typeOf(asts, name, false)),
      resolve: ({ _tag }: { readonly _tag: string }) => _tag
    }
  }

  private objectOf(structs: ReadonlyArray<Struct>, name: string): GraphQLObjectType {
    return this.once(
      name,
      () =>
        new GraphQLObjectType({
          name,
          fields: () =>
            ({
              ...this.fieldsOf(structs, name, false),
              ...this.options.extend(name)
            }) as never
        })
    )
  }

  private inputOf(structs: ReadonlyArray<Struct>, identifier: string): GraphQLInputObjectType {
    const parent = identifier.replace(/Input$/, "")
    const name = `${parent}Input`
    return this.once(
      name,
      () =>
        new GraphQLInputObjectType({
          name,
          fields: () => this.fieldsOf(structs, parent, true) as never
        })
    )
  }

  private structType(structs: ReadonlyArray<Struct>, name: string): GraphQLType {
    const { isTagOfType, typeOfTag } = this.options
    const tags = new Set(structs.flatMap((struct) => tagOf(struct) ?? []))
    if (tags.size === 0 || ![...tags].every(isTagOfType)) return this.objectOf(structs, name)
    return this.once(
      name,
      () =>
        new GraphQLUnionType({
          name,
          types: () => [...tags].map(typeOfTag),
          resolveType: ({ _tag }: { readonly _tag: string }) => _tag
        })
    )
  }

  private ofStructs(structs: ReadonlyArray<Struct>, own: string, isInput: boolean): GraphQLType {
    if (structs.some(({ indexSignatures }) => indexSignatures.length > 0)) return Json
    if (structs.every(isMoney)) return Money
    const name = this.options.renamed[own] ?? own
    if (isInput) return this.inputOf(structs, name)
    const shape = this.options.shapes[name]
    return this.structType(shape === undefined ? structs : structsOf(shape), name)
  }

  /** A type that may be null, of a value that is one of these. */
  typeOf(asts: Members, name: string, isInput: boolean): GraphQLType {
    const [identifier, ...others] = new Set(asts.map(identifierOf))
    const members = asts.flatMap((ast) => (isInput ? readMembersOf(ast) : membersOf(ast)))
    const [first] = members
    if (first === undefined) throw new Error(`no GraphQL type for nothing at ${name}`)
    const own =
      (others.length === 0 ? identifier : undefined) ??
      (members.length === 1 ? identifierOf(first) : undefined) ??
      name
    const literals = allOf(members, "Literal")
    if (literals !== undefined) return this.enumOf(literals, own)
    const structs = allOf(members, "Objects")
    if (structs !== undefined) return this.ofStructs(structs, own, isInput)
    const lists = allOf(members, "Arrays")
    if (lists !== undefined) {
      const items = lists.flatMap(({ rest }) => rest)
      const inner = this.typeOf(items, singular(name), isInput)
      return new GraphQLList(items.some(mayBeNull) ? inner : new GraphQLNonNull(inner))
    }
    const [type = Json, ...more] = new Set(
      members.map((member) => this.leafOf(member, own, isInput))
    )
    return more.length === 0 ? type : Json
  }

  private leafOf(ast: Ast, name: string, isInput: boolean): GraphQLType {
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
        return this.typeOf([ast.thunk()], name, isInput)
      default:
        return Json
    }
  }
}

/** The types that are read, each made once. */
export const typesOf = (options: TypesOptions): Types => {
  const reader = new TypeReader(options)
  return {
    output: ({ ast }, name) => new GraphQLNonNull(reader.typeOf([ast], name, false)) as never,
    input: ({ ast }, name) => new GraphQLNonNull(reader.typeOf([ast], name, true)) as never,
    fields: (schema, name) => reader.fieldsOf(structsOf(schema), name, false),
    args: (schema, name, without = []) =>
      Object.fromEntries(
        Object.entries(reader.fieldsOf(structsOf(schema), name, true)).filter(
          ([field]) => !without.includes(field)
        )
      ) as never
  }
}

/** A type that may be null. */
export const nullable = <T extends GraphQLType>(type: T): T =>
  (type instanceof GraphQLNonNull ? type.ofType : type) as T
