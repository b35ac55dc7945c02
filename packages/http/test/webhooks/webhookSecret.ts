/** A secret of a letter, for tests. */
export const webhookSecret = (letter: string): string => `whsec_${btoa(letter.repeat(32))}`
