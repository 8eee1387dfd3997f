-- What each layer's heads do: how many have which verdict, by attribution and by the paper's rule, and each head for itself.
SET VARIABLE run = 'runs/smollm2/tables';

SELECT layer AS "Layer", sae AS "SAE", count(*) AS "Heads",
  count(*) FILTER (polysemanticity = 'polysemantic') AS "Polysemantic",
  count(*) FILTER (polysemanticity = 'monosemantic candidate') AS "Monosemantic candidates",
  count(*) FILTER (polysemanticity = 'conflicting evidence') AS "Conflicting evidence",
  count(*) FILTER (polysemanticity = 'too little evidence') AS "Too little evidence",
  count(*) FILTER (paper_rule.verdict = 'monosemantic candidate') AS "Candidates by the paper’s rule"
FROM read_parquet(getvariable('run') || '/heads/*.parquet')
WHERE polysemanticity IS NOT NULL GROUP BY layer, sae ORDER BY layer, sae;

SELECT heads.layer || '.' || heads.head AS "Head", sae AS "SAE",
  polysemanticity AS "Verdict",
  printf('%.1f to %.1f', heads.scores.roles_low, heads.scores.roles_high) AS "Roles",
  list_aggregate(list_transform(family_mix[1:3], lambda mix: printf('%s %.0f%%', mix.family, 100 * mix.share)),
    'string_agg', ', ') AS "Families by attribution",
  paper_rule.verdict AS "By the paper’s rule",
  printf('%.2f', attention.induction_on_repeats) AS "Induction",
  printf('%.2f', attention.previous_token_on_repeats) AS "Previous token",
  printf('%.2f', attention.duplicate_token_on_repeats) AS "Duplicate token",
  printf('%.2f', circuits.scores.copying_by_eigenvalues) AS "Copying"
FROM read_parquet(getvariable('run') || '/heads/*.parquet') heads
LEFT JOIN read_parquet(getvariable('run') || '/head_circuits/*.parquet') circuits
  ON heads.layer = circuits.layer AND heads.head = circuits.head
ORDER BY heads.layer, sae, heads.head;
