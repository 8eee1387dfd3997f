SET VARIABLE run = 'runs/demo';

-- The strongest induction features with the tokens they promote.
SELECT layer, feature, max_activation, family_scores.induction AS score, family_confidence,
  list_transform(positive_logits, lambda logit: logit.token)[1:5] AS promoted
FROM read_parquet(getvariable('run') || '/features/*.parquet')
WHERE family = 'induction' ORDER BY max_activation DESC LIMIT 10;

-- Every head with its scores.
SELECT layer, head, polysemanticity, scores.roles_low AS roles, attention.induction_on_repeats AS induction
FROM read_parquet(getvariable('run') || '/heads/*.parquet') ORDER BY layer, head;
