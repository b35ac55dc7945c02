/** The port of a group's member over KafkaJS. No type of KafkaJS leaves this file. */
import kafkajs, { type EachBatchPayload, type KafkaConfig, type PartitionAssigner } from "kafkajs"
import type { KafkaConnectionOptions } from "../options/KafkaOptions.ts"
import type { HeaderValue } from "./KafkaClient.ts"
import {
  type Committed,
  type GroupMember,
  type KafkaConsumerClient,
  type MemberEvents,
  type MemberOptions,
  newPartitionsMillisMax,
  type Standing
} from "./KafkaConsumerClient.ts"
import { codeOf, kafkaJsConfiguration, lookUpRetries, makeSockets } from "./KafkaJsClient.ts"
import { pause, settlesWithin } from "./settlesWithin.ts"

/** A blip of the network ends nothing; what lasts longer ends the member, and another begins. */
const memberRetries = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 }

/**
 * How long KafkaJS waits for the handling of a batch. It fetches for all partitions of a broker at
 * once, so a partition that takes longer is paused, and the others go on without it.
 */
const patienceMillis = 100

/** How long the brokers wait for messages before they answer that there are none. */
const fetchWaitMillis = 100
const partitionBytesMax = 65_536
const fetchBytesMax = 10_485_760
const batchesAtOnce = 64

interface Coordinator {
  leaveGroup(member: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
}

/** What a client remembers of its members: the ids of those that may not have left the group. */
type FormerIds = Set<string>

/**
 * Does something before every join. To look up the group's coordinator is what KafkaJS does first
 * when it joins, and it does nothing else before it has the answer. So a member holds its join back
 * here; and those before it, whose connections broke, leave the group, which would wait for them
 * until their sessions end.
 */
const beforeJoin = (wait: () => Promise<void>, formerIds: FormerIds): PartitionAssigner => {
  return (config) => {
    const cluster = config.cluster as unknown as {
      findGroupCoordinator: (group: { readonly groupId: string }) => Promise<Coordinator>
    }
    const find = cluster.findGroupCoordinator.bind(cluster)
    cluster.findGroupCoordinator = async (group) => {
      await wait()
      const coordinator = await find(group)
      for (const memberId of formerIds) {
        formerIds.delete(memberId)
        await coordinator.leaveGroup({ ...group, memberId }).catch(() => undefined)
      }
      return coordinator
    }
    return kafkajs.PartitionAssigners.roundRobin(config)
  }
}

type CommitOffsets = EachBatchPayload["commitOffsetsIfNecessary"]

const byTopic = (offsets: ReadonlyArray<Committed>) => ({
  topics: [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, some]) => ({
    topic,
    partitions: some.map(({ offset, partition }) => ({ partition, offset: String(offset) }))
  }))
})

const standingsOf = async (
  configuration: KafkaConfig,
  groupId: string,
  topics: ReadonlyArray<string>
): Promise<ReadonlyArray<Standing>> => {
  const { end, socketFactory } = makeSockets()
  const { Kafka } = kafkajs
  const admin = new Kafka({ ...configuration, socketFactory, retry: lookUpRetries }).admin()
  try {
    await admin.connect()
    const committed = new Map<string, number>()
    for (const { partitions, topic } of await admin.fetchOffsets({
      groupId,
      topics: [...topics]
    })) {
      for (const one of partitions) committed.set(`${topic}/${one.partition}`, Number(one.offset))
    }
    const all: Array<Standing> = []
    for (const topic of topics) {
      for (const { high, low, partition } of await admin.fetchTopicOffsets(topic)) {
        const at = committed.get(`${topic}/${partition}`) ?? -1
        const reach = { first: Number(low), end: Number(high) }
        all.push({ topic, partition, ...reach, committed: at < 0 ? null : at })
      }
    }
    return all
  } finally {
    await admin.disconnect().catch(() => undefined)
    end()
  }
}

const newMember = (
  configuration: KafkaConfig,
  group: MemberOptions,
  events: MemberEvents,
  formerIds: FormerIds
): GroupMember => {
  const { end, socketFactory } = makeSockets()
  const { Kafka } = kafkajs
  const kafka = new Kafka({ ...configuration, socketFactory, retry: memberRetries })
  const consumer = kafka.consumer({
    groupId: group.groupId,
    allowAutoTopicCreation: false,
    sessionTimeout: group.sessionTimeoutMillis,
    // The coordinator waits so long for members to join again: longer than one holds back.
    rebalanceTimeout: Math.max(60_000, group.sessionTimeoutMillis),
    heartbeatInterval: Math.min(3_000, Math.ceil(group.sessionTimeoutMillis / 5)),
    maxWaitTimeInMs: fetchWaitMillis,
    maxBytesPerPartition: partitionBytesMax,
    maxBytes: fetchBytesMax,
    metadataMaxAge: newPartitionsMillisMax,
    partitionAssigners: [beforeJoin(events.giveBack, formerIds)],
    retry: { ...memberRetries, restartOnFailure: async () => false }
  })
  let ownId: string | undefined
  let hasEnded = false
  const ended = (error: unknown) => {
    if (hasEnded) return
    hasEnded = true
    events.ended(error)
  }
  let commitOffsets: CommitOffsets | undefined
  const resumes = new Set<() => void>()

  consumer.on(consumer.events.CRASH, ({ payload }) => ended(payload.error))
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    const { batchSize, firstOffset, lastOffset, partition, topic } = payload
    if (batchSize > 0) return
    const from = Number(firstOffset ?? lastOffset)
    events.passed({ topic, partition }, from, Number(lastOffset) + 1)
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    ownId = payload.memberId
    for (const resume of resumes) resume()
    resumes.clear()
    events.assigned(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition }))
      )
    )
  })

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch, isRunning, isStale, resolveOffset } = payload
    commitOffsets = payload.commitOffsetsIfNecessary
    if (!isRunning() || isStale()) return
    const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string }
    const handled = events.received({
      topic: batch.topic,
      partition: batch.partition,
      from: Number(fetchedOffset),
      next: Number(batch.lastOffset()) + 1,
      end: Number(batch.highWatermark),
      messages: batch.messages.map(({ headers, key, offset, value }) => ({
        offset: Number(offset),
        key,
        value,
        headers: { ...headers } as Record<string, HeaderValue>
      }))
    })
    // Who refuses gives everything back; the same batch is not fetched at full speed.
    if (handled === false) return pause(patienceMillis)
    // At once: after a change of the group, this would skip what was given back.
    resolveOffset(batch.messages.at(-1)?.offset ?? batch.lastOffset())
    if (await settlesWithin(handled, patienceMillis)) return
    const resume = payload.pause()
    resumes.add(resume)
    void handled.then(() => {
      if (resumes.delete(resume)) resume()
    })
  }

  return {
    join: async () => {
      await consumer.connect()
      for (const { from, topic } of group.topics) {
        await consumer.subscribe({ topic, fromBeginning: from === "FIRST" })
      }
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: batchesAtOnce,
        eachBatch
      })
    },
    commit: async (offsets) => {
      const commit = commitOffsets
      if (commit !== undefined) return commit(byTopic(offsets))
      await consumer.commitOffsets(
        offsets.map(({ offset, ...place }) => ({ ...place, offset: String(offset) }))
      )
    },
    leave: async () => {
      hasEnded = true
      await consumer.disconnect()
    },
    destroy: () => {
      hasEnded = true
      // Whether it has left is not certain, and leaving twice does nothing.
      if (ownId !== undefined) formerIds.add(ownId)
      end()
    }
  }
}

/** A client over KafkaJS. It connects when it is used. */
export const makeKafkaJsConsumer = (
  options: KafkaConnectionOptions & { readonly clientId: string }
): KafkaConsumerClient => {
  const configuration = kafkaJsConfiguration(options)
  const formerIds: FormerIds = new Set()
  return {
    newMember: (group, events) => newMember(configuration, group, events, formerIds),
    standings: (groupId, topics) => standingsOf(configuration, groupId, topics),
    codeOf
  }
}
