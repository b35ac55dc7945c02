/** Tools that ask and do not read, and many that watch: neither costs the server more than a little. */
import { EventEmitter } from "node:events"
import { create, toBinary } from "@bufbuild/protobuf"
import { Client, credentials } from "@grpc/grpc-js"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, it } from "vitest"
import { toolServices } from "../../src/contract/services.ts"
import { healthOf } from "../../src/serving/health.ts"
import { reflectionOf } from "../../src/serving/reflection.ts"
import { openGrpcWorld } from "../access/world.ts"

const { reflection } = toolServices
const [info] = reflection.methods
if (info === undefined) throw new Error("reflection has no method")
const question = create(info.input, {
  messageRequest: { case: "fileContainingSymbol", value: reflection.typeName }
} as never)

/** A call whose client takes so many answers before it has to read. */
class SlowCall extends EventEmitter {
  taken = 0
  isPaused = false
  room: number

  constructor(room: number) {
    super()
    this.room = room
  }

  write(): boolean {
    this.taken += 1
    this.room -= 1
    return this.room > 0
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }
}

it("who asks and does not read is asked nothing more until they do", () => {
  const call = new SlowCall(3)
  const handle = reflectionOf(reflection, [reflection]).get("ServerReflectionInfo") as unknown as (
    call: SlowCall
  ) => void
  handle(call)
  let asked = 0
  while (!call.isPaused && asked < 1_000) {
    call.emit("data", question)
    asked += 1
  }
  expect([asked, call.taken]).toEqual([3, 3])
  call.room = 2
  call.emit("drain")
  expect(call.isPaused).toBe(false)
})

it("who reads late gets all answers", async () => {
  const world = await openGrpcWorld()
  const client = new Client(world.address, credentials.createInsecure())
  const stream = client.makeBidiStreamRequest(
    `/${reflection.typeName}/ServerReflectionInfo`,
    (message: typeof question) => Buffer.from(toBinary(info.input, message)),
    (bytes: Buffer) => bytes.length
  )
  const count = 500
  for (let n = 0; n < count; n++) stream.write(question)
  stream.end()
  // Other calls are answered meanwhile.
  for (let n = 0; n < 20; n++) {
    expect(await world.client.raw("/grpc.health.v1.Health/Check", Buffer.alloc(0))).toMatchObject({
      code: 0
    })
  }
  let answers = 0
  for await (const length of stream) answers += Number(length) > 1_000 ? 1 : 0
  expect(answers).toBe(count)
  client.close()
  await world.close()
})

const checking = (ping: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const { check } = healthOf(new Map([["one", ping]]), () => false)
    const [method] = toolServices.health.methods
    if (method === undefined) throw new Error("health has no method")
    const request = create(method.input, { service: "one" } as never)
    return Effect.suspend(() => check(request, undefined as never))
  })

it("many that ask for health at a time are one question to the stores", async () => {
  let pings = 0
  const ping = Effect.sync(() => {
    pings += 1
  })
  const asked = Effect.flatMap(checking(ping), (check) =>
    Effect.forEach(Array.from({ length: 100 }), () => check, { concurrency: "unbounded" })
  )
  expect(await Effect.runPromise(asked)).toHaveLength(100)
  expect(pings).toBe(1)
})

it("who asks beside somebody that gives up is answered", async () => {
  const asked = Effect.gen(function* () {
    const answers = yield* Deferred.make<void>()
    const begun = yield* Deferred.make<void>()
    const ping = Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(answers))
    const check = yield* checking(ping)
    const first = yield* Effect.forkChild(check)
    yield* Deferred.await(begun)
    const second = yield* Effect.forkChild(check)
    yield* Fiber.interrupt(first)
    yield* Deferred.succeed(answers, undefined)
    return yield* Fiber.join(second)
  })
  expect(await Effect.runPromise(asked)).toMatchObject({ message: { status: 1 } })
})
