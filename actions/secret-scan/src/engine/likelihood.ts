import { surprises } from "./trigrams.ts";

/** Mean bits of surprise of the letters of a text, read as words: prose and names are near 3, chance is above 6. Texts without three letters in a row have none. */
export function surpriseOf(text: string): number {
  let bits = 0;
  let letters = 0;
  for (const [word] of text.replace(/([a-z])([A-Z])/g, "$1 $2").matchAll(/[A-Za-z]{3,}/g)) {
    const lower = word.toLowerCase();
    let before = 0;
    let last = 0;
    for (let index = 0; index < lower.length; index++) {
      const code = lower.charCodeAt(index) - 96;
      bits += Number(surprises.charAt((before * 27 + last) * 27 + code));
      before = last;
      last = code;
      letters++;
    }
  }
  return letters < 3 ? 0 : bits / letters;
}
