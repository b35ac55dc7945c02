/** What is old enough to be dropped: the settings of `prune`, and of a server that does it by itself. */
import type { Retention } from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "./CommandFailure.ts"
import { setting, span } from "./settings.ts"

/** The settings; the names of their flags begin with `prefix`. */
export const retentionFlags = (prefix: "" | "prune-") => ({
  eventsDays: setting(
    `${prefix}events-older-than`,
    {
      metavar: "<days>",
      description: "Drop events this old that every follower has passed, such as 90d",
      read: span("d", 1, 36_500)
    },
    undefined
  ),
  unreadEventsDays: setting(
    `${prefix}unread-older-than`,
    {
      metavar: "<days>",
      description: "Drop events this old even if a follower has not passed them, such as 365d",
      read: span("d", 1, 36_500)
    },
    undefined
  ),
  movementsMonths: setting(
    `${prefix}movements-older-than`,
    {
      metavar: "<months>",
      description: "Drop months of the ledger this old, and carry balances on, such as 24months",
      read: span("months", 1, 1_200)
    },
    undefined
  )
})

/** The retention that settings ask for; undefined when they ask for none. */
export const retentionOf = (
  { eventsDays, movementsMonths, unreadEventsDays }: Retention,
  prefix: "" | "prune-"
): Effect.Effect<Retention | undefined, CommandFailure> => {
  if (
    unreadEventsDays !== undefined &&
    unreadEventsDays < (eventsDays ?? Number.POSITIVE_INFINITY)
  ) {
    return Effect.fail(
      usageFailure(
        `--${prefix}unread-older-than is about events that are old anyway: give it at least the ` +
          `days of --${prefix}events-older-than`
      )
    )
  }
  return Effect.succeed(
    eventsDays === undefined && movementsMonths === undefined
      ? undefined
      : { eventsDays, unreadEventsDays, movementsMonths }
  )
}
