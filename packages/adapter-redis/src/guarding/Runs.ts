/**
 * Which run of Redis was last met, by place: the one there is, or each group of slots of a cluster. A
 * server that was restarted or replaced has lost invalidations that it had acknowledged. So what its
 * predecessor kept is not answered with, and for as long as an invalidation counts, nothing is filled: a
 * read that is under way may have begun before an invalidation that is lost. Pure: time is given.
 */
export class Runs {
  private readonly known = new Map<number, { readonly run: string; readonly fillsFrom: number }>()

  /** How often a place had another run than before. */
  changes = 0

  private readonly remembersMillis: number

  constructor(remembersMillis: number) {
    this.remembersMillis = remembersMillis
  }

  /** The run that a place had when it last answered; empty when it never has. */
  at(place: number): string {
    return this.known.get(place)?.run ?? ""
  }

  /** Whether copies may be put there. */
  mayFill(place: number, now: number): boolean {
    return now >= (this.known.get(place)?.fillsFrom ?? 0)
  }

  /** A place answered. `wasAway` says that Redis was away before it was first met. */
  met(place: number, run: string, now: number, wasAway: boolean): void {
    const known = this.known.get(place)
    if (known?.run === run) return
    if (known !== undefined) this.changes += 1
    const isNew = known === undefined && !wasAway
    this.known.set(place, { run, fillsFrom: isNew ? 0 : now + this.remembersMillis })
  }
}
