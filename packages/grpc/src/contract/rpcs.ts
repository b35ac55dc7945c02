/** The method of each operation, and how its answer stands in a message. */
import type { DescMessage } from "@bufbuild/protobuf"
import { create, type Message } from "@bufbuild/protobuf"
import type * as SchemaAST from "effect/SchemaAST"
import { messageCodec, type Plain } from "../messages/messageCodec.ts"
import { fieldsOf, objectsOf } from "../messages/schemaShapes.ts"

const pascal = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

/** Questions whose names say already what is done. */
const questionVerb = /^(?:check|reconcilePart)/

/** The method of an operation: `reserve` is `Reserve`, the question `stock` is `GetStock`. */
export const rpcOf = (operation: string, isCommand: boolean): string =>
  isCommand || questionVerb.test(operation) ? pascal(operation) : `Get${pascal(operation)}`

/** How an answer is written into its message, and read from it. */
export interface AnswerCodec {
  readonly toMessage: (answer: unknown) => Message
  readonly fromMessage: (message: Message) => unknown
  readonly faults: ReadonlyArray<string>
}

/**
 * The codec of an answer. An object whose fields the message has stands in it directly. All else has a
 * field of its own, so that a message may get more fields later.
 */
export const answerCodec = (ast: SchemaAST.AST, desc: DescMessage): AnswerCodec => {
  const objects = objectsOf(ast)
  const names = new Set(desc.fields.map(({ localName }) => localName))
  const isDirect =
    objects !== undefined &&
    fieldsOf(objects).every(({ name }) => names.has(name === "_tag" ? "outcome" : name))
  if (isDirect) {
    const { codec, faults } = messageCodec(ast, desc)
    return { ...codec, toMessage: (answer) => codec.toMessage(answer as Plain), faults }
  }
  const [field] = desc.fields
  if (field === undefined) {
    const faults = ast._tag === "Void" ? [] : [`${desc.typeName} has no field for the answer`]
    return { toMessage: () => create(desc), fromMessage: () => undefined, faults }
  }
  const wrapped = {
    _tag: "Objects",
    indexSignatures: [],
    propertySignatures: [{ name: field.localName, type: ast }]
  } as unknown as SchemaAST.Objects
  const { codec, faults } = messageCodec(wrapped, desc)
  return {
    toMessage: (answer) => codec.toMessage({ [field.localName]: answer }),
    fromMessage: (message) => codec.fromMessage(message)[field.localName],
    faults
  }
}
