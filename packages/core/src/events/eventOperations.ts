/** What can be done with the log of any context beside reading it, one row each. */
import { ofEvents, type Permission } from "../access/Permission.ts"

/** The operations. */
export const eventOperations = {
  streamEvents: { permission: ofEvents.read, summary: "The event log as it grows" },
  subscribe: {
    permission: ofEvents.follow,
    summary: "Give the events of the log to a handler of the host, under a durable name"
  }
} as const satisfies {
  readonly [name: string]: { readonly permission: Permission; readonly summary: string }
}
