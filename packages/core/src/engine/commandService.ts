/**
 * A context's commands as a service. It validates, gives each command its id, gathers commands that
 * arrive together into one batch, and answers each caller with its own result.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Principal, principalName } from "../access/Principal.ts"
import { type Asking, type AuditPolicy, askingFor, isRecorded } from "../audit/asking.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import { batchMeter, showQueue } from "../metrics/batchMeter.ts"
import { KeyRing } from "../secrets/KeyRing.ts"
import { sampledSpan, traceparentOf } from "../tracing/spans.ts"
import { CommandIds } from "./CommandIds.ts"
import { type Awaited, commitOver, type Witness } from "./commitBatch.ts"
import { type Domain, type DomainTypes, requestNames, type StoreOf } from "./Domain.ts"
import { fingerprintOf } from "./fingerprint.ts"
import * as GroupCommit from "./GroupCommit.ts"
import type { Executed, Request } from "./Request.ts"
import {
  anonymous,
  type Caller,
  callerOfFiber,
  RequestCaller,
  RequestVersionsWritten
} from "./RequestCaller.ts"
import { type RequestOptions, readOptions } from "./RequestOptions.ts"

/** How an engine is tuned. The defaults suit a server with one database. */
export interface EngineOptions {
  /** Requests that may wait in one lane before callers get `Overloaded`: 10,000. */
  readonly queueMax?: number | undefined
  /** Requests in one batch: 500. */
  readonly batchMax?: number | undefined
  /** Lines in one batch: 1,000. A larger command is a batch alone. */
  readonly batchLinesMax?: number | undefined
  /** How long a request may wait for its batch, in milliseconds: 10,000. */
  readonly waitMillisMax?: number | undefined
  /**
   * Which changes get a record in the audit log: `PRINCIPALS`, those that somebody made with a principal,
   * unless given. `ALL` of them, or `NONE`.
   */
  readonly audit?: AuditPolicy | undefined
}

/** The command of a request. */
type CommandOf<T extends DomainTypes> = T["request"]["command"]

/** How one command ends for its caller. */
export type Execution<T extends DomainTypes> = Effect.Effect<
  Executed<T["answer"]>,
  T["refusal"] | InvalidInput.InvalidInput | StoreError
>

/** Runs a command that has been validated already, such as one that a schema decoded. */
export type Execute<T extends DomainTypes> = (
  command: CommandOf<T>,
  options?: RequestOptions
) => Execution<T>

/** Sends a request and waits for its own answer. */
type Submit<T extends DomainTypes> = GroupCommit.Submit<
  T["request"],
  Executed<T["answer"]>,
  T["refusal"]
>

/**
 * Makes a request of its parts. A context may note more about it, and put the command that is decided
 * in the place of the one that was asked, whose fingerprint is in the key.
 */
export type MakeRequest<T extends DomainTypes> = (request: Request<CommandOf<T>>) => T["request"]

/** What fits in the place of a caller, in code points. */
const callerMax = 255

/**
 * Whose idempotency keys a principal uses. The kind is a part of it, so that a person and a service of
 * one id never meet. A text that is too long to keep is kept by its fingerprint.
 */
const callerOf = (digest: Digest.Digest["Service"], principal: Principal) => {
  const caller = principalName(principal)
  return [...caller].length <= callerMax ? Effect.succeed(caller) : fingerprintOf(digest, caller)
}

/** The service over a way of sending one request and waiting for its answer. */
const serviceOver = Effect.fnUntraced(function* <T extends DomainTypes>(
  domain: Domain<T>,
  makeRequest: MakeRequest<T>,
  submit: Submit<T>,
  policy: AuditPolicy = "PRINCIPALS"
) {
  const ids = yield* CommandIds
  const digest = yield* Digest.Digest
  const keyRing = Option.getOrUndefined(yield* Effect.serviceOption(KeyRing))
  const askingOf = askingFor(policy, keyRing, digest, ids.next)
  const submitAsked = (
    command: CommandOf<T>,
    key: Request["key"],
    about: RequestOptions,
    principal: Principal | undefined,
    asking: Asking | undefined
  ) => {
    // What the caller has sent goes on by itself, unless a span of ours continues it.
    const span = sampledSpan(Fiber.getCurrent())
    const origin = {
      commandId: ids.next(),
      correlationId: about.correlationId ?? null,
      traceparent: span === undefined ? (about.traceparent ?? null) : traceparentOf(span),
      actor: principal?.id ?? about.actor ?? null
    }
    const request = makeRequest(
      principal === undefined && asking === undefined && span === undefined
        ? { command, origin, key }
        : { command, origin, key, principal, asking, span }
    )
    return submit(domain.laneOf(request.command), request, domain.weightOf(request.command))
  }
  const enqueue = (
    command: CommandOf<T>,
    key: Request["key"],
    about: RequestOptions,
    sender: Caller
  ): Execution<T> => {
    const asking = askingOf(sender, key)
    return Effect.isEffect(asking)
      ? Effect.flatMap(asking, (asked) => submitAsked(command, key, about, sender.principal, asked))
      : submitAsked(command, key, about, sender.principal, asking)
  }
  const executeFor = (command: CommandOf<T>, options: RequestOptions, sender: Caller) =>
    Effect.flatMap(Effect.fromResult(readOptions(options)), (about): Execution<T> => {
      const key = about.idempotencyKey
      if (key === undefined) return enqueue(command, null, about, sender)
      const keyed = (caller: string) =>
        Effect.flatMap(fingerprintOf(digest, command), (fingerprint) =>
          enqueue(command, { caller, key, fingerprint }, about, sender)
        )
      return sender.principal === undefined
        ? keyed(about.caller ?? "")
        : Effect.flatMap(callerOf(digest, sender.principal), keyed)
    })
  const execute: Execute<T> = (command, options) =>
    Effect.withFiber((fiber) => {
      const known = fiber.getRef(RequestCaller)
      const sender = isRecorded(policy, known) ? callerOfFiber(fiber) : known
      if (sender === anonymous) {
        return options === undefined
          ? enqueue(command, null, {}, sender)
          : executeFor(command, options, sender)
      }
      if (sender.principal !== undefined) return executeFor(command, options ?? {}, sender)
      const caller = options?.caller ?? sender.caller
      const actor = options?.actor ?? sender.actor
      // There is nothing to read: the door knows no more than where the request came from.
      if (options === undefined && actor === undefined) return enqueue(command, null, {}, sender)
      return executeFor(command, { ...options, caller, actor }, sender)
    })
  return execute
})

/** The service with a queue. Closing its scope answers what was taken, then ends. */
export const makeQueued = <T extends DomainTypes>(
  domain: Domain<T>,
  store: StoreOf<T>,
  options: EngineOptions,
  makeRequest: MakeRequest<T>,
  witness?: Witness<T>
): Effect.Effect<Execute<T>, never, Scope.Scope | Digest.Digest> =>
  Effect.gen(function* () {
    const ids = yield* CommandIds
    const name = domain.name ?? "other"
    const meter = yield* batchMeter(name)
    const submit = yield* GroupCommit.make(
      {
        meter,
        lanes: store.lanes,
        waiters: store.waiters ?? 1,
        queueMax: options.queueMax ?? 10_000,
        batchMax: options.batchMax ?? 500,
        weightMax: options.batchLinesMax ?? 1_000,
        waitMillisMax: options.waitMillisMax ?? 10_000
      },
      requestNames(domain),
      commitOver(domain, store, ids.next, meter, witness)
    )
    yield* showQueue(name, submit.waiting)
    const { admit } = store
    const admitted: Submit<T> =
      admit === undefined ? submit : (...asked) => Effect.andThen(admit, submit(...asked))
    return yield* serviceOver(domain, makeRequest, admitted, options.audit)
  })

/**
 * The service without a queue: each command is a batch alone, in the caller's own fiber. For a
 * host's own transaction, where there is nothing to gather.
 */
export const makeUnqueued = <T extends DomainTypes>(
  domain: Domain<T>,
  store: StoreOf<T>,
  makeRequest: MakeRequest<T>,
  options: Pick<EngineOptions, "audit"> = {}
): Effect.Effect<Execute<T>, never, Digest.Digest> =>
  Effect.gen(function* () {
    const ids = yield* CommandIds
    const commit = commitOver(domain, store, ids.next, yield* batchMeter(domain.name ?? "other"))
    /** Repeats until the request has ended: as another command, or waiting for an obstacle. */
    const ended = (
      request: T["request"],
      awaited: Awaited<T["obstacle"]> | undefined
    ): Effect.Effect<Executed<T["answer"]>, T["refusal"] | StoreError> =>
      Effect.flatMap(commit([request], awaited), ([end]) => {
        if (end === undefined || end._tag === "Apart") {
          return Effect.die(new Error("a batch of one left its request unanswered"))
        }
        if (end._tag === "Ended") return end.exit
        return end._tag === "Again" ? ended(end.request, undefined) : ended(request, end.obstacle)
      })
    return yield* serviceOver(
      domain,
      makeRequest,
      (_lane, request) => ended(request, undefined),
      options.audit
    )
  })

/** Reads a command of untrusted parts: the command, or every bad field of it. */
export type ReadCommand<Command> = (
  input: unknown
) => Result.Result<Command, InvalidInput.InvalidInput>

/** The reader of the commands of a union; the `_tag` of each says which it is. */
export const commandReader = <Command>(
  members: ReadonlyArray<
    Schema.Top & { readonly fields: { readonly _tag: { readonly schema: { literal: string } } } }
  >
): ReadCommand<Command> => {
  const readers = new Map(
    members.map((schema) => [
      schema.fields._tag.schema.literal,
      InvalidInput.reader(schema as unknown as Schema.Codec<Command, unknown>)
    ])
  )
  return (input) => {
    const tag = (input as { readonly _tag?: unknown } | null)?._tag
    const read = typeof tag === "string" ? readers.get(tag) : undefined
    const issues = [{ path: "_tag", message: "must name a command" }]
    return read === undefined ? Result.fail({ _tag: "InvalidInput", issues }) : read(input)
  }
}

/**
 * The commands as methods: `tags` names the command behind each method. A method validates its
 * input, which is the command without its tag.
 */
export const methodsOver = <T extends DomainTypes>(
  tags: Readonly<Record<string, string>>,
  read: ReadCommand<CommandOf<T>>,
  execute: Execute<T>
): Readonly<
  Record<
    string,
    (
      input: unknown,
      options?: RequestOptions
    ) => Effect.Effect<T["answer"], T["refusal"] | InvalidInput.InvalidInput | StoreError>
  >
> => {
  const readFields = (tag: string, input: unknown) => {
    if (typeof (input ?? {}) === "object" && !Array.isArray(input)) {
      return read({ ...(input as object | null | undefined), _tag: tag })
    }
    const issues = [{ path: "input", message: "must be an object" }]
    return Result.fail<InvalidInput.InvalidInput>({ _tag: "InvalidInput", issues })
  }
  const method = (tag: string) => (input: unknown, options?: RequestOptions) =>
    Effect.suspend(() => {
      const command = readFields(tag, input)
      return Result.isFailure(command)
        ? Effect.fail(command.failure)
        : Effect.withFiber((fiber) => {
            const written = fiber.getRef(RequestVersionsWritten)
            return Effect.map(execute(command.success, options), ({ answer, versions }) => {
              if (written !== undefined && versions !== undefined) {
                for (const [name, version] of versions()) written.set(name, version)
              }
              return answer
            })
          })
    })
  return Object.fromEntries(Object.entries(tags).map(([name, tag]) => [name, method(tag)]))
}
