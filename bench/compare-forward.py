"""Compares this project's forward pass with Hugging Face's: attention, z, logits, token ids and induction scores.

Usage: python bench/compare-forward.py MODEL [TEXT]    (a model's folder; needs torch, transformers, safetensors and Node 22)
Prints the greatest differences on 1,000 tokens: four contexts of text and four of random tokens repeated once.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

LENGTH, CONTEXTS, HALF = 125, 8, 62
root = Path(__file__).resolve().parent.parent
folder = Path(sys.argv[1])
text = Path(sys.argv[2] if len(sys.argv) > 2 else root / "README.md").read_text()[:20000]

tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
bos = model.config.bos_token_id or 0
text_ids = tokenizer.encode(text, add_special_tokens=False)
generator = torch.Generator().manual_seed(0)
random = torch.randint(10, model.config.vocab_size - 10, (CONTEXTS // 2, HALF), generator=generator)
plain = [[bos, *text_ids[i * (LENGTH - 1) : (i + 1) * (LENGTH - 1)]] for i in range(CONTEXTS // 2)]
twice = [[bos, *row, *row] for row in random.tolist()]
ids = torch.tensor(plain + twice)

mixed = {}
for layer, block in enumerate(model.model.layers):
    block.self_attn.o_proj.register_forward_pre_hook(lambda _, given, layer=layer: mixed.__setitem__(layer, given[0]))
with torch.no_grad():
    expected = model(ids, output_attentions=True)

with tempfile.TemporaryDirectory() as scratch:
    tokens, out = Path(scratch) / "tokens.json", Path(scratch) / "out.safetensors"
    tokens.write_text(json.dumps({"text": text, "ids": ids.tolist()}))
    command = ["node", str(root / "bench/forward.ts"), str(folder), str(tokens), str(out)]
    own_ids = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    own = load_file(out)


def furthest(pairs):
    return max((a - b).abs().max().item() for a, b in pairs)


def induction(pattern):
    """Mean attention, in the second half, from a token to the one after its first occurrence [head]."""
    at = torch.arange(HALF + 1, 2 * HALF + 1)
    return pattern[CONTEXTS // 2 :][:, :, at, at - HALF + 1].mean((0, 2))


layers = range(len(mixed))
scores = torch.stack([induction(expected.attentions[i]) for i in layers])
own_scores = torch.stack([induction(own[f"pattern.{i}"]) for i in layers])
size = max(mixed[i].abs().max().item() for i in layers)
print(f"{ids.numel()} tokens, {len(layers)} layers of {scores.shape[1]} heads")
print(f"token ids of {len(text_ids)} tokens of text: {'the same' if own_ids == text_ids else 'DIFFERENT'}")
print(f"attention: greatest difference {furthest((own[f'pattern.{i}'], expected.attentions[i]) for i in layers):.1e}")
print(f"z: greatest difference {furthest((own[f'z.{i}'], mixed[i]) for i in layers):.1e}, of values up to {size:.1f}")
logits = expected.logits
print(f"logits: greatest difference {furthest([(own['logits'], logits)]):.1e}, of values up to {logits.abs().max():.1f}")
print(f"induction scores: greatest difference {furthest([(own_scores, scores)]):.1e}")
order = scores.flatten().argsort(descending=True)[:8].tolist()
heads = [(i // scores.shape[1], i % scores.shape[1]) for i in order]
print("strongest:", ", ".join(f"{layer}.{head} {own_scores[layer, head]:.2f}" for layer, head in heads))
