/**
 * Decisions of the catalog as given, when, then, without a store: `givenCatalog()` is an empty
 * catalog, `and` brings it to where the story begins, `when` takes the decision. Time stands still
 * until the story says `later`; ids count up, so two runs of one story are equal.
 */
import { foldBatch } from "../../catalog/batch/foldBatch.ts"
import { type InventoryWord, noObjection } from "../../catalog/decide/Draft.ts"
import type { AnswerOf } from "../../catalog/messages/CatalogAnswer.ts"
import type {
  CatalogCommand,
  CommandOf,
  CommandTag
} from "../../catalog/messages/CatalogCommand.ts"
import type { CatalogRefusal } from "../../catalog/messages/CatalogError.ts"
import type { CatalogEvent } from "../../catalog/messages/CatalogEvent.ts"
import { StoryTime } from "../StoryTime.ts"
import { mustBeInRow } from "./heldToTable.ts"
import { ReplayedCatalog } from "./ReplayedCatalog.ts"

/** The outcome of a command. */
export type CatalogCommandOutcome<Tag extends CommandTag> =
  | {
      readonly _tag: "Accepted"
      readonly events: ReadonlyArray<CatalogEvent>
      readonly answer: AnswerOf<Tag>
    }
  | { readonly _tag: "Refused"; readonly refusal: CatalogRefusal }

/** A catalog in which commands are decided one after another. */
export class GivenCatalog extends StoryTime {
  readonly rows = new ReplayedCatalog()

  /** Takes a decision; what was accepted has happened. */
  when<Tag extends CommandTag>(
    command: CommandOf<Tag>,
    word: InventoryWord = noObjection
  ): CatalogCommandOutcome<Tag> {
    const request = { command, origin: this.nextOrigin(), key: null, word }
    const { answer, changes } = foldBatch(this.rows.loaded(this.now), [request])
    const [outcome] = answer
    if (outcome?._tag === "Defect") throw outcome.defect
    if (outcome?._tag === "Refused") {
      mustBeInRow(command._tag, outcome.refusal)
      return outcome
    }
    if (outcome?._tag !== "Answered") throw new Error(`no answer to ${command._tag}`)
    this.rows.apply(changes.events)
    this.rows.see(changes.seenStock)
    return {
      _tag: "Accepted",
      events: changes.events,
      answer: outcome.answer as AnswerOf<Tag>
    }
  }

  /** Commands that were accepted before the story begins. */
  and(...commands: ReadonlyArray<CatalogCommand>): this {
    for (const command of commands) this.accepts(command)
    return this
  }

  /** The answer to a command that must be accepted. */
  accepts<Tag extends CommandTag>(command: CommandOf<Tag>): AnswerOf<Tag> {
    const outcome = this.when<Tag>(command)
    if (outcome._tag === "Accepted") return outcome.answer
    throw new Error(`${command._tag} was refused: ${JSON.stringify(outcome.refusal)}`)
  }

  /** The refusal of a command that must be refused. */
  refuses(command: CatalogCommand, word: InventoryWord = noObjection): CatalogRefusal {
    const outcome = this.when(command, word)
    if (outcome._tag === "Refused") return outcome.refusal
    throw new Error(`${command._tag} was accepted: ${JSON.stringify(outcome.answer)}`)
  }
}

/** An empty catalog. */
export const givenCatalog = (): GivenCatalog => new GivenCatalog()
