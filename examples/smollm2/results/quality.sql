-- How good each SAE is. Losses in nats a token; in brackets the 95% interval of the loss recovered.
SET VARIABLE run = 'runs/smollm2/tables';

SELECT layer AS "Layer", sae AS "SAE", d_sae AS "Features",
  printf('%.1f', l0) AS "L0",
  printf('%.3f', explained_variance) AS "Explained variance",
  printf('%.3f', ce_clean) AS "CE clean",
  printf('%.3f', ce_sae) AS "CE with SAE",
  printf('%.3f', ce_zero) AS "CE with zero",
  printf('%.1f%%', 100 * loss_recovered)
    || coalesce(printf(' (%.1f to %.1f)', 100 * loss_recovered_low, 100 * loss_recovered_high), '') AS "Loss recovered",
  dead_features AS "Never active", tokens AS "Tokens", quality_tokens AS "Quality on"
FROM read_parquet(getvariable('run') || '/saes/*.parquet') ORDER BY layer, sae;
