-- Heads that attend by induction, and how long a match each needs; on text, the match cut to its last token.
SET VARIABLE run = 'runs/smollm2/tables';

SELECT layer || '.' || head AS "Head", verdict AS "Verdict",
  printf('%.2f', one_token) AS "After one token",
  printf('%.2f after %d', greatest, greatest_prefix) AS "Greatest",
  half_prefix AS "Half of it after",
  printf('%.2f', before.mean) AS "On text",
  printf('%.2f (%.2f to %.2f)', "after".mean, "after".low, "after".high) AS "Match cut to one token",
  printf('%.2f', control.mean) AS "Token before it replaced",
  replaced AS "Edges"
FROM read_parquet(getvariable('run') || '/study_induction_heads/*.parquet')
WHERE half_prefix IS NOT NULL ORDER BY greatest DESC, layer, head;
