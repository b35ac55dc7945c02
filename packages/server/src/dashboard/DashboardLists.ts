/**
 * The lists of the page, such as the SKUs most missed. They come from the stores, which are there only once
 * the server is up, so they are shown from then on. Each is asked for twice a minute, however many people look.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

/** A row of a list: what is counted, such as a SKU, and how often. */
export interface ListRow {
  readonly name: string
  readonly count: number
}

/** A list of the page. */
export interface DashboardList {
  readonly title: string
  /** What the counts are of, such as `Views`. */
  readonly counted: string
  readonly read: Effect.Effect<ReadonlyArray<ListRow>, unknown>
}

/** A list as it was answered last; null while it was not. */
export interface KeptList extends Pick<DashboardList, "counted" | "title"> {
  readonly rows: ReadonlyArray<ListRow> | null
}

const every = "30 seconds"
const readMillisMax = 10_000

/** The lists that are shown now. */
export class DashboardLists {
  private readonly shown = new Set<{ about: DashboardList; rows: KeptList["rows"] }>()

  /** The lists, in the order in which they were shown. */
  kept(): ReadonlyArray<KeptList> {
    return [...this.shown].map(({ about: { counted, title }, rows }) => ({ counted, title, rows }))
  }

  /** Shows a list until the scope closes. What it answered last stays while it cannot be had. */
  show(about: DashboardList): Effect.Effect<void, never, Scope.Scope> {
    const one: { about: DashboardList; rows: KeptList["rows"] } = { about, rows: null }
    const once = Effect.matchCauseEffect(Effect.timeout(about.read, readMillisMax), {
      onSuccess: (rows) =>
        Effect.sync(() => {
          one.rows = rows
        }),
      onFailure: (cause) =>
        Effect.annotateLogs(Effect.logDebug("a list of the dashboard failed", cause), {
          title: about.title
        })
    })
    const shown = Effect.acquireRelease(
      Effect.sync(() => this.shown.add(one)),
      () => Effect.sync(() => this.shown.delete(one))
    )
    return Effect.andThen(shown, Effect.forkScoped(Effect.repeat(once, Schedule.spaced(every))))
  }
}
