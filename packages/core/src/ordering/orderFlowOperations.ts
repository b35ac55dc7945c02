/** What can be done with the flow of orders, one row each. */
import type { Resource } from "../access/authorize.ts"
import { ofHolds, type Permission } from "../access/Permission.ts"

/** The operations. An event may be about any place, and what it does is done in the name of the host. */
export const orderFlowOperations = {
  handleOrderEvent: {
    permission: ofHolds.settle,
    resource: { isEverywhere: true },
    summary: "Make a command of an event about an order that comes in"
  }
} as const satisfies {
  readonly [name: string]: {
    readonly permission: Permission
    readonly resource: Resource
    readonly summary: string
  }
}
