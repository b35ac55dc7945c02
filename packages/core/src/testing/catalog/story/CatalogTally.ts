/**
 * What stories of the catalog have met: each refusal, each event, and each command beside each
 * status of its product. A property test asserts the counts, since stories that miss a case prove
 * nothing about it.
 */
import { type RefusalTag, refusals } from "../../../catalog/messages/CatalogError.ts"
import { payloads } from "../../../catalog/messages/CatalogEvent.ts"
import { type Product, ProductStatus } from "../../../catalog/state/Product.ts"
import type { CatalogStoryRequest } from "./catalogStory.ts"

/** The refusals that no story can meet, and why. */
export const outOfReachOfCatalog: { readonly [Tag in RefusalTag]?: string } = {
  Unauthenticated: "a story is the host's, who is trusted",
  Forbidden: "a story is the host's, who is trusted",
  ProductTooLarge: "no product gathers 1,000 options in 80 steps",
  SlugNotFound: "a question is refused so, never a command",
  PositionGone: "a question is refused so, never a command",
  LogRestored: "a question is refused so, never a command"
}

const ofProduct = [
  "DuplicateProduct",
  "UpdateProduct",
  "ActivateProduct",
  "DeactivateProduct",
  "DiscontinueProduct",
  "DeleteProduct",
  "AddOption",
  "UpdateOption",
  "RemoveOption",
  "SetSkuMappings",
  "SetImages",
  "SetCategories",
  "FollowStock"
]

const expected: ReadonlyArray<string> = [
  ...Object.keys(refusals)
    .filter((tag) => !(tag in outOfReachOfCatalog))
    .map((tag) => `refusal ${tag}`),
  ...Object.keys(payloads).map((type) => `event ${type}`),
  ...ofProduct.flatMap((command) =>
    [...ProductStatus.literals, "none"].map((status) => `product ${command} × ${status}`)
  ),
  "stock a mixed word",
  "stock followed and nothing moved",
  "attribute retired",
  "attribute taken into use again",
  "attribute lost a choice",
  "value given",
  "value taken away",
  "value of another kind",
  "value of an unknown choice",
  "key replayed"
]

/** How often each thing was met. */
export class CatalogTally {
  requests = 0
  private readonly met = new Map<string, number>()

  /** Counts a request, with the products before it. */
  count(taken: CatalogStoryRequest, before: ReadonlyMap<string, Product>): void {
    const { events, outcome, request } = taken
    const { command } = request
    this.requests += 1
    if (outcome._tag === "Refused") this.add(`refusal ${outcome.refusal._tag}`)
    if (outcome._tag === "Refused" && outcome.refusal._tag === "StaleStock") {
      if (outcome.refusal.isMixed) this.add("stock a mixed word")
    }
    if (outcome._tag === "Replayed") this.add("key replayed")
    for (const { eventType } of events) this.add(`event ${eventType}`)
    if (ofProduct.includes(command._tag) && "productId" in command) {
      const status = before.get(command.productId ?? "")?.status ?? "none"
      this.add(`product ${command._tag} × ${status}`)
    }
    this.countValues(taken, before)
    if (command._tag === "FollowStock" && outcome._tag === "Answered" && events.length === 0) {
      this.add("stock followed and nothing moved")
    }
  }

  /** Counts what a request did to attributes and to values of them. */
  private countValues(
    { events, outcome }: CatalogStoryRequest,
    before: ReadonlyMap<string, Product>
  ): void {
    if (outcome._tag === "Refused" && outcome.refusal._tag === "AttributeMismatch") {
      const { unknownChoices } = outcome.refusal
      this.add(unknownChoices.length > 0 ? "value of an unknown choice" : "value of another kind")
    }
    for (const event of events) {
      if (event.eventType === "attribute.updated") {
        const { attribute, changed } = event.payload
        if (changed.includes("choices") && attribute.choices.length < 3) {
          this.add("attribute lost a choice")
        }
        if (!changed.includes("isActive")) continue
        this.add(attribute.isActive ? "attribute taken into use again" : "attribute retired")
      }
      if (event.eventType !== "product.updated") continue
      const { attributes, id } = event.payload.product
      const earlier = before.get(id)?.attributes ?? {}
      if (Object.keys(attributes).some((code) => !(code in earlier))) this.add("value given")
      if (Object.keys(earlier).some((code) => !(code in attributes))) this.add("value taken away")
    }
  }

  /** How often a thing was met. */
  times(what: string): number {
    return this.met.get(what) ?? 0
  }

  /** The cases that were met fewer than `least` times. */
  rarer(least: number): ReadonlyArray<string> {
    return expected
      .filter((what) => this.times(what) < least)
      .map((what) => `${what}: ${this.times(what)}`)
  }

  /** The counts as a table, one line for each kind. */
  table(): string {
    const row = (kind: string) =>
      expected
        .filter((what) => what.startsWith(`${kind} `))
        .map((what) => `${what.slice(kind.length + 1)} ${this.times(what)}`)
    return [
      `${this.requests} requests`,
      ...["refusal", "event", "product", "stock", "attribute", "value", "key"].map(
        (kind) => `${kind}: ${row(kind).join(", ")}`
      )
    ].join("\n")
  }

  private add(what: string): void {
    this.met.set(what, this.times(what) + 1)
  }
}
