# Trains an SAE with SAELens on z of a layer of GPT-2 or Llama, the forward pass included, and prints its tokens a second.
# Usage: sae-lens.py MODEL LAYER DSAE L0 TOKENS BATCH CONTEXT [KIND TEXT OUT [SEED [BANDWIDTH]]] (needs sae_lens and transformers)
# KIND is batchtopk, topk, jumprelu (Gemma Scope 2's quadratic loss towards L0) or jumprelu-all (the same, its straight-through
# gradient into the encoder too, and a loss on the pre-activations of dead features). With TEXT, a text file, it reads that in place of random tokens and saves the SAE into OUT, for
# `atlas evaluate --saes OUT --any-model`; what it does not train on of the text gives batchtopk's threshold, at which L0 is what
# was asked for, as `atlas train` calibrates its own.
import sys
import time

import torch
from sae_lens import (
    BatchTopKTrainingSAE,
    BatchTopKTrainingSAEConfig,
    JumpReLUTrainingSAE,
    JumpReLUTrainingSAEConfig,
    TopKTrainingSAE,
    TopKTrainingSAEConfig,
)
from sae_lens.config import SAETrainerConfig
from sae_lens.saes.sae import SAEMetadata
from sae_lens.training.sae_trainer import SAETrainer
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

kinds = {
    "batchtopk": (BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig),
    "topk": (TopKTrainingSAE, TopKTrainingSAEConfig),
    "jumprelu": (JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig),
    "jumprelu-all": (JumpReLUTrainingSAE, JumpReLUTrainingSAEConfig),
}
folder, numbers = sys.argv[1], [int(value) for value in sys.argv[2:8]]
kind, text, out = sys.argv[8:11] if len(sys.argv) > 8 else ("batchtopk", None, None)
seed = int(sys.argv[11]) if len(sys.argv) > 11 else 0
bandwidth = float(sys.argv[12]) if len(sys.argv) > 12 else 0.05
layer, d_sae, l0, tokens, batch, context = numbers
torch.manual_seed(seed)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
if model.config.model_type == "gpt2":
    output = model.transformer.h[layer].attn.c_proj
    d_in = model.config.n_embd
else:
    output = model.model.layers[layer].self_attn.o_proj
    d_in = output.in_features


class Stop(Exception):
    pass


def keep(_, inputs):
    kept.append(inputs[0])
    raise Stop


kept = []
output.register_forward_pre_hook(keep)


def text_rows():
    """The text in contexts with the BOS token first: those to train on, at most a nineteen-twentieth, and the others."""
    ids = Tokenizer.from_file(f"{folder}/tokenizer.json").encode(open(text).read(), add_special_tokens=False).ids
    rows = torch.tensor(ids[: len(ids) // (context - 1) * (context - 1)]).reshape(-1, context - 1)
    rows = torch.cat([torch.full((len(rows), 1), model.config.bos_token_id), rows], dim=1)
    most = min(tokens // (context - 1), len(rows) * 19 // 20)
    return rows[:most], rows[most:]


def token_rows():
    """Contexts in random order, over and over, or of random tokens."""
    while text is None:
        yield torch.randint(model.config.vocab_size, (context,))
    while True:
        for row in torch.randperm(len(trained_on)):
            yield trained_on[row]


trained_on, held_out = text_rows() if text else (None, None)
rows_of_text = token_rows()


def activations(contexts=16):
    return activations_of(torch.stack([next(rows_of_text) for _ in range(contexts)]))


def activations_of(ids):
    kept.clear()
    with torch.no_grad():
        try:
            model(ids)
        except Stop:
            pass
    return kept[0][:, 1:].reshape(-1, d_in)


def batches(buffered=32):
    while True:
        rows = torch.cat([activations() for _ in range(buffered)])
        order = torch.randperm(len(rows))
        for start in range(0, len(rows) - batch + 1, batch):
            yield rows[order[start : start + batch]]


steps = tokens // batch
sae_class, config_class = kinds[kind]
metadata = SAEMetadata(
    model_name=folder, hook_name=f"blocks.{layer}.attn.hook_z", prepend_bos=True, context_size=context
)
if kind.startswith("jumprelu"):
    sparsity = {
        "jumprelu_sparsity_loss_mode": "quadratic",
        "target_l0": l0,
        "l0_warm_up_steps": steps // 5,
        "jumprelu_bandwidth": bandwidth,
        "jumprelu_ste_to_input": kind == "jumprelu-all",
        "pre_act_loss_coefficient": 3e-6 if kind == "jumprelu-all" else None,
    }
else:
    sparsity = {"k": l0}
config = config_class(
    d_in=d_in,
    d_sae=d_sae,
    device="cpu",
    normalize_activations="expected_average_only_in",
    metadata=metadata,
    **sparsity,
)
sae = sae_class(config)
trainer = SAETrainer(
    SAETrainerConfig(
        total_training_samples=steps * batch,
        train_batch_size_samples=batch,
        lr=1e-3,
        lr_end=0.0,
        lr_warm_up_steps=50,
        lr_decay_steps=steps // 5,
        device="cpu",
        dead_feature_window=max(20, steps // 20),
        n_batches_for_norm_estimate=16,
    ),
    sae,
    batches(),
)
start = time.time()
trainer.fit()
print(f"{steps * batch / (time.time() - start):.1f} tokens/s, SAELens on PyTorch {torch.__version__}")
if out is not None:
    if kind == "batchtopk":
        x = torch.cat([activations_of(held_out[i : i + 16]) for i in range(0, min(len(held_out), 256), 16)])
        with torch.no_grad():
            pre = sae.encode_with_hidden_pre(x)[1].flatten()
        sae.topk_threshold.fill_(pre.topk(l0 * len(x)).values[-1].item())
    sae.save_inference_model(out)
