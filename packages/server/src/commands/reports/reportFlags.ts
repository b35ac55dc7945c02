/** The settings of reports that rank: how many days, and how many things. */
import { setting, wholeNumber } from "../../cli/settings.ts"
import { onDatabaseFlags } from "../onDatabase.ts"

/** The settings of a report that ranks. */
export const rankingFlags = {
  ...onDatabaseFlags,
  days: setting(
    "days",
    {
      metavar: "<count>",
      description: "Days that are covered, today among them, 1 to 92 (default: 7)",
      read: wholeNumber(1, 92)
    },
    7
  ),
  limit: setting(
    "limit",
    {
      metavar: "<count>",
      description: "Things to list at most (default: 10)",
      read: wholeNumber(1, 1_000)
    },
    10
  )
}

/** A ranking in words: what was counted from when to when, or that there is nothing. */
export const rankingLines = (
  { from, to }: { readonly from: string; readonly to: string },
  nothing: string,
  lines: ReadonlyArray<string>
): ReadonlyArray<string> =>
  lines.length === 0 ? [`${nothing} from ${from} to ${to}`] : [`${from} to ${to} (UTC)`, ...lines]
