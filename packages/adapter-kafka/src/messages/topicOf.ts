/** Which topic an event goes to. */

import { contextOf } from "@holdfast/core/events"

const sources = new Map<string, string>()

/** The source of a type of event, for CloudEvents: `urn:holdfast:` and its context. */
export const sourceOf = (eventType: string): string => {
  const known = sources.get(eventType)
  if (known !== undefined) return known
  const source = `urn:holdfast:${contextOf(eventType)}`
  // There are some dozens of types; others are read each time.
  if (sources.size < 1_000) sources.set(eventType, source)
  return source
}

/** How events are spread over topics. */
export interface TopicNaming {
  readonly topicPrefix: string
  readonly topics: "context" | "eventType"
}

/** The topic of a context, or of a type of event. */
export const topicNamed = (naming: TopicNaming, name: string): string =>
  `${naming.topicPrefix}.${name}`

/** The topic of an event. */
export const topicOf = (naming: TopicNaming, eventType: string): string =>
  topicNamed(naming, naming.topics === "context" ? contextOf(eventType) : eventType)
