export interface Snippet {
  readonly language: 'JavaScript' | 'Python' | 'SQL';
  readonly code: string;
}

/** Reads the JSON of a feature: its summary, and its top examples up to the token where it is most active. */
export const jsonSnippets = (site: string, sae: string): Snippet[] => [
  {
    language: 'JavaScript',
    code: `const feature = await (await fetch('${site}f/${sae}/0.json')).json();
console.log(feature.summary);
for (const { tokens, position, window_start } of feature.examples) {
  console.log(tokens.slice(0, position - window_start + 1).join(''));
}`,
  },
  {
    language: 'Python',
    code: `import json
from urllib.request import urlopen

feature = json.load(urlopen("${site}f/${sae}/0.json"))
print(feature["summary"])
for example in feature["examples"]:
    print("".join(example["tokens"][: example["position"] - example["window_start"] + 1]))`,
  },
];

/** Reads the tables: the strongest features of a family, and what the tables and their columns are. */
export const tableSnippets = (site: string): Snippet[] => [
  {
    language: 'SQL',
    code: `SELECT sae, feature, max_activation, summary
FROM '${site}data/features/part-00000.parquet'
WHERE family = 'induction' ORDER BY max_activation DESC LIMIT 10;`,
  },
  {
    language: 'JavaScript',
    code: `const { tables } = await (await fetch('${site}data/index.json')).json();
for (const { name, files, columns } of tables) {
  console.log(name, files.map(({ path }) => path), Object.keys(columns));
}`,
  },
  {
    language: 'Python',
    code: `import polars

features = polars.read_parquet("${site}data/features/part-00000.parquet")
print(features["family"].value_counts(sort=True))`,
  },
];
