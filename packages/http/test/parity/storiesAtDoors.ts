/**
 * Parity: the same random stories of commands, played through the library, REST and one more door, end in
 * the same state, with the same answers and the same refusals.
 */
import { CommandIds } from "@holdfast/core/engine"
import {
  checkCommand,
  Inventory,
  InventoryLog,
  type InventoryServices,
  MemoryInventory,
  operations,
  refusals,
  StockReads
} from "@holdfast/core/inventory"
import { arbitraryStory, oneByOne } from "@holdfast/core/testing"
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
import { type MountOptions, webHandler } from "../../src/index.ts"
import { restRequest } from "./restRequest.ts"

const seed = process.env["HOLDFAST_TEST_SEED"] ?? "parity"
const stories = Number(process.env["HOLDFAST_PARITY_STORIES"] ?? 8)
const length = 60

/** How a command ends at a door: what it did, or the code of why not. */
export interface Ended {
  readonly code?: string | undefined
  readonly answer?: unknown
  readonly isReplayed?: boolean | undefined
}

/** Calls a command by its name, such as `reserve`. */
export type Call = (name: string, input: object, key: string | undefined) => Promise<Ended>

/** What a door is opened over: the services, for as long as a scope, and the web handler over them. */
export interface Opening {
  readonly context: Context.Context<InventoryServices>
  readonly scope: Scope.Scope
  readonly fetch: (request: Request) => Promise<Response>
}

/** The door that is held to the library and to REST. */
export interface DoorUnderTest {
  /** How the web handler is mounted. */
  readonly mounted: MountOptions
  readonly open: (opening: Opening) => Promise<Call>
  /** Whether a line of bulk can be sent at this door; all, unless given. */
  readonly takesLine?: (line: Readonly<Record<string, unknown>>) => boolean
  /** A value of the library as the answers of this door are compared with it. */
  readonly plain: (value: unknown) => unknown
  /** Whether the answer to what ended so is compared too. */
  readonly isCompared: (ended: Ended) => boolean
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

  /** The real clock in all but what time it is: a copy of its fields would lack its methods. */
  readonly clock: Clock.Clock = Object.assign(
    Object.create(Context.get(Context.empty(), Clock.Clock)),
    {
      currentTimeMillisUnsafe: () => this.millis,
      currentTimeMillis: Effect.sync(() => this.millis)
    }
  )
}

const openWorld = async (script: Script, mounted: MountOptions) => {
  const scope = Scope.makeUnsafe()
  const context = (await Effect.runPromise(
    Layer.buildWithScope(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer), scope).pipe(
      Effect.provideService(CommandIds, script.ids),
      Effect.provideService(Clock.Clock, script.clock)
    )
  )) as Context.Context<InventoryServices>
  const { dispose, handler } = webHandler(Layer.succeedContext(context), mounted)
  return {
    ...{ context, scope, fetch: handler },
    inventory: Context.get(context, Inventory),
    events: () =>
      Effect.runPromise(Context.get(context, InventoryLog).read(0, 100_000)).then((events) =>
        events.map((event) => JSON.stringify({ ...event, incarnation: 0 }))
      ),
    stock: () => Effect.runPromise(Context.get(context, StockReads).reconciled(null, 1_000)),
    close: async () => {
      await dispose()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

type World = Awaited<ReturnType<typeof openWorld>>

const nameOf = new Map(
  Object.entries(operations).flatMap(([name, row]) =>
    "command" in row ? [[row.command as string, name] as const] : []
  )
)

const byLibrary =
  ({ inventory }: World, plain: DoorUnderTest["plain"]): Call =>
  async (name, input, idempotencyKey) => {
    const method = inventory[name as "receive"] as unknown as (
      input: object,
      options: object
    ) => Effect.Effect<unknown, { readonly _tag: keyof typeof refusals }>
    const exit = await Effect.runPromiseExit(Effect.result(method(input, { idempotencyKey })))
    if (Exit.isFailure(exit)) throw new Error(String(exit.cause))
    if (Result.isFailure(exit.value)) {
      const { failure } = exit.value
      return { code: refusals[failure._tag].slug, answer: plain(failure) }
    }
    const { answer } = operations[name as "receive"] as unknown as {
      readonly answer: Schema.Codec<unknown>
    }
    const encoded = Schema.encodeUnknownSync(answer)(exit.value.success)
    return { answer: plain(JSON.parse(JSON.stringify(encoded))) }
  }

const byRest =
  ({ fetch }: World): Call =>
  async (name, input, key) => {
    const response = await fetch(restRequest(name, input, key))
    const body = (await response.json()) as { readonly type: string }
    return {
      code: response.status < 400 ? undefined : body.type.replace("urn:holdfast:problem:", ""),
      isReplayed: response.headers.get("idempotent-replayed") === "true"
    }
  }

/** What the engine does by itself, at no door. */
const byItself = ({ inventory }: World, command: object) => {
  const checked = checkCommand(command as never)
  return Result.isSuccess(checked)
    ? Effect.runPromiseExit(inventory.execute(checked.success as never))
    : undefined
}

/** What was met over all stories. */
class Met {
  done = 0
  replayed = 0
  readonly refused = new Set<string>()
  readonly commands = new Set<string>()
}

type Steps = Parameters<typeof oneByOne>[0]

const play = async (steps: Steps, door: DoorUnderTest, met: Met) => {
  const { isCompared, mounted, plain, takesLine = () => true } = door
  /** A command as a client sends it: JSON, with lines as they are before options are expanded. */
  const asAsked = (command: object): object => {
    const input = JSON.parse(JSON.stringify(command))
    if (!Array.isArray(input.lines)) return input
    const lines = input.lines
      .filter(takesLine)
      .map(({ line: _, option: __, ...line }: Record<string, unknown>) => line)
    return { ...input, lines }
  }
  const script = new Script()
  const open = () => openWorld(script, mounted)
  const worlds = [await open(), await open(), await open()] as const
  const [library, rest, third] = worlds
  const calls = [byLibrary(library, plain), byRest(rest), await door.open(third)] as const
  for (const { now, request } of oneByOne(steps).requests) {
    const { _tag: tag, ...command } = request.command
    const at = () => script.next(now.epochMilliseconds, request.origin.commandId)
    const name = nameOf.get(tag)
    if (name === undefined) {
      for (const world of worlds) {
        at()
        await byItself(world, request.command)
      }
      continue
    }
    const input = asAsked(command)
    const ended: Array<Ended> = []
    for (const call of calls) {
      at()
      ended.push(await call(name, input, request.key?.key))
    }
    const [first = {}, second = {}, last = {}] = ended
    const about = `${tag} ${JSON.stringify(input)}`
    expect(second.code, about).toBe(first.code)
    expect(last.code, about).toBe(first.code)
    if (isCompared(first)) expect(last.answer, about).toEqual(first.answer)
    expect(last.isReplayed ?? false, about).toBe(second.isReplayed)
    met.commands.add(tag)
    if (first.code === undefined) met.done++
    else met.refused.add(first.code)
    if (second.isReplayed === true) met.replayed++
  }
  const [events, ...others] = await Promise.all(worlds.map((world) => world.events()))
  expect(events?.length).toBeGreaterThan(20)
  for (const other of others) expect(other).toEqual(events)
  const [stock, ...stocks] = await Promise.all(worlds.map((world) => world.stock()))
  for (const other of stocks) expect(other).toEqual(stock)
  for (const world of worlds) await world.close()
}

/** The test: stories at the library, at REST and at the door. */
export const storiesAtDoors = (door: DoorUnderTest): void => {
  it(`${stories} stories of the seed "${seed}" end alike at three doors`, async () => {
    const told = await Effect.runPromise(
      Arbitrary.sampleEffect(arbitraryStory(length), { count: stories, seed, size: length })
    )
    const met = new Met()
    for (const steps of told) await play(steps, door, met)
    expect(met.done).toBeGreaterThan(stories * 15)
    expect(met.refused.size).toBeGreaterThan(8)
    expect(met.commands.size).toBeGreaterThan(15)
    expect(met.replayed).toBeGreaterThan(0)
  }, 240_000)
}
