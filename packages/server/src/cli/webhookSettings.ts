/** How events are sent to webhooks: the settings of a server. */
import type { WebhookSenderOptions } from "@holdfast/adapter-webhooks"
import { durationMillis, setting, toggle } from "./settings.ts"

const allowed = ["private", "http"] as const

/** The settings. */
export const webhookFlags = {
  webhooks: toggle(
    "webhooks",
    "Send events to webhooks, and let them be managed from this machine (default: true)",
    true
  ),
  webhookTimeout: setting(
    "webhook-timeout",
    {
      metavar: "<time>",
      description: "How long a receiver may take to answer (default: 5s)",
      read: durationMillis("100ms", "1m")
    },
    5_000
  ),
  webhookAllow: setting(
    "webhook-allow",
    {
      metavar: "<private|http|private,http>",
      description:
        "Addresses that webhooks may have beside public ones that begin with https (default: none)",
      read: (text) => {
        const words = text.split(",").map((word) => word.trim())
        return words.every((word) => allowed.some((one) => one === word))
          ? { value: new Set(words) }
          : { mustBe: "private, http, or both with a comma between" }
      }
    },
    new Set<string>()
  )
}

/** The settings as read. */
export interface WebhookInput {
  readonly webhooks: boolean
  readonly webhookTimeout: number
  readonly webhookAllow: ReadonlySet<string>
}

/** The sender that the settings ask for; undefined when nothing is sent. */
export const webhooksOf = ({
  webhookAllow,
  webhookTimeout,
  webhooks
}: WebhookInput): WebhookSenderOptions | undefined =>
  webhooks
    ? {
        timeoutMillis: webhookTimeout,
        allowPrivate: webhookAllow.has("private"),
        allowHttp: webhookAllow.has("http")
      }
    : undefined
