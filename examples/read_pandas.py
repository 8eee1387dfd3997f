# A run's tables with pandas and pyarrow, cell by cell (# %% is a cell in VS Code, Spyder and Jupytext).
# %%
import pandas as pd

RUN = "runs/demo"


def table(name, **options):
    return pd.read_parquet(f"{RUN}/{name}", **options)


# %% How good is each SAE?
saes = table("saes", columns=["layer", "sae", "l0", "explained_variance", "loss_recovered", "dead_features"])
print(saes.to_string(index=False))

# %% How many active features of each family has each layer?
features = table("features", columns=["layer", "sae", "feature", "family", "density", "max_activation"])
alive = features[features["density"] > 0]
print(alive.groupby(["layer", "family"]).size().unstack(fill_value=0).to_string())

# %% The strongest feature of all, and the tokens around the peaks of its top examples
top = alive.sort_values("max_activation", ascending=False).iloc[0]
tokens = table("vocabulary", columns=["token_id", "token"]).set_index("token_id")["token"]
chosen = [("sae", "==", top["sae"]), ("feature", "==", int(top["feature"])), ("interval", "==", 0)]
examples = table("examples", filters=chosen).sort_values("rank")
print(f"feature {top['feature']} of SAE {top['sae']}, {top['family']}, in {top['density']:.2%} of tokens")
for example in examples.head(5).itertuples():
    peak = example.position - example.window_start
    words = [f"[{tokens[token]}]" if at == peak else tokens[token] for at, token in enumerate(example.token_ids)]
    print(f"{example.activation:8.2f}  {''.join(words)}".replace("\n", "\\n"))
