/** What a schema holds, as far as a message has to know it. */
import type * as SchemaAST from "effect/SchemaAST"

type AST = SchemaAST.AST

/** A field of an object, or of a union of objects: all that may stand in it. */
export interface ShapeField {
  readonly name: string
  readonly types: ReadonlyArray<AST>
  readonly mayBeLeftOut: boolean
  readonly mayBeNull: boolean
}

const isNothing = ({ _tag }: AST): boolean => _tag === "Null" || _tag === "Undefined"

/** A suspended schema, such as that of a tree, is what it gives. */
const awake = (ast: AST): AST => (ast._tag === "Suspend" ? awake(ast.thunk()) : ast)

/** The members of a union within a union too, without null. */
export const membersOf = (ast: AST): ReadonlyArray<AST> => {
  const found = awake(ast)
  return (found._tag === "Union" ? found.types.flatMap(membersOf) : [found]).filter(
    (member) => !isNothing(member)
  )
}

/** Whether null may stand there. */
export const mayBeNull = (ast: AST): boolean => {
  const found = awake(ast)
  return found._tag === "Null" || (found._tag === "Union" && found.types.some(mayBeNull))
}

/** The objects of a schema, when it is nothing but objects with named fields. */
export const objectsOf = (ast: AST): ReadonlyArray<SchemaAST.Objects> | undefined => {
  const members = membersOf(ast)
  const objects = members.flatMap((member) =>
    member._tag === "Objects" && member.indexSignatures.length === 0 ? [member] : []
  )
  return objects.length > 0 && objects.length === members.length ? objects : undefined
}

/** The fields of objects, put together: one that only some have may be left out. */
export const fieldsOf = (objects: ReadonlyArray<SchemaAST.Objects>): ReadonlyArray<ShapeField> => {
  const byName = new Map<string, Array<SchemaAST.PropertySignature>>()
  for (const { propertySignatures } of objects) {
    for (const property of propertySignatures) {
      const name = String(property.name)
      const found = byName.get(name)
      if (found === undefined) byName.set(name, [property])
      else found.push(property)
    }
  }
  return [...byName].map(([name, properties]) => ({
    name,
    types: properties.flatMap(({ type }) => membersOf(type)),
    mayBeLeftOut:
      properties.length < objects.length ||
      properties.some(({ type }) => type.context?.isOptional === true),
    mayBeNull: properties.some(({ type }) => mayBeNull(type))
  }))
}

/** The words of literals; undefined when there is something else among them. */
export const wordsOf = (types: ReadonlyArray<AST>): ReadonlyArray<string> | undefined => {
  const words = types.flatMap((type) =>
    type._tag === "Literal" && typeof type.literal === "string" ? [type.literal] : []
  )
  return words.length === types.length ? [...new Set(words)] : undefined
}
