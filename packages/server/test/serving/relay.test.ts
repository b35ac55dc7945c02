/**
 * Relays that die and relays that sleep, over a real PostgreSQL and a real Kafka, under load: every
 * event arrives, and the events of a SKU arrive in their order. `HOLDFAST_RELAY_DEATHS` says how
 * often the relay is killed: 3.
 */
import { createInventory } from "@holdfast/adapter-pg"
import { freshDatabase, runOn, sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { type BegunCommand, beginCommand } from "../ServerProcess.ts"
import { followTopic, type Received } from "./topics.ts"

const deaths = Number(process.env["HOLDFAST_RELAY_DEATHS"] ?? 3)

vi.setConfig({ testTimeout: 120_000 + deaths * 20_000, hookTimeout: 120_000 })

const skuIds = ["cup", "mug", "tee", "hat", "bag"]

let topics = 0

/**
 * A database with SKUs, a topic for its events, relays that end with it, and a load that writes until
 * it is ended.
 */
const openWorld = async (client: string) => {
  const { brokers } = await sharedKafka()
  const prefix = `relay-${process.pid}-${++topics}`
  const database = await freshDatabase()
  const inventory = await createInventory({ url: database.url })
  for (const skuId of skuIds) {
    await inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1 })
  }
  const relays: Array<BegunCommand> = []
  const relay = () => {
    const begun = beginCommand(
      [
        "relay",
        ...["--kafka", brokers.join(","), "--kafka-client", client, "--kafka-lease", "1s"],
        ...["--kafka-topic-prefix", prefix, "--kafka-create-topics", "--kafka-partitions", "3"]
      ],
      { env: { HOLDFAST_DATABASE: database.url } }
    )
    relays.push(begun)
    return begun
  }
  let isOver = false
  const loading = (async () => {
    while (!isOver) {
      await Promise.all(skuIds.map((skuId) => inventory.receive({ skuId, quantity: 1 })))
    }
  })()
  return {
    brokers,
    topic: `${prefix}.inventory`,
    relay,
    /** The process that has the cursor. */
    owner: async (): Promise<string | undefined> => {
      const cursors = "select owner from inventory.event_cursors where name = 'kafka'"
      const [row] = await runOn(database.url, cursors)
      return (row?.["owner"] ?? undefined) as string | undefined
    },
    /** Ends the load, and answers with the last version of each SKU. */
    endLoad: async () => {
      isOver = true
      await loading
      const rows = await runOn(
        database.url,
        "select aggregate_id as id, max(version)::int as version from inventory.events group by 1"
      )
      return new Map(rows.map(({ id, version }) => [String(id), Number(version)]))
    },
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await loading
      for (const relay of relays) await relay[Symbol.asyncDispose]()
      await inventory.close()
      await database.drop()
    }
  }
}

/** The versions of a SKU in the order in which each came first. */
const firstVersions = (received: ReadonlyArray<Received>, id: string) => [
  ...new Set(received.filter((one) => one.aggregateId === id).map(({ version }) => version))
]

/** Waits until everything has arrived, and holds it to its order. */
const expectAll = async (
  what: string,
  received: ReadonlyArray<Received>,
  last: ReadonlyMap<string, number>
) => {
  const produced = [...last.values()].reduce((sum, version) => sum + version, 0)
  const distinct = () => new Set(received.map(({ eventId }) => eventId)).size
  await eventually(async () => (distinct() >= produced ? true : undefined))
  for (const [id, version] of last) {
    expect(firstVersions(received, id)).toEqual(Array.from({ length: version }, (_, n) => n + 1))
  }
  const twice = received.length - distinct()
  console.log(`${what}: ${produced} produced, ${distinct()} read back, 0 lost, ${twice} repeated`)
}

describePostgres(18, "relays", () => {
  describeKafka("to a real Kafka", () => {
    for (const client of ["platformatic", "kafkajs"]) {
      it(`lose nothing when they are killed ${deaths} times (${client})`, async () => {
        await using world = await openWorld(client)
        const first = world.relay()
        await eventually(world.owner)
        await using topic = await followTopic(world.brokers, world.topic)
        let running = first
        for (let death = 0; death < deaths; death++) {
          const { length } = topic.received
          await eventually(async () => (topic.received.length > length + 50 ? true : undefined))
          running.signal("SIGKILL")
          await running.ended
          running = world.relay()
        }
        const { length } = topic.received
        await eventually(async () => (topic.received.length > length ? true : undefined))
        await expectAll(`${deaths} deaths, ${client}`, topic.received, await world.endLoad())
        running.signal("SIGTERM")
        expect((await running.ended).code).toBe(0)
      })
    }

    it("of two, one that slept through its lease moves nothing when it wakes up", async () => {
      await using world = await openWorld("platformatic")
      const relays = [world.relay(), world.relay()]
      const active = await eventually(world.owner)
      await using topic = await followTopic(world.brokers, world.topic)
      const asleep = relays.find(({ pid }) => active.split(":")[1] === String(pid))
      if (asleep === undefined) return expect.unreachable(`no relay is ${active}`)
      asleep.signal("SIGSTOP")
      const next = await eventually(async () => {
        const owner = await world.owner()
        return owner === active ? undefined : owner
      })
      const { length } = topic.received
      await eventually(async () => (topic.received.length > length + 50 ? true : undefined))
      asleep.signal("SIGCONT")
      const since = topic.received.length
      await eventually(async () => (topic.received.length > since + 200 ? true : undefined))
      expect(await world.owner()).toBe(next)
      await expectAll("one relay asleep", topic.received, await world.endLoad())
      for (const relay of relays) relay.signal("SIGTERM")
      for (const { ended } of relays) expect((await ended).code).toBe(0)
    })
  })
})
