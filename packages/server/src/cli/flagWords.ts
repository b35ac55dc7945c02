/** What the libraries call their options, in the words of the command line. */

const flags: ReadonlyMap<string, string> = new Map([
  ["`brokers`", "--kafka"],
  ["`createTopics`", "--kafka-create-topics"],
  ["`createTopics.replicationFactor`", "--kafka-replication"],
  ["`sasl`", "--kafka-user and --kafka-password"],
  ["`sasl.mechanism`", "--kafka-mechanism"],
  ["`tls`", "--kafka-tls or --kafka-ca"],
  ["`topicPrefix`", "--kafka-topic-prefix"]
])

/** A message of a library that names flags where it named options. */
export const inFlags = (message: string): string =>
  message.replace(/`[\w.]+`/g, (option) => flags.get(option) ?? option)

/**
 * What was typed, where a value that begins with a minus follows its flag: no flag begins with a minus and a
 * digit, so it is not taken for flags of one letter.
 */
export const valuesJoined = (typed: ReadonlyArray<string>): ReadonlyArray<string> => {
  const joined: Array<string> = []
  for (const word of typed) {
    const flag = joined.at(-1)
    if (/^-\d/.test(word) && flag !== undefined && /^--[a-z][a-z-]*$/.test(flag)) {
      joined[joined.length - 1] = `${flag}=${word}`
    } else joined.push(word)
  }
  return joined
}

/** What the command line says of what it cannot understand, in one sentence instead of a few lines. */
export const inOneSentence = (message: string): string => {
  const [what = "", ...choices] = message.split("Did you mean this?").map((part) => part.trim())
  const sentence = what.replace(/\s*\n\s*/g, " ")
  const words = choices.join("\n").split(/\s*\n\s*/)
  return choices.length === 0 ? sentence : `${sentence} (did you mean ${words.join(", or ")}?)`
}
