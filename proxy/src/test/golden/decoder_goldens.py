#!/usr/bin/python3
"""Golden logits and greedy text of the decoder families, from an implementation of its own.

Written from the published architecture definitions (the modelling code of Hugging Face
transformers, which itself cannot be had here), not from the Java code: rotary_models.py and
layernorm_models.py beside this file hold the models, this file their configurations.

Tool:       Debian's python3-torch 1.13.1+dfsg-4 (CPU; it calls itself 1.13.0a0), nothing else.
Seed:       20251, one torch.Generator per model.
Tolerance:  1e-4, absolute, on every logit; greedy tokens are equal.
Run:        /usr/bin/python3 proxy/src/test/golden/decoder_goldens.py
Writes:     proxy/src/test/resources/golden/<name>/{config.json,model.safetensors,golden.safetensors}

golden.safetensors holds input_ids (B, T) and greedy (B, T + N), as float32 since they are small,
and logits (B, T, V). At every greedy choice the best token leads by MARGIN, so that rounding
cannot change it.
"""
import json
import struct
from pathlib import Path

import torch

import layernorm_models
import rotary_models

SEED = 20251
TOLERANCE = 1e-4
MARGIN = 1e-3
BATCH, TOKENS, NEW_TOKENS = 3, 11, 12
TARGET = Path(__file__).resolve().parents[1] / "resources" / "golden"

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 61,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 32,
    "rms_norm_eps": 1e-5,
    "rope_theta": 500.0,
    "rope_scaling": None,
    "attention_bias": False,
    "mlp_bias": False,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
}
SMALL_LLAMA = {
    **LLAMA,
    "vocab_size": 41,
    "hidden_size": 16,
    "intermediate_size": 24,
    "tie_word_embeddings": True,
}
LLAMA3 = {
    **SMALL_LLAMA,
    "max_position_embeddings": 64,
    "attention_bias": True,
    "mlp_bias": True,
    "rope_scaling": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
    },
}
LLAMA_LINEAR = {**SMALL_LLAMA, "rope_scaling": {"rope_type": "linear", "factor": 2.5}}
LLAMA_YARN = {
    **SMALL_LLAMA,
    "max_position_embeddings": 64,
    "rope_scaling": {
        "rope_type": "yarn",
        "factor": 4.0,
        "beta_fast": 1.0,
        "beta_slow": 0.05,
        "original_max_position_embeddings": 16,
    },
}
MISTRAL = {
    "architectures": ["MistralForCausalLM"],
    "model_type": "mistral",
    "vocab_size": 43,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 6,
    "max_position_embeddings": 32,
    "sliding_window": 4,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
}
QWEN2 = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "vocab_size": 53,
    "hidden_size": 24,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
    "rms_norm_eps": 1e-6,
    "rope_theta": 10000.0,
    "use_sliding_window": False,
    "hidden_act": "silu",
    "tie_word_embeddings": True,
}
QWEN2_WINDOW = {
    **QWEN2,
    "vocab_size": 37,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_attention_heads": 4,
    "use_sliding_window": True,
    "sliding_window": 3,
    "max_window_layers": 1,
}
QWEN3 = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "vocab_size": 47,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 32,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1000000.0,
    "rope_scaling": None,
    "attention_bias": False,
    "use_sliding_window": False,
    "sliding_window": None,
    "max_window_layers": 2,
    "hidden_act": "silu",
    "tie_word_embeddings": True,
}
GPT2 = {
    "architectures": ["GPT2LMHeadModel"],
    "model_type": "gpt2",
    "vocab_size": 59,
    "n_embd": 24,
    "n_inner": None,
    "n_layer": 2,
    "n_head": 3,
    "n_positions": 32,
    "layer_norm_epsilon": 1e-5,
    "activation_function": "gelu_new",
}
OPT = {
    "architectures": ["OPTForCausalLM"],
    "model_type": "opt",
    "vocab_size": 43,
    "hidden_size": 16,
    "ffn_dim": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 32,
    "word_embed_proj_dim": 16,
    "do_layer_norm_before": True,
    "activation_function": "relu",
}
OPT_NORM_LAST = {**OPT, "word_embed_proj_dim": 10, "do_layer_norm_before": False}
BLOOM = {
    "architectures": ["BloomForCausalLM"],
    "model_type": "bloom",
    "vocab_size": 41,
    "hidden_size": 16,
    "n_layer": 2,
    "n_head": 4,
    "n_inner": None,
    "layer_norm_epsilon": 1e-5,
    "apply_residual_connection_post_layernorm": False,
    "seq_length": 32,
}
BLOOM_SEVEN_HEADS = {**BLOOM, "hidden_size": 14, "n_head": 7}
GPT_NEOX = {
    "architectures": ["GPTNeoXForCausalLM"],
    "model_type": "gpt_neox",
    "vocab_size": 43,
    "hidden_size": 32,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 32,
    "layer_norm_eps": 1e-5,
    "rotary_pct": 0.25,
    "rotary_emb_base": 10000,
    "use_parallel_residual": True,
    "hidden_act": "gelu",
    "tie_word_embeddings": False,
}
GPT_NEOX_SEQUENTIAL = {
    **GPT_NEOX,
    "hidden_size": 16,
    "rotary_pct": 1.0,
    "use_parallel_residual": False,
}

ROTARY = (rotary_models.shapes, rotary_models.logits)
MODELS = {
    "llama": (LLAMA, *ROTARY),
    "llama-llama3": (LLAMA3, *ROTARY),
    "llama-linear": (LLAMA_LINEAR, *ROTARY),
    "llama-yarn": (LLAMA_YARN, *ROTARY),
    "mistral": (MISTRAL, *ROTARY),
    "qwen2": (QWEN2, *ROTARY),
    "qwen2-window": (QWEN2_WINDOW, *ROTARY),
    "qwen3": (QWEN3, *ROTARY),
    "gpt2": (GPT2, layernorm_models.gpt2_shapes, layernorm_models.gpt2_logits),
    "opt": (OPT, layernorm_models.opt_shapes, layernorm_models.opt_logits),
    "opt-norm-last": (OPT_NORM_LAST, layernorm_models.opt_shapes, layernorm_models.opt_logits),
    "bloom": (BLOOM, layernorm_models.bloom_shapes, layernorm_models.bloom_logits),
    "bloom-seven-heads": (
        BLOOM_SEVEN_HEADS,
        layernorm_models.bloom_shapes,
        layernorm_models.bloom_logits,
    ),
    "gpt_neox": (GPT_NEOX, layernorm_models.neox_shapes, layernorm_models.neox_logits),
    "gpt_neox-sequential": (
        GPT_NEOX_SEQUENTIAL,
        layernorm_models.neox_shapes,
        layernorm_models.neox_logits,
    ),
}


def random_weights(shapes, generator):
    """Large enough that every part matters: no vector is left at ones or zeros."""
    weights = {}
    for name in sorted(shapes):
        shape = shapes[name]
        draw = torch.randn(shape, generator=generator)
        if len(shape) == 2:
            weights[name] = draw * 0.3
        elif "norm" in name or "ln_" in name:
            weights[name] = draw * 0.2 + (1.0 if name.endswith("weight") else 0.0)
        else:
            weights[name] = draw * 0.2
    return weights


def greedy(config, weights, ids, logits_of):
    for _ in range(NEW_TOKENS):
        last = logits_of(config, weights, ids)[:, -1]
        best = last.topk(2, dim=-1)
        assert (best.values[:, 0] - best.values[:, 1]).min() > MARGIN, "choose another seed"
        ids = torch.cat((ids, best.indices[:, :1]), dim=1)
    return ids


def write_safetensors(path, tensors, metadata):
    header, offset, blobs = {"__metadata__": metadata}, 0, []
    for name in sorted(tensors):
        values = tensors[name].to(torch.float32).contiguous()
        blob = struct.pack(f"<{values.numel()}f", *values.flatten().tolist())
        header[name] = {
            "dtype": "F32",
            "shape": list(values.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def write_model(name, config, shapes_of, logits_of):
    generator = torch.Generator().manual_seed(SEED)
    weights = random_weights(shapes_of(config), generator)
    ids = torch.randint(0, config["vocab_size"], (BATCH, TOKENS), generator=generator)
    logits = logits_of(config, weights, ids)
    tensors = {
        "input_ids": ids,
        "logits": logits,
        "greedy": greedy(config, weights, ids, logits_of),
    }
    folder = TARGET / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_safetensors(folder / "model.safetensors", weights, {"format": "pt"})
    metadata = {
        "tool": f"torch {torch.__version__}",
        "script": "proxy/src/test/golden/decoder_goldens.py",
        "seed": str(SEED),
        "tolerance": str(TOLERANCE),
    }
    write_safetensors(folder / "golden.safetensors", tensors, metadata)
    print(name, tuple(logits.shape), "std", round(logits.std().item(), 3))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for model_name, (model_config, shapes_function, logits_function) in MODELS.items():
        write_model(model_name, model_config, shapes_function, logits_function)
