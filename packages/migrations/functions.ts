import type { Token } from "./tokens.ts";

/** Functions that come with databases, change nothing and fail for no value that a program writes. Casts and arithmetic are not among them. */
const calm = new Set(
  (
    "now current_timestamp statement_timestamp clock_timestamp transaction_timestamp localtimestamp current_date gen_random_uuid uuid_generate_v4 uuidv7 uuid " +
    "coalesce nullif greatest least lower upper initcap trim btrim ltrim rtrim concat concat_ws md5 length char_length octet_length left right " +
    "substring substr replace split_part strpos position reverse repeat date_trunc extract to_char age to_tsvector setweight " +
    "count sum min max avg row_number rank array_agg string_agg jsonb_agg json_agg unnest generate_series jsonb_build_object json_build_object " +
    "jsonb_build_array to_jsonb jsonb_array_length round floor ceil abs random hashtext unixepoch datetime strftime ifnull json_object json_array " +
    // These look like calls.
    "values in exists any all some over and or not as on using filter select case when then else varchar char character varying numeric decimal " +
    "interval timestamp timestamptz time bit array row from where by is between like conflict set into"
  ).split(" "),
);

/** The first function called that could do anything or fail; `undefined` where there is none. */
export function riskyCall(tokens: readonly Token[]): string | undefined {
  const at = tokens.findIndex(({ kind, value }, index) => {
    if (kind === "sign" || kind === "text" || kind === "number" || tokens[index + 1]?.value !== "(" || tokens[index + 1]?.kind !== "sign")
      return false;
    const before = tokens[index - 1];
    return !(kind === "word" && calm.has(value)) && !(before?.kind === "word" && before.value === "as");
  });
  return tokens[at]?.value;
}

/** First words of PostgreSQL's own names with an underscore, and of its usual extensions': an overload of one may take over its calls. */
const ownWords = new Set(
  (
    "any array binary bit bool bound box bpchar brin cash char character cidr circle clock close col concat convert covar " +
    "cstring cume current cursor database date daterange datetime dense dist domain elem enum event first float4 float8 fmgr " +
    "format gen generate get gin has hash in index inet int2 int4 int4range int8 int8range integer inter interval is json " +
    "jsonb jsonpath justify language last like line lo lower lseg macaddr macaddr8 make max min mode mul multirange mxid " +
    "network nth num numeric numrange obj octet on parse path percent percentile pg pgp phraseto plainto point poly query " +
    "quote range rank record regexp regr row satisfies schema sequence session set shell shobj show similar similarity split " +
    "st starts statement stddev strict string strip substring suppress table text tid time timestamp timestamptz timetz to " +
    "transaction trigger trim ts tsm tsquery tsrange tstzrange tsvector txid unicode unique upper uuid var varbit void " +
    "websearch width word xid8 xml xpath"
  ).split(" "),
);

/** Whether no call of an old program can mean this function: its name is a new one and no overload of the database's own. */
export function isNewName(name: string, known: ReadonlySet<string>): boolean {
  return /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(name) && !known.has(name) && !ownWords.has(name.slice(0, name.indexOf("_")));
}
