/** The port of a group's member over @platformatic/kafka. No type of it leaves this file's neighbours. */
import { Consumer } from "@platformatic/kafka"
import type { KafkaConnectionOptions } from "../options/KafkaOptions.ts"
import {
  type GroupMember,
  type KafkaConsumerClient,
  type MemberEvents,
  type MemberOptions,
  newPartitionsMillisMax,
  type Standing
} from "./KafkaConsumerClient.ts"
import { codeOf, platformaticOptions } from "./PlatformaticClient.ts"
import { makeFetches, type TopicsKnown } from "./PlatformaticFetches.ts"

type NewConsumer = (retries: number, requestMillisMax?: number) => Consumer

/** How a client makes consumers of a group; each has connections of its own. */
const consumersOf = (
  base: ReturnType<typeof platformaticOptions>,
  groupId: string,
  topics: ReadonlyArray<string>
): NewConsumer => {
  return (retries, requestTimeout) => {
    const options = requestTimeout === undefined ? {} : { requestTimeout }
    const consumer = new Consumer({
      ...base(retries),
      ...options,
      groupId,
      metadataMaxAge: newPartitionsMillisMax,
      autocommit: false
    })
    // It looks up and joins the topics that it tracks.
    consumer.topics.trackAll(...topics)
    return consumer
  }
}

/** Ends a consumer now: what is under way fails. */
const endNow = (consumer: Consumer): void => {
  consumer.close(true).catch(() => undefined)
  consumer.connections.close().catch(() => undefined)
}

/** Leaves the group as the member whose id it has. */
const leaveAs = async (consumer: Consumer): Promise<void> => {
  // Typed as if it answered nothing, it gives a promise.
  await consumer.leaveGroup()
}

const beginning = -2n
const latest = -1n

const standingsOf = async (
  consumer: Consumer,
  topics: ReadonlyArray<string>
): Promise<ReadonlyArray<Standing>> => {
  const names = [...topics]
  // What it remembers of a topic may lack partitions that were added since.
  await consumer.metadata({ topics: names, forceUpdate: true })
  const [firsts, ends] = await Promise.all([
    consumer.listOffsets({ topics: names, timestamp: beginning }),
    consumer.listOffsets({ topics: names, timestamp: latest })
  ])
  const asked = [...ends].map(([topic, all]) => ({ topic, partitions: [...all.keys()] }))
  const committed = await consumer.listCommittedOffsets({ topics: asked })
  return [...ends].flatMap(([topic, all]) =>
    all.map((end, partition) => {
      const at = committed.get(topic)?.[partition] ?? -1n
      const first = Number(firsts.get(topic)?.[partition] ?? 0n)
      return { topic, partition, first, end: Number(end), committed: at < 0n ? null : Number(at) }
    })
  )
}

/** A blip of the network ends nothing; what lasts longer ends the member, and another begins. */
const memberRetries = 5
const lookUpRetries = 3
/** A member learns by its next heartbeat that others join or leave. */
const heartbeatMillis = 1_000
/** After so many heartbeats without an answer a member ends, and says so: the client tries for longer. */
const silentHeartbeatsMax = 5
const requestSlackMillis = 5_000

/** By this name KafkaJS knows the same way to share, so members over both clients share a group. */
const protocols = [{ name: "RoundRobinAssigner", version: 1 }]

/** What a client remembers of its members: the ids of those that may not have left the group. */
type FormerIds = Set<string>

const newMember = (
  newConsumer: NewConsumer,
  group: MemberOptions,
  events: MemberEvents,
  formerIds: FormerIds
): GroupMember => {
  // The coordinator waits so long for members to join again: longer than one holds back.
  const rebalanceTimeout = Math.max(60_000, group.sessionTimeoutMillis)
  const member = newConsumer(memberRetries, rebalanceTimeout + requestSlackMillis)
  // Tries once: the client's own second try would join the group again, and commit what others handle.
  const committer = newConsumer(0)
  const reader = newConsumer(0)
  let hasEnded = false
  let isJoining = true
  let silentHeartbeats = 0
  let known: TopicsKnown | undefined

  const ended = (error: unknown) => {
    if (hasEnded) return
    hasEnded = true
    fetches.stop()
    events.ended(error)
  }

  const join = () =>
    member.joinGroup({
      sessionTimeout: group.sessionTimeoutMillis,
      rebalanceTimeout,
      heartbeatInterval: heartbeatMillis,
      protocols,
      // Asked for before every join: a member holds its join back here.
      protocolsMetadata: async (_protocols, _topics, metadata) => {
        isJoining = true
        known = metadata
        fetches.stop()
        await events.giveBack()
        return Buffer.of()
      }
    })

  const fetches = makeFetches({
    reader,
    topics: group.topics,
    events,
    standings: () =>
      standingsOf(
        committer,
        group.topics.map(({ topic }) => topic)
      ),
    newPartitions: () => void join().catch(ended),
    failed: ended
  })

  const listening = setInterval(() => {
    silentHeartbeats = isJoining ? 0 : silentHeartbeats + 1
    if (silentHeartbeats <= silentHeartbeatsMax) return
    const message = "the coordinator of the group does not answer"
    ended(Object.assign(new Error(message), { code: "TIMED_OUT" }))
  }, heartbeatMillis)
  member.on("consumer:heartbeat:end", () => {
    silentHeartbeats = 0
  })
  member.on("error", ended)
  committer.on("error", () => undefined)
  reader.on("error", () => undefined)
  member.on("consumer:group:join", ({ assignments = [] }) => {
    if (hasEnded) return
    isJoining = false
    const places = assignments.flatMap(({ partitions, topic }) =>
      partitions.map((partition) => ({ topic, partition }))
    )
    events.assigned(places)
    fetches.assigned(places, known)
  })

  return {
    join: async () => {
      for (const memberId of formerIds) {
        formerIds.delete(memberId)
        committer.memberId = memberId
        await leaveAs(committer).catch(() => undefined)
      }
      if (!hasEnded) await join()
    },
    commit: async (offsets) => {
      if (member.memberId === null) throw new Error("this is no member of the group now")
      committer.memberId = member.memberId
      committer.generationId = member.generationId
      await committer.commit({
        offsets: offsets.map(({ offset, ...place }) => ({
          ...place,
          offset: BigInt(offset),
          leaderEpoch: -1
        }))
      })
    },
    leave: async () => {
      hasEnded = true
      fetches.stop()
      // Brokers that do not answer hear it from the next member.
      if (silentHeartbeats <= silentHeartbeatsMax) await leaveAs(member)
    },
    destroy: () => {
      hasEnded = true
      fetches.stop()
      clearInterval(listening)
      // Whether it has left is not certain, and leaving twice does nothing.
      if (member.memberId !== null) formerIds.add(member.memberId)
      for (const consumer of [member, committer, reader]) endNow(consumer)
    }
  }
}

/** A client over @platformatic/kafka. It connects when it is used. */
export const makePlatformaticConsumer = (
  options: KafkaConnectionOptions & { readonly clientId: string }
): KafkaConsumerClient => {
  const base = platformaticOptions(options)
  const formerIds: FormerIds = new Set()
  return {
    newMember: (group, events) => {
      const topics = group.topics.map(({ topic }) => topic)
      return newMember(consumersOf(base, group.groupId, topics), group, events, formerIds)
    },
    standings: async (groupId, topics) => {
      const consumer = consumersOf(base, groupId, topics)(lookUpRetries)
      try {
        return await standingsOf(consumer, topics)
      } finally {
        endNow(consumer)
      }
    },
    codeOf
  }
}
