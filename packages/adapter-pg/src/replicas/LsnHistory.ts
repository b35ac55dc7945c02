/**
 * How old what a replica shows is, measured by how far its primary had written. The primary is asked
 * again and again where its log ends. A replica that has replayed up to an end shows everything that
 * was committed when that end was read. So nothing is older on an idle primary, whose last transaction
 * may be hours old, and no two clocks are compared.
 */

/** Where the log of the primary ended, in bytes, and when it was asked, in milliseconds. */
interface End {
  readonly at: number
  readonly lsn: number
}

/** The ends of the primary's log that were read lately. */
export class LsnHistory {
  private readonly keptMillis: number
  private ends: Array<End> = []

  /** Ends that are older than that are forgotten. */
  constructor(keptMillis: number) {
    this.keptMillis = keptMillis
  }

  /**
   * Notes an end that was asked for at a time. An end before the last one is that of another primary,
   * which took over without the last of what its predecessor wrote: what was known says nothing then.
   */
  note(at: number, lsn: number): void {
    const last = this.ends.at(-1)
    if (last !== undefined && lsn < last.lsn) this.ends = []
    // An idle primary: the later end says all that the earlier one does.
    else if (last?.lsn === lsn) this.ends.pop()
    this.ends.push({ at, lsn })
    const oldest = at - this.keptMillis
    while (this.ends.length > 1 && (this.ends[0] as End).at < oldest) this.ends.shift()
  }

  /** The last end; undefined before the first. */
  get last(): End | undefined {
    return this.ends.at(-1)
  }

  /** The time up to which a replica that has replayed so far shows everything, if it is known. */
  completeUpTo(replayed: number): number | undefined {
    return this.ends.findLast(({ lsn }) => lsn <= replayed)?.at
  }
}
