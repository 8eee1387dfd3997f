"""Scores SAEs of z that `atlas train` wrote as SAELens loads them, on z of Hugging Face's forward pass.

Usage: python bench/load-in-sae-lens.py MODEL SAES TEXT [CONTEXTS]    (a Llama-like model's folder, a folder of SAEs; needs
torch, transformers and sae_lens). The first token of each context is left out, as in `atlas evaluate`.
"""

import re
import sys
from pathlib import Path

import torch
from sae_lens import SAE
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, saes_folder, text = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
contexts = int(sys.argv[4]) if len(sys.argv) > 4 else 16
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
saes = [SAE.load_from_disk(str(path.parent), device="cpu").float() for path in sorted(saes_folder.glob("*/cfg.json"))]
if not saes:
    sys.exit(f"no SAE found: expected folders with a cfg.json ({saes_folder})")
context = saes[0].cfg.metadata.context_size


def layer_of(sae):
    return int(re.search(r"\d+", sae.cfg.metadata.hook_name)[0])


def z_of(tokens):
    """z [token, dIn] of each SAE's layer, the first token of each context left out."""
    found = {}
    hooks = []
    for layer in {layer_of(sae) for sae in saes}:
        output = model.model.layers[layer].self_attn.o_proj
        hooks.append(output.register_forward_pre_hook(lambda _, given, layer=layer: found.update({layer: given[0]})))
    with torch.no_grad():
        model.model(tokens)
    for hook in hooks:
        hook.remove()
    return {layer: z[:, 1:].reshape(-1, z.shape[-1]) for layer, z in found.items()}


tokenizer = AutoTokenizer.from_pretrained(folder)
ids = tokenizer(Path(text).read_text(), add_special_tokens=False).input_ids
bos = model.config.bos_token_id
rows = [[bos, *ids[start : start + context - 1]] for start in range(0, contexts * (context - 1), context - 1)]
z = z_of(torch.tensor(rows))
print("| SAE | L0 | explained variance | features |\n| --- | --- | --- | --- |")
for sae in sorted(saes, key=layer_of):
    x = z[layer_of(sae)]
    by_head = x.unflatten(1, (model.config.num_attention_heads, -1))  # as SAELens's hook_z is
    with torch.no_grad():
        f = sae.encode(by_head)
        error = (by_head - sae.decode(f)).pow(2).sum()
    explained = 1 - error / (x - x.mean(0)).pow(2).sum()
    print(f"| {sae.cfg.metadata.hook_name} | {(f > 0).sum(1).float().mean():.1f} | {explained:.3f} | {f.shape[1]} |")
