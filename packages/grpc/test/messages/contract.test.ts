/** The .proto files and the schemas say the same, field by field. */
import { operations as catalog } from "@holdfast/core/catalog"
import { operations as inventory } from "@holdfast/core/inventory"
import { expect, it } from "vitest"
import { answerCodec, rpcOf } from "../../src/contract/rpcs.ts"
import { services } from "../../src/contract/services.ts"
import { messageCodec } from "../../src/messages/messageCodec.ts"

it.each([
  ["inventory", inventory, services.inventory],
  ["catalog", catalog, services.catalog]
] as const)(
  "the %s has a method for each operation, whose messages have its fields",
  (_, rows, service) => {
    const faults: Array<string> = []
    const methods = new Set(service.methods.map(({ name }) => name))
    for (const [name, row] of Object.entries(rows)) {
      if (name === "events" || name === "ping") continue
      const rpc = rpcOf(name, "command" in row)
      const method = service.methods.find((one) => one.name === rpc)
      methods.delete(rpc)
      if (method === undefined) {
        faults.push(`there is no ${rpc}`)
        continue
      }
      faults.push(...messageCodec(row.input.ast, method.input).faults)
      faults.push(...answerCodec(row.answer.ast, method.output).faults)
    }
    expect(faults).toEqual([])
    expect([...methods]).toEqual([])
  }
)
