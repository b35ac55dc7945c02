// Parity: the same random stories of commands, played through the library, REST and gRPC, end in the
// same state, with the same answers and the same refusals.
import { CommandIds } from "@holdfast/core/engine"
import {
  checkCommand,
  Inventory,
  InventoryLog,
  type InventoryServices,
  MemoryInventory,
  operations,
  StockReads
} from "@holdfast/core/inventory"
import { arbitraryStory, oneByOne } from "@holdfast/core/testing"
import { webHandler } from "@holdfast/http"
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { GrpcAddress, layerGrpcServer } from "../../src/index.ts"
import { TestClient } from "../calling.ts"
import { restRequest } from "./restRequest.ts"

const seed = process.env["HOLDFAST_TEST_SEED"] ?? "parity"
const stories = Number(process.env["HOLDFAST_PARITY_STORIES"] ?? 8)
const length = 60

/** How a command ends at a door: what it did, or the code of why not. */
interface Ended {
  readonly code?: string | undefined
  readonly answer?: unknown
  readonly isReplayed?: boolean | undefined
}

/** The instant and the id of the next command, the same in every world. */
class Script {
  millis = 0
  private commandId: string | undefined

  next(millis: number, commandId: string): void {
    this.millis = millis
    this.commandId = commandId
  }

  readonly ids = {
    next: () => {
      const id = this.commandId ?? crypto.randomUUID()
      this.commandId = undefined
      return id as never
    }
  }

  readonly clock = {
    ...Context.get(Context.empty(), Clock.Clock),
    currentTimeMillisUnsafe: () => this.millis,
    currentTimeMillis: Effect.sync(() => this.millis)
  }
}

/** A refusal by its code, whatever the door: `InsufficientStock` as `insufficient-stock`. */
const codeOf = (tag: string): string =>
  tag
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase()

const open = async (script: Script) => {
  const scope = Scope.makeUnsafe()
  const context = (await Effect.runPromise(
    Layer.buildWithScope(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer), scope).pipe(
      Effect.provideService(CommandIds, script.ids),
      Effect.provideService(Clock.Clock, script.clock)
    )
  )) as Context.Context<InventoryServices>
  const door = await Effect.runPromise(
    Layer.buildWithScope(
      Layer.provide(layerGrpcServer({ port: 0 }), Layer.succeedContext(context)),
      scope
    )
  )
  const { dispose, handler } = webHandler(Layer.succeedContext(context), { requestLinesMax: 2_000 })
  const { host, port } = Context.get(door, GrpcAddress)
  const client = new TestClient(`${host}:${port}`)
  return {
    client,
    fetch: handler,
    inventory: Context.get(context, Inventory),
    events: () =>
      Effect.runPromise(Context.get(context, InventoryLog).read(0, 100_000)).then((events) =>
        events.map((event) => JSON.stringify({ ...event, incarnation: 0 }))
      ),
    stock: () => Effect.runPromise(Context.get(context, StockReads).reconciled(null, 1_000)),
    close: async () => {
      client.close()
      await dispose()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

type World = Awaited<ReturnType<typeof open>>
type Row = { readonly command?: string; readonly answer: Schema.Top }

const nameOf = new Map(
  Object.entries(operations as Readonly<Record<string, Row>>).flatMap(([name, { command }]) =>
    command === undefined ? [] : [[command, name]]
  )
)

/** A value without what is null or empty. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, plain(one)]]))
  )
}

const byLibrary = async (
  { inventory }: World,
  name: string,
  input: object,
  idempotencyKey: string | undefined
): Promise<Ended> => {
  const method = inventory[name as "receive"] as unknown as (
    input: object,
    options: object
  ) => Effect.Effect<unknown, { readonly _tag: never }>
  const exit = await Effect.runPromiseExit(Effect.result(method(input, { idempotencyKey })))
  if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
  if (Result.isFailure(exit.value)) return { code: codeOf(exit.value.failure._tag) }
  const { answer } = operations[name as "receive"] as unknown as {
    readonly answer: Schema.Codec<unknown>
  }
  const encoded = Schema.encodeUnknownSync(answer)(exit.value.success)
  return { answer: plain(JSON.parse(JSON.stringify(encoded))) }
}

const byRest = async (
  { fetch }: World,
  name: string,
  input: object,
  key: string | undefined
): Promise<Ended> => {
  const response = await fetch(restRequest(name, input, key))
  const body = (await response.json()) as { readonly type: string }
  return {
    code: response.status < 400 ? undefined : body.type.replace("urn:holdfast:problem:", ""),
    isReplayed: response.headers.get("idempotent-replayed") === "true"
  }
}

const byGrpc = async (
  { client }: World,
  name: string,
  input: object,
  key: string | undefined
): Promise<Ended> => {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key }
  const { answer, code, isReplayed, reason } = await client.call("inventory", name, input, headers)
  return code === 0
    ? { answer: plain(answer), isReplayed }
    : { code: codeOf(reason ?? `status ${code}`) }
}

/** A command as a client sends it: JSON, with lines as they are before options are expanded. */
const asAsked = (command: object): object => {
  const input = JSON.parse(JSON.stringify(command))
  if (!Array.isArray(input.lines)) return input
  const lines = input.lines.map(({ line: _, option: __, ...line }: Record<string, unknown>) => line)
  return { ...input, lines }
}

/** What the engine does by itself, at no door. */
const byItself = ({ inventory }: World, command: object) => {
  const checked = checkCommand(command as never)
  return Result.isSuccess(checked)
    ? Effect.runPromiseExit(inventory.execute(checked.success as never))
    : undefined
}

it(`${stories} stories of the seed "${seed}" end alike at three doors`, async () => {
  const told = await Effect.runPromise(
    Arbitrary.sampleEffect(arbitraryStory(length), { count: stories, seed, size: length })
  )
  const seen = { done: 0, refused: new Set<string>(), commands: new Set<string>(), replayed: 0 }
  for (const steps of told) {
    const script = new Script()
    const worlds = [await open(script), await open(script), await open(script)] as const
    const [library, rest, grpc] = worlds
    for (const { now, request } of oneByOne(steps).requests) {
      const { _tag: tag, ...command } = request.command
      const input = asAsked(command)
      const key = request.key?.key
      const at = () => script.next(now.epochMilliseconds, request.origin.commandId)
      const name = nameOf.get(tag)
      if (name === undefined) {
        for (const world of worlds) {
          at()
          await byItself(world, request.command)
        }
        continue
      }
      at()
      const first = await byLibrary(library, name, input, key)
      at()
      const second = await byRest(rest, name, input, key)
      at()
      const third = await byGrpc(grpc, name, input, key)
      const about = `${tag} ${JSON.stringify(input)}`
      expect(second.code, about).toBe(first.code)
      expect(third.code, about).toBe(first.code)
      if (first.code === undefined) expect(third.answer, about).toEqual(first.answer)
      expect(third.isReplayed ?? false, about).toBe(second.isReplayed)
      seen.commands.add(tag)
      if (first.code === undefined) seen.done++
      else seen.refused.add(first.code)
      if (second.isReplayed === true) seen.replayed++
    }
    const [events, ...others] = await Promise.all(worlds.map((world) => world.events()))
    expect(events?.length).toBeGreaterThan(20)
    for (const other of others) expect(other).toEqual(events)
    const [stock, ...stocks] = await Promise.all(worlds.map((world) => world.stock()))
    for (const other of stocks) expect(other).toEqual(stock)
    for (const world of worlds) await world.close()
  }
  expect(seen.done).toBeGreaterThan(stories * 15)
  expect(seen.refused.size).toBeGreaterThan(8)
  expect(seen.commands.size).toBeGreaterThan(15)
  expect(seen.replayed).toBeGreaterThan(0)
}, 240_000)
