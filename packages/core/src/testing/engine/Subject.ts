/**
 * A context as the engine's own contract sees it: engines over one store, a command that counts,
 * and a log. Tests of one suite share the store, so each uses names of its own.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { EngineOptions, Execute } from "../../engine/commandService.ts"
import type { DomainTypes } from "../../engine/Domain.ts"
import type { ReadLog } from "../../events/EventLog.ts"

/** A way to run the commands of whatever context is under test. */
export type ExecuteAny = Execute<DomainTypes>

/** The context under test. */
export class Subject extends Context.Service<
  Subject,
  {
    /** The engine that the tests share. */
    readonly execute: ExecuteAny
    /** One more engine over the same store; it closes with the scope. */
    readonly anotherEngine: (
      options?: EngineOptions
    ) => Effect.Effect<ExecuteAny, never, Scope.Scope>
    /** Makes what `add` is about, unless the context makes it by itself. */
    readonly prepare: (name: string) => Effect.Effect<void>
    /** A command that adds units to what the name stands for. */
    readonly add: (name: string, units: number) => DomainTypes["request"]["command"]
    /** A command that is refused, and the tag of its refusal. */
    readonly refused: (name: string) => {
      readonly command: DomainTypes["request"]["command"]
      readonly tag: string
    }
    /** How many units were added in all. */
    readonly unitsOf: (name: string) => Effect.Effect<number>
    readonly log: ReadLog
    /** A name that no other test uses. */
    readonly fresh: (word: string) => string
    /** Lets the store's time pass. */
    readonly advance: (duration: Duration.Input) => Effect.Effect<void>
    /** Callers that race at once. */
    readonly callers: number
    /** Engines that share the store when several race. */
    readonly engines: number
  }
>()("@holdfast/core/testing/Subject") {}
