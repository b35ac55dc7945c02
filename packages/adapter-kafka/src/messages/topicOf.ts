/** Which topic an event goes to. */

import { contextOf } from "@holdfast/core/events"

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
