/** Those who wait in this process for something to be appended to a log. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"

/** The watchers of one log. */
export class LogWatchers {
  private readonly latches = new Set<Latch.Latch>()

  /** Wakes everybody who watches; they may find nothing. */
  wake(): void {
    for (const latch of this.latches) latch.openUnsafe()
  }

  /** Watches until the scope closes; see `EventLog.watch`. */
  readonly watch: Effect.Effect<Effect.Effect<void>, never, Scope.Scope> = Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const latch = Latch.makeUnsafe(false)
        this.latches.add(latch)
        return latch
      }),
      (latch) => Effect.sync(() => this.latches.delete(latch))
    ),
    (latch) => Effect.andThen(latch.await, latch.close)
  )
}
