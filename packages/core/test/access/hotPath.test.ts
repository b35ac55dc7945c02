// What a permission costs: nothing where nobody is asked, and nothing more for a service.
import { describe, expect, it } from "@effect/vitest"
import type { Principal } from "../../src/access.ts"
import { type StockRequest, scopeOf } from "../../src/inventory/batch/batchScope.ts"
import type { SkuCommand } from "../../src/inventory/messages/SkuCommand.ts"
import type { CommandId } from "../../src/kernel/Identifier.ts"
import {
  confirm,
  extend,
  line,
  nobody,
  placeOrder,
  receive,
  releaseOrder,
  reserve,
  written
} from "../inventory/decide/words.ts"

const service: Principal = {
  ...{ id: "shop", kind: "SERVICE", roles: [], scopes: ["reservations:write", "stock:write"] }
}
const boss: Principal = { id: "boss", kind: "USER", roles: ["MANAGER"] }
const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }

const scope = (command: SkuCommand, principal?: Principal) => {
  const commandId = written<CommandId>("cmd")
  const origin = { commandId, correlationId: null, traceparent: null, actor: null }
  const request: StockRequest = { command, key: null, origin, ...(principal && { principal }) }
  return scopeOf("batch", [request])
}

const commands = [
  reserve("o", line("tea", 1)),
  placeOrder("o", line("tea", 1)),
  receive("tea", 1),
  extend(nobody),
  confirm(nobody),
  releaseOrder("o")
]

describe("S9 what a batch touches", () => {
  it("is for a service what it is for a host, command for command", () => {
    for (const command of commands) {
      const trusted = scope(command)
      expect(scope(command, service)).toEqual(trusted)
      expect([trusted.ownersOf, trusted.ownersOfHolds]).toEqual([[], []])
    }
    expect(scope(reserve("o", line("tea", 1)), service).lockedOrderIds).toEqual([])
  })

  it("is for a person who reserves the order too, locked, and whose it is", () => {
    for (const person of [ann, boss]) {
      expect(scope(reserve("o", line("tea", 1)), person)).toEqual({
        ...scope(reserve("o", line("tea", 1))),
        lockedOrderIds: ["o"],
        ownersOf: ["o"]
      })
    }
  })

  it("is for a USER whose the order is, also of a hold; and for a MANAGER nothing more", () => {
    expect(scope(extend(nobody), ann).ownersOfHolds).toEqual([nobody.id])
    expect(scope(releaseOrder("o"), ann).ownersOf).toEqual(["o"])
    for (const command of commands.slice(2)) {
      expect(scope(command, boss)).toEqual(scope(command))
    }
  })
})
