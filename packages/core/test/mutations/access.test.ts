// The contract of owners can fail: the test that is about a permission catches a core that drops the
// check behind it.
import { describe, it } from "@effect/vitest"
import { copied, type Mutation, tried } from "./mutants.ts"

const permitting = "batch/permitting.ts"
const permitted = "../engine/methods/permitted.ts"

/** Checks that a core may drop, and the test of the contract that catches it. */
const mutations: ReadonlyArray<Mutation> = [
  {
    drops: "whose order a command is about",
    file: permitting,
    code: "if (operation.permission.isOwn !== true) return undefined",
    becomes: "return undefined",
    caught: /S9 answers another's order as one that is not there, in every command/
  },
  {
    drops: "whose order a question is about",
    file: "services/ownReads.ts",
    code: "owner?.ownerId === id ? read",
    becomes: "owner !== undefined ? read",
    caught: /S9 answers another's order as one that is not there, in every question/
  },
  {
    drops: "the owner of a hold that is asked for by its id",
    file: "services/ownReads.ts",
    code: "Effect.flatMap(reads.reservations(reservationIds), owned)",
    becomes: "reads.reservations(reservationIds)",
    caught: /S9 answers another's order as one that is not there, in every question/
  },
  {
    drops: "the person who makes the first hold",
    file: "services/Inventory.ts",
    code: "command: { ownerId: principal.id, ...command }",
    becomes: "command",
    caught: /S9 gives an order to the person who made its first hold/
  },
  {
    drops: "the owner whom an order has already",
    file: "decide/reserve.ts",
    code: "known === undefined || known === null ? named : (known.ownerId ?? undefined)",
    becomes: "named",
    caught: /S9 gives an order to the person who made its first hold/
  },
  {
    drops: "the owner that other requests of the batch made",
    file: "decide/OpenBook.ts",
    code: "let here: { readonly ownerId: null } | null = null",
    becomes: "let here: { readonly ownerId: null } | null = null\n    return here",
    caught: /S9 lets one of many win who make the first hold of an order at one instant/
  },
  {
    drops: "the order that is nobody's",
    file: "../access/authorize.ts",
    code: "ownerId !== undefined && ownerId !== principal.id",
    becomes: "typeof ownerId === 'string' && ownerId !== principal.id",
    caught: /S9 leaves the orders of a host and of a service to nobody/
  },
  {
    drops: "the permission that is asked before a kept answer is given",
    file: "../engine/foldRequests.ts",
    code: "if (objection !== undefined) return",
    becomes: "if (objection !== undefined && (key === null || !known.has(nameOfKey(key)))) return",
    caught: /S9 refuses who may not ask before a kept answer is given/
  },
  {
    drops: "the kind of a principal from its keys",
    file: "../engine/commandService.ts",
    code: "const caller = principalName(principal)",
    becomes: "const caller = principal.id",
    caught: /S9 refuses who may not ask before a kept answer is given, and keeps keys apart/
  },
  {
    drops: "what is paid for",
    file: permitting,
    code: 'return book.reservation(command.reservationId)?.status === "CONFIRMED"',
    becomes: "return false",
    caught: /S9 keeps what is paid for from its buyer/
  },
  {
    drops: "the owner of a hold that is taken again",
    file: "decide/holds.ts",
    code: "placeLine(draft, hold, { ...line, locationId }, null, bundle, id) ??",
    becomes:
      "placeLine(draft, { orderId: hold.orderId }, { ...line, locationId }, null, bundle, id) ??",
    caught: /S9 carries the owner to the holds that take the place of others/
  },
  {
    drops: "the owner of an order that was rejected",
    file: "../memory/inventory/MemoryTables.ts",
    code: "owned?.ownerId ?? placed?.ownerId ?? null",
    becomes: "owned?.ownerId ?? null",
    caught: /S9 carries the owner to the holds that take the place of others/
  },
  {
    drops: "the places of a decision",
    file: permitting,
    code: "if (principal === undefined) return undefined\n  const outside",
    becomes: "return undefined\n  const outside",
    caught: /S9 lets a manager who is bound to places change stock there alone/
  },
  {
    drops: "the name of another actor",
    file: permitted,
    code: 'typeof actor === "string" && actor !== id',
    becomes: "false",
    caught: /S9 writes down who acts, and refuses another name for them/
  },
  {
    drops: "the principal as the actor",
    file: "../engine/commandService.ts",
    code: "actor: principal?.id ?? about.actor ?? null",
    becomes: "actor: about.actor ?? null",
    caught: /S9 writes down who acts, and refuses another name for them/
  }
]

/** The same for guests, and for how what is theirs becomes a person's. */
const guestMutations: ReadonlyArray<Mutation> = [
  {
    drops: "what of guests is their own",
    file: "../access/authorize.ts",
    code: 'roleOf(principal) === "USER" || isGuest(principal)',
    becomes: 'roleOf(principal) === "USER"',
    caught: /S9 shows a guest no order of another guest, of a person or of nobody/
  },
  {
    drops: "what guests may not do",
    file: "../access/authorize.ts",
    code: 'isOwn === true && role === "USER"',
    becomes: 'isOwn !== undefined || role === "USER"',
    caught: /S9 lets a guest hold stock for their own orders, and do nothing else/
  },
  {
    drops: "the cart that makes a guest",
    file: "../access/authorize.ts",
    code: "return isGuest(principal) && isForGuests(permission)",
    becomes: "return isForGuests(permission)",
    caught: /S9 keeps the keys of guests apart, and takes none of who has no cart/
  },
  {
    drops: "the guest who makes the first hold",
    file: "../access/Principal.ts",
    code: 'principal.kind === "USER" || isGuest(principal)',
    becomes: 'principal.kind === "USER"',
    caught: /S9 lets a guest hold stock for their own orders, and do nothing else/
  },
  {
    drops: "the token of the cart from its hash",
    file: "../access/carts.ts",
    code: "encoder.encode(cartToken)",
    becomes: "encoder.encode(cartToken.slice(0, 4))",
    caught: /S9 shows a guest no order of another guest, of a person or of nobody/
  },
  {
    drops: "whose cart an order is of",
    file: "decide/orders.ts",
    code: "if (owner !== cartId) return",
    becomes: "if (owner === undefined) return",
    caught: /S9 answers a claim by the same person again, and nobody else's/
  },
  {
    drops: "that a claim is answered again",
    file: "decide/orders.ts",
    code: "if (owner === ownerId) return Result.succeed(lines())",
    becomes: "",
    caught: /S9 answers a claim by the same person again, and nobody else's/
  },
  {
    drops: "the holds of a claimed order that have ended",
    file: "../memory/inventory/MemoryTables.ts",
    code: "this.reservations.set(hold.id, { ...hold, ownerId })",
    becomes: "void hold",
    caught: /S9 makes the order of a cart that of the person who claims it, with every hold/
  },
  {
    drops: "the owner of a placed order that is claimed",
    file: "../memory/inventory/MemoryTables.ts",
    code: "this.placedOrders.set(orderId, { ...placed, ownerId })",
    becomes: "void placed",
    caught: /S9 claims a placed order too, also one that was rejected/
  },
  {
    drops: "what was claimed before in the batch",
    file: "decide/OpenBook.ts",
    code: "if (claimant !== undefined) return { ownerId: claimant }",
    becomes: "",
    caught: /S9 lets one claim win of those that are decided in one batch/
  },
  {
    drops: "that only a person claims",
    file: "../access/Permission.ts",
    code: 'claim: { role: "USER", scopes: [] }',
    becomes: 'claim: { role: "USER", scopes: ["reservations:write"] }',
    caught: /S9 asks for a person who claims, and refuses services, guests and nobody/
  },
  {
    drops: "that a cart claims nothing",
    file: "services/Inventory.ts",
    code: 'if (ownerId.startsWith("cart:")) return Effect.fail(cartClaims)',
    becomes: "",
    caught: /S9 asks for a person who claims, and refuses services, guests and nobody/
  }
]

describe.concurrent("S9 the contract of owners", { timeout: 120_000 }, () => {
  for (const [n, mutation] of [...mutations, ...guestMutations].entries()) {
    it(`catches a core that drops ${mutation.drops}`, async ({ expect }) => {
      const name = mutation.caught.source
      const { failed, output } = await tried(copied(`access-${n}`, mutation), name)
      expect(output).toMatch(/1 failed/)
      expect(output).toContain(`× ${name}`)
      expect(failed).toBe(true)
    })
  }
})
