-- Indirect objects: the receiver's lead; the features at the giver's second mention that matter; what they carry; the heads.
SET VARIABLE run = 'runs/smollm2/tables';

SELECT templates AS "Templates", story_order AS "Order", template_count AS "Number",
  printf('%.2f (%.2f to %.2f)', difference.mean, difference.low, difference.high) AS "Receiver’s lead, logits",
  positive || ' of ' || prompts AS "Above 0"
FROM read_parquet(getvariable('run') || '/study_ioi_totals/*.parquet') ORDER BY templates, story_order;

SELECT layer || '/' || feature AS "Feature", role AS "Role",
  printf('%.2f (%.2f to %.2f)', effect.mean, effect.low, effect.high) AS "Ablated, the lead changes by",
  printf('%.2f, %.2f', effect_abba.mean, effect_baba.mean) AS "In ABBA, in BABA",
  printf('%.2f, %.2f', activation_abba, activation_baba) AS "Mean activation there",
  active_abba || ' + ' || active_baba AS "Prompts"
FROM read_parquet(getvariable('run') || '/study_ioi_features/*.parquet')
WHERE role IS NOT NULL ORDER BY abs(effect.mean) DESC;

SELECT corruption AS "Change of the story",
  CASE patched WHEN 'chosen' THEN 'the features followed' ELSE 'all features of layer ' || layer END AS "Patched",
  printf('%.2f (%.2f to %.2f)', effect.mean, effect.low, effect.high) AS "The lead changes by",
  printf('%.2f', total.mean) AS "By the whole story",
  printf('%.0f%%', 100 * explained) AS "Share"
FROM read_parquet(getvariable('run') || '/study_ioi_patches/*.parquet')
WHERE patched <> 'feature' ORDER BY patch;

SELECT layer || '.' || head AS "Head", array_to_string(roles, ', ') AS "Part",
  printf('%.2f (%.2f to %.2f)', direct.mean, direct.low, direct.high) AS "Writes directly at the end",
  printf('%.2f', indirect.mean) AS "Through others",
  printf('%.2f', s2_effect.mean) AS "At the second mention"
FROM read_parquet(getvariable('run') || '/study_ioi_heads/*.parquet')
WHERE len(roles) > 0 ORDER BY layer, head;
