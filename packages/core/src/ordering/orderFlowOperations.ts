/** What can be done with the flow of orders, one row each. */
import { ofHolds, type Permission } from "../access/Permission.ts"

/** The operations. */
export const orderFlowOperations = {
  handleOrderEvent: {
    permission: ofHolds.upkeep,
    summary: "Make a command of an event about an order that comes in"
  }
} as const satisfies {
  readonly [name: string]: { readonly permission: Permission; readonly summary: string }
}
