/**
 * Fetches for a member of a group over @platformatic/kafka. The client's own stream would go on giving
 * messages of partitions that another member has got meanwhile. Here a partition has one batch in hand,
 * and none after its assignment is over. A broker is asked for one thing at a time: for all its
 * partitions but those in hand.
 */
import type { Consumer } from "@platformatic/kafka"
import { type FetchedPartition, fetchedMessages } from "./fetchedMessages.ts"
import type { MemberEvents, MemberOptions, Place, Standing } from "./KafkaConsumerClient.ts"
import { codeOf } from "./PlatformaticClient.ts"
import { pause, settlesWithin } from "./settlesWithin.ts"

type Metadata = Awaited<ReturnType<Consumer["metadata"]>>

/** A partition of an assignment. */
interface Source extends Place {
  /** The offset of the next message to fetch. */
  at: number
  /** Settles when the batch in hand is handled, or was given back. */
  inHand: Promise<void> | undefined
}

/** What fetches are made with. */
export interface FetchesOptions {
  /** For fetches alone: on a connection a broker answers nothing else while a fetch waits. */
  readonly reader: Consumer
  readonly topics: MemberOptions["topics"]
  readonly events: Pick<MemberEvents, "received" | "passed">
  readonly standings: () => Promise<ReadonlyArray<Standing>>
  /** A topic has other partitions than when the group shared them. */
  readonly newPartitions: () => void
  /** Nothing could be fetched for so long that the member is of no use. */
  readonly failed: (error: unknown) => void
}

/** The topics as the member knew them when it joined. */
export type TopicsKnown = Pick<Metadata, "topics">

/** The fetches of one member. */
export interface Fetches {
  /** From now on for these partitions, from where the group stands in them. */
  readonly assigned: (places: ReadonlyArray<Place>, known: TopicsKnown | undefined) => void
  readonly stop: () => void
}

/** How long the brokers wait for messages before they answer that there are none. */
const fetchWaitMillis = 100
/** How long a broker is not asked for other partitions while batches of it are handled. */
const patienceMillis = 100
const partitionBytesMax = 65_536
const fetchBytesMax = 10_485_760

/** Longer than it takes until the partitions of a dead broker are led by others. */
const failingMillisMax = 15_000
const retryMillisMin = 100
const retryMillisMax = 1_000

const nameOf = ({ partition, topic }: Place) => `${topic}/${partition}`

/** What a fetch asks a broker for. */
const requestOf = ({ topics }: Metadata, sources: ReadonlyArray<Source>) =>
  [...Map.groupBy(sources, ({ topic }) => topic)].map(([topic, some]) => ({
    topicId: topics.get(topic)?.id ?? "",
    partitions: some.map(({ at, partition }) => ({
      partition,
      fetchOffset: BigInt(at),
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: partitionBytesMax
    }))
  }))

/** Where a group goes on: at the first message, when the brokers do not have the one it stands at. */
const startOf = ({ committed, end, first }: Standing, from: "FIRST" | "LAST" | undefined) => {
  if (committed === null) return from === "LAST" ? end : first
  return committed < first || committed > end ? first : committed
}

/** The partitions as the group has shared them once. */
class Assignment {
  private readonly options: FetchesOptions
  private readonly places: ReadonlyArray<Place>
  private readonly served = new Map<number, Promise<void>>()
  private sources: ReadonlyArray<Source> = []
  private known: TopicsKnown | undefined
  private isOver = false
  /** Settles when nothing is fetched any more. */
  readonly done: Promise<void>

  constructor(
    options: FetchesOptions,
    places: ReadonlyArray<Place>,
    known: TopicsKnown | undefined,
    before: Promise<void>
  ) {
    this.options = options
    this.places = places
    this.known = known
    this.done = before.then(() => this.run()).catch(options.failed)
  }

  end(): void {
    this.isOver = true
  }

  private async run(): Promise<void> {
    // Who has none may still be the one that shares them.
    while (!this.isOver && this.places.length === 0) {
      await this.metadata(false).catch(() => undefined)
      await pause(retryMillisMax)
    }
    if (this.isOver) return
    this.sources = await this.placed(this.places)
    this.serve(await this.metadata(true))
    while (this.served.size > 0) await Promise.all(this.served.values())
  }

  private async placed(places: ReadonlyArray<Place>): Promise<ReadonlyArray<Source>> {
    const { standings, topics } = this.options
    const found = new Map((await standings()).map((it) => [nameOf(it), it]))
    const begins = new Map(topics.map(({ from, topic }) => [topic, from]))
    return places.map(({ partition, topic }) => {
      const standing = found.get(nameOf({ partition, topic }))
      // A partition that is left aside would be read by nobody.
      if (standing === undefined) throw new Error(`nothing is known of ${topic}/${partition}`)
      return { topic, partition, at: startOf(standing, begins.get(topic)), inHand: undefined }
    })
  }

  private async metadata(isFresh: boolean): Promise<Metadata> {
    const names = this.options.topics.map(({ topic }) => topic)
    const metadata = await this.options.reader.metadata({ topics: names, forceUpdate: isFresh })
    const countOf = (name: string, known: TopicsKnown) => known.topics.get(name)?.partitionsCount
    const before = this.known ?? metadata
    this.known = metadata
    if (!this.isOver && names.some((name) => countOf(name, metadata) !== countOf(name, before))) {
      this.options.newPartitions()
    }
    return metadata
  }

  private ledBy(node: number, { topics }: Metadata): ReadonlyArray<Source> {
    return this.sources.filter(
      ({ partition, topic }) => (topics.get(topic)?.partitions[partition]?.leader ?? -1) === node
    )
  }

  /** Begins to fetch from every broker that leads a partition; -1 stands for those that none leads. */
  private serve(metadata: Metadata): void {
    for (const node of [...metadata.brokers.keys(), -1]) {
      if (this.isOver || this.served.has(node) || this.ledBy(node, metadata).length === 0) continue
      this.served.set(node, this.fetchAllFrom(node))
    }
  }

  /** Fetches from a broker for as long as it leads a partition. */
  private async fetchAllFrom(node: number): Promise<void> {
    let failingSince: number | undefined
    let retryMillis = retryMillisMin
    while (!this.isOver) {
      try {
        const metadata = await this.metadata(failingSince !== undefined)
        this.serve(metadata)
        const sources = this.ledBy(node, metadata)
        if (sources.length === 0) break
        if (node === -1) throw new Error("partitions have no leader")
        await this.fetchFrom(node, metadata, sources)
        failingSince = undefined
        retryMillis = retryMillisMin
      } catch (error) {
        const now = performance.now()
        failingSince ??= now
        if (this.isOver) break
        if (now - failingSince > failingMillisMax) this.options.failed(error)
        if (codeOf(error) === "OFFSET_OUT_OF_RANGE") await this.startAgain().catch(() => undefined)
        await pause(retryMillis)
        retryMillis = Math.min(2 * retryMillis, retryMillisMax)
      }
    }
    this.served.delete(node)
  }

  /** Fetches once what is not in hand, and waits a little for what is. */
  private async fetchFrom(node: number, metadata: Metadata, sources: ReadonlyArray<Source>) {
    const free = sources.filter(({ inHand }) => inHand === undefined)
    if (free.length > 0) {
      const answer = await this.options.reader.fetch({
        node,
        topics: requestOf(metadata, free),
        maxWaitTime: fetchWaitMillis,
        minBytes: 1,
        maxBytes: fetchBytesMax
      })
      for (const { partitions, topicId } of answer.responses) {
        const ofTopic = free.filter(({ topic }) => metadata.topics.get(topic)?.id === topicId)
        for (const fetched of partitions) {
          // A broker may answer for a partition that it was asked for before.
          const source = ofTopic.find(({ partition }) => partition === fetched.partitionIndex)
          if (source !== undefined && !this.isOver) this.handOver(source, fetched)
        }
      }
    }
    const inHand = sources.flatMap((source) => source.inHand ?? [])
    if (inHand.length > 0) await settlesWithin(Promise.all(inHand), patienceMillis)
  }

  private handOver(source: Source, fetched: FetchedPartition): void {
    const { partition, topic } = source
    const { received, passed } = this.options.events
    const from = source.at
    const { messages, next } = fetchedMessages(from, fetched)
    if (next === from) return
    if (messages.length === 0) {
      source.at = next
      return passed({ topic, partition }, from, next)
    }
    const end = Number(fetched.highWatermark)
    const handled = received({ topic, partition, from, next, end, messages })
    // Who refuses gives everything back; the same batch is not fetched at full speed.
    if (handled !== false) source.at = next
    const inHand = handled === false ? pause(patienceMillis) : handled
    source.inHand = inHand.then(() => {
      source.inHand = undefined
    })
  }

  /** The brokers do not have what comes next: others have deleted it, or the topic. */
  private async startAgain(): Promise<void> {
    const now = new Map((await this.options.standings()).map((it) => [nameOf(it), it]))
    for (const source of this.sources) {
      const { end = source.at, first = source.at } = now.get(nameOf(source)) ?? {}
      if (source.at < first || source.at > end) source.at = first
    }
  }
}

/** Makes the fetches of a member. */
export const makeFetches = (options: FetchesOptions): Fetches => {
  let current: Assignment | undefined
  const stop = () => current?.end()
  return {
    assigned: (places, known) => {
      stop()
      current = new Assignment(options, places, known, current?.done ?? Promise.resolve())
    },
    stop
  }
}
