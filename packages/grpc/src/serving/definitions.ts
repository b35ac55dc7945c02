/** What grpc-js has to know of a method: its path, and how its messages are read and written. */
import {
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary
} from "@bufbuild/protobuf"
import type {
  MethodDefinition,
  Server,
  UntypedHandleCall,
  UntypedServiceImplementation
} from "@grpc/grpc-js"

/** Stands for bytes that are no message: grpc-js would answer them as a bug of ours. */
export const unreadable = Object.freeze({ $typeName: "" }) as Message

const codecOf = (desc: DescMessage) => ({
  serialize: (message: Message) => Buffer.from(toBinary(desc, message)),
  deserialize: (bytes: Buffer): Message => {
    try {
      return fromBinary(desc, bytes)
    } catch {
      return unreadable
    }
  }
})

/** How a method goes over the wire. */
export const definitionOf = ({
  input,
  methodKind,
  name,
  output,
  parent
}: DescMethod): MethodDefinition<Message, Message> => {
  const [request, response] = [codecOf(input), codecOf(output)]
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
    responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize
  }
}

/** Adds a service with a handler for every method; a method without one is a fault of ours. */
export const addService = (
  server: Server,
  service: DescService,
  handlers: ReadonlyMap<string, UntypedHandleCall>
): void => {
  const without = service.methods.filter(({ name }) => !handlers.has(name))
  if (without.length > 0) {
    const names = without.map(({ name }) => name).join(", ")
    throw new Error(`${service.typeName} has no handler for ${names}`)
  }
  server.addService(
    Object.fromEntries(service.methods.map((method) => [method.name, definitionOf(method)])),
    Object.fromEntries(handlers) as UntypedServiceImplementation
  )
}
