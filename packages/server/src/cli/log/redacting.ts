/** Texts without what nobody but the server may know. */
import { inFlags } from "../flagWords.ts"

/**
 * A text without the credentials of any URL in it, or of any `user:password@host` without one. The
 * words user and password themselves stand in our own examples.
 */
export const withoutCredentials = (text: string): string =>
  // Most of what a line costs were these two, and in most lines there is no `a:b@` for them.
  text.lastIndexOf("@") < "a:b".length
    ? text
    : text
        .replace(/([a-z][a-z0-9+.-]*:\/\/)(?!user:password@)[^\s/"'@]*@/gi, "$1…@")
        .replace(/(?<![^\s"',])(?!user:password@)[^\s/"'@,:]+:(?!\/\/)[^\s"'@]+@/g, "…@")

/** A text for the person at the command line: it names flags, and no secret. */
export const forPeople = (text: string): string => inFlags(withoutCredentials(text))
