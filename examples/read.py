import polars as pl

run = "runs/demo"
print("The strongest induction features with the tokens they promote")
chosen = pl.scan_parquet(f"{run}/features/*.parquet").filter(family="induction")
promoted = pl.col("positive_logits").list.head(5).list.eval(pl.element().struct.field("token"))
score = pl.col("family_scores").struct.field("induction").alias("score")
print(chosen.select("layer", "feature", "max_activation", score, "family_confidence", promoted).sort("max_activation", descending=True).head(10).collect())
print("Every head with its scores")
heads = pl.scan_parquet(f"{run}/heads/*.parquet").sort("layer", "head")
of = {"scores": "roles_low", "attention": "induction_on_repeats"}
scores = [pl.col(column).struct.field(field) for column, field in of.items()]
print(heads.select("layer", "head", "polysemanticity", *scores).collect())
