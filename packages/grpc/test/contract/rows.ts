/** Every operation that has a method of its own, with the messages of the method. */
import type { DescMessage } from "@bufbuild/protobuf"
import { operations as catalog } from "@holdfast/core/catalog"
import { operations as inventory } from "@holdfast/core/inventory"
import type * as Schema from "effect/Schema"
import { rpcOf } from "../../src/contract/rpcs.ts"
import { services } from "../../src/contract/services.ts"
import { elsewhere } from "../../src/serving/contextHandlers.ts"

/** An operation and its method. */
export interface OperationMethod {
  readonly name: string
  readonly rpc: string
  readonly input: Schema.Codec<unknown, unknown>
  readonly answer: Schema.Codec<unknown, unknown>
  readonly request: DescMessage
  readonly response: DescMessage
}

const contexts = [
  { rows: inventory, service: services.inventory },
  { rows: catalog, service: services.catalog }
] as const

/** Methods that there are, and operations without one. */
export const operationMethods = contexts.flatMap(({ rows, service }) =>
  Object.entries(rows as Readonly<Record<string, { input: unknown; answer: unknown }>>)
    .filter(([name]) => !elsewhere.has(name))
    .map(([name, row]): OperationMethod => {
      const rpc = rpcOf(name, "command" in row)
      const method = service.methods.find((one) => one.name === rpc)
      if (method === undefined) throw new Error(`there is no method ${rpc} for ${name}`)
      return {
        ...{ name: `${service.name} ${rpc}`, rpc, request: method.input, response: method.output },
        ...{ input: row.input as never, answer: row.answer as never }
      }
    })
)

/** Methods of the services of contexts that no operation has. */
export const orphans = contexts.flatMap(({ service }) =>
  service.methods
    .filter((method) => !operationMethods.some(({ request }) => request === method.input))
    .map(({ name }) => name)
)
