-- What kinds of features each layer has: shares of those that were active, the unclear ones among them.
SET VARIABLE run = 'runs/smollm2/tables';

WITH live AS (
  SELECT layer, sae, family, family_confidence FROM read_parquet(getvariable('run') || '/features/*.parquet')
  WHERE count > 0 AND family IS NOT NULL
)
SELECT layer AS "Layer", sae AS "SAE", count(*) AS "Active",
  printf('%.1f%%', 100 * avg((family = 'induction')::INT)) AS "Induction",
  printf('%.1f%%', 100 * avg((family = 'duplicate token')::INT)) AS "Duplicate token",
  printf('%.1f%%', 100 * avg((family = 'succession')::INT)) AS "Succession",
  printf('%.1f%%', 100 * avg((family = 'copying')::INT)) AS "Copying",
  printf('%.1f%%', 100 * avg((family = 'skip-gram')::INT)) AS "Skip-gram",
  printf('%.1f%%', 100 * avg((family = 'previous token')::INT)) AS "Previous token",
  printf('%.1f%%', 100 * avg((family = 'current token')::INT)) AS "Current token",
  printf('%.1f%%', 100 * avg((family = 'BOS')::INT)) AS "BOS",
  printf('%.1f%%', 100 * avg((family = 'positional')::INT)) AS "Positional",
  printf('%.1f%%', 100 * avg((family = 'local context')::INT)) AS "Local context",
  printf('%.1f%%', 100 * avg((family = 'high-level context')::INT)) AS "High-level context",
  printf('%.1f%%', 100 * avg((family = 'unclear')::INT)) AS "Unclear",
  printf('%.2f', avg(family_confidence) FILTER (family <> 'unclear')) AS "Mean confidence"
FROM live GROUP BY layer, sae ORDER BY layer, sae;
