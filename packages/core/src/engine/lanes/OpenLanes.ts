/**
 * How many of the lanes take requests. One lane makes the largest batches, and so the fewest commits.
 * Another lane opens when each would still have half a batch and this process has time to spare: then
 * the server is what they wait for. A lane closes again when the load falls. Only speed depends on it.
 */

/** How long this process waited and worked so far, in milliseconds. */
export type LoopTime = () => { readonly idle: number; readonly active: number }

/** What the lanes have to carry: requests that wait or are under way, and their weight. */
export interface LaneLoad {
  readonly requests: number
  readonly weight: number
}

/** How much of its time the process must have waited for another lane to be of use. */
const idleShareMin = 0.15

/** How long the process is watched before another lane opens, in milliseconds. */
const watchedMillisMin = 20

/** A lane closes when the load has fallen so far below what opens it. */
const closingShare = 0.8

/** What is left of a peak of the load after each batch without another one. */
const peakLeft = 0.95

/** A batch that takes so many times the usual time, and at least so many milliseconds, is stalled. */
const stalledTimes = 4
const stalledMillisMin = 50

const { performance } = globalThis as {
  readonly performance?: { readonly eventLoopUtilization?: LoopTime }
}

/** As the runtime tells it. Where it does not, a process is taken to have time to spare. */
const ownTime: LoopTime | undefined =
  performance?.eventLoopUtilization && (() => performance.eventLoopUtilization?.() ?? noTime)

const noTime = { idle: 0, active: 0 }

/** The number of open lanes, which follows the load. */
export class OpenLanes {
  /** How many lanes take requests: the first so many. */
  count = 1
  private readonly lanesMax: number
  private readonly requestsEach: number
  private readonly weightEach: number
  private readonly loopTime: LoopTime | undefined
  private watchedFrom: ReturnType<LoopTime> | undefined
  private batchMillis = 0
  /** How many lanes the load has lately had half a batch each for. */
  private wanted = 0

  constructor(
    lanesMax: number,
    { batchMax, weightMax }: { readonly batchMax: number; readonly weightMax: number },
    loopTime: LoopTime | undefined = ownTime
  ) {
    this.lanesMax = lanesMax
    this.requestsEach = Math.max(1, batchMax / 2)
    this.weightEach = Math.max(1, weightMax / 2)
    this.loopTime = loopTime
  }

  /** Notes the load, and opens a lane when there is enough for one more. */
  noteLoad({ requests, weight }: LaneLoad): void {
    const wanted = Math.max(requests / this.requestsEach, weight / this.weightEach)
    if (wanted > this.wanted) this.wanted = wanted
    if (this.count === this.lanesMax) return
    if (wanted < this.count + 1) this.watchedFrom = undefined
    else if (this.isIdle()) this.count += 1
  }

  /** Notes how long a batch took, in milliseconds, and closes a lane when the load has fallen. */
  noteBatch(millis: number): void {
    this.batchMillis += (millis - this.batchMillis) / 8
    this.wanted *= peakLeft
    if (this.count === 1 || this.wanted >= this.count * closingShare) return
    this.count -= 1
    // How the process spent its time while all lanes were open says nothing about now.
    this.watchedFrom = undefined
  }

  /** Whether a batch that has taken so long keeps its lane for an unusual time. */
  isStalled(millis: number): boolean {
    return millis >= stalledMillisMin && millis >= stalledTimes * this.batchMillis
  }

  /** Whether the process has had time to spare while it was watched. */
  private isIdle(): boolean {
    if (this.loopTime === undefined) return true
    const now = this.loopTime()
    const { active, idle } = this.watchedFrom ?? now
    const waited = now.idle - idle
    const watched = waited + now.active - active
    if (this.watchedFrom !== undefined && watched < watchedMillisMin) return false
    this.watchedFrom = now
    return waited > 0 && waited >= idleShareMin * watched
  }
}
