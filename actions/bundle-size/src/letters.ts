/**
 * How likely one letter follows another in the words that people name files and functions by, in half bits: the more, the rarer. Row by row the
 * letter before, `a` to `z`, last the beginning of a word; in a row the letter after. Digits in base 36. Counted over the names in many packages.
 */
const table = [
  "i989hfaname697pal785bcfgci",
  "7ddf6ggf7be5dg7fn98c7gkncm",
  "7ibf6jo7ak99gk5gi9a6aijmdv",
  "9dgc4ggi6jkcff9glcafbgjjfo",
  "ae86ccdifjiaa7fbe569hcfafn",
  "7gff67ln4kl8if6ks9bb9jlhap",
  "9fgj5dba8ul9d9bap8aeahlkgk",
  "5ijh4nlf7lkfch6hk9d7bmmsck",
  "ac8a9a9nkni9946bib87ibrerb",
  "8jhd4ffmagcdgm7ceg4a7echem",
  "bfdb3bdf6kicjbfeig7fcmeihm",
  "7efb4eih5ni7gh7ekgaaaejq8o",
  "5bke4hjj6ij99h86lgbfamnoho",
  "8i887c6h9jdefcaelh75ccjtfn",
  "cc99hdcncic884b9t5999baggk",
  "6ige6hgb9ph7hj69m5b79ilkfp",
  "nhingknjhjnbfgggnenj0nfhnk",
  "6fbc4ecl7pddbc7fmb89ceiobq",
  "bjah6ela8oeeefa9ig869cgidl",
  "7kbg5gj95ondch8ft88bbnglap",
  "999b8bbp9pm796f9k676ijohno",
  "6hel2k7i5mrhhf9ilfffejjkll",
  "5gff5ke86ljdl77fk88fijdikj",
  "ag7f7eke7pkgafc5pfd5hjmecl",
  "dddgaefoakmba9b7lg9cjidneg",
  "5nek2fjf7jnefn9gnhehcheede",
  "8a788aaa8efa9ba8g878acbggi",
];

const halfBits: readonly (readonly number[])[] = table.map((row) =>
  Array.from(row, (digit) => "0123456789abcdefghijklmnopqrstuvwxyz".indexOf(digit)),
);

const start = 26;
const rarest = 18;

function letterOf(character: string): number {
  const code = character.toLowerCase().charCodeAt(0) - 97;
  return code >= 0 && code < 26 ? code : -1;
}

type Kind = "lower" | "upper" | "digit" | "mark";

function kindOf(character: string): Kind {
  if (character >= "0" && character <= "9") return "digit";
  if (character >= "A" && character <= "Z") return "upper";
  return character >= "a" && character <= "z" ? "lower" : "mark";
}

/** Bits that a change of kind costs: `userCard` is usual, `uSeR` is not, a number after a word is fairly so. */
const turns: Readonly<Record<Kind, Readonly<Record<Kind, number>>>> = {
  lower: { lower: 0.1, upper: 3, digit: 4, mark: 2.5 },
  upper: { lower: 1, upper: 1.2, digit: 4.5, mark: 4 },
  digit: { lower: 5, upper: 5, digit: 0.7, mark: 3 },
  mark: { lower: 0.7, upper: 2.5, digit: 3, mark: 6 },
};

/** The bits it takes to write a text as words, numbers and marks between them: few for `settings`, many for `BqqDzcUh`. */
export function bitsAsWords(text: string): number {
  let bits = 0;
  let before: Kind = "mark";
  let letter = start;
  for (const character of text) {
    const kind = kindOf(character);
    bits += turns[before][kind];
    const own = letterOf(character);
    const begins = own === -1 || before === "digit" || before === "mark" || (kind === "upper" && before === "lower");
    if (kind === "digit") bits += 3.3;
    else if (own !== -1) bits += (halfBits[begins ? start : letter]?.[own] ?? 2 * rarest) / 2;
    else bits += 1;
    letter = own === -1 ? start : own;
    before = kind;
  }
  return bits + shortHumps(text) + (/^[A-Z]{4,}$/.test(text) ? 2 : 0);
}

/** What pieces of camel case that are no words cost: one or two letters, or more without a vowel (`Mcp` may be an acronym). */
function shortHumps(text: string): number {
  const pieces = text.match(/[A-Z]+[a-z]*|[a-z]+/g) ?? [];
  if (pieces.length < 2) return 0;
  return pieces.reduce((bits, piece) => bits + (piece.length < 3 ? 4 : /[aeiouy]/i.test(piece) ? 0 : 1), 0);
}
