#!/usr/bin/python3
"""Golden logits of the decoder families, from an implementation of its own in PyTorch.

Written from the published architecture definitions (the modelling code of Hugging Face
transformers for llama, qwen2 and gpt2, which itself cannot be had here), not from the Java code.

Tool:       Debian's python3-torch 1.13.1+dfsg-4 (CPU; it calls itself 1.13.0a0), nothing else.
Seed:       20251, one torch.Generator per family.
Tolerance:  1e-4, absolute, on every logit.
Run:        /usr/bin/python3 proxy/src/test/golden/decoder_goldens.py
Writes:     proxy/src/test/resources/golden/<family>/{config.json,model.safetensors,golden.safetensors}

golden.safetensors holds input_ids (B, T), as float32 since they are small, and logits (B, T, V).
"""
import json
import math
import struct
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 20251
TOLERANCE = 1e-4
BATCH, TOKENS = 3, 11
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


# ---- parameters ---------------------------------------------------------------------------------


def rotary_family_shapes(c, qkv_bias):
    h, ff, layers = c["hidden_size"], c["intermediate_size"], c["num_hidden_layers"]
    heads, kv = c["num_attention_heads"], c["num_key_value_heads"]
    d = c.get("head_dim", h // heads)
    shapes = {"model.embed_tokens.weight": (c["vocab_size"], h), "model.norm.weight": (h,)}
    for i in range(layers):
        p = f"model.layers.{i}."
        shapes[p + "input_layernorm.weight"] = (h,)
        shapes[p + "post_attention_layernorm.weight"] = (h,)
        for name, out in (("q", heads * d), ("k", kv * d), ("v", kv * d)):
            shapes[p + f"self_attn.{name}_proj.weight"] = (out, h)
            if qkv_bias:
                shapes[p + f"self_attn.{name}_proj.bias"] = (out,)
        shapes[p + "self_attn.o_proj.weight"] = (h, heads * d)
        shapes[p + "mlp.gate_proj.weight"] = (ff, h)
        shapes[p + "mlp.up_proj.weight"] = (ff, h)
        shapes[p + "mlp.down_proj.weight"] = (h, ff)
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (c["vocab_size"], h)
    return shapes


def gpt2_shapes(c):
    h = c["n_embd"]
    shapes = {
        "transformer.wte.weight": (c["vocab_size"], h),
        "transformer.wpe.weight": (c["n_positions"], h),
    }
    norms = ["transformer.ln_f"]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        norms += [p + "ln_1", p + "ln_2"]
        for name, rows, columns in (
            ("attn.c_attn", h, 3 * h),
            ("attn.c_proj", h, h),
            ("mlp.c_fc", h, 4 * h),
            ("mlp.c_proj", 4 * h, h),
        ):
            shapes[p + name + ".weight"] = (rows, columns)
            shapes[p + name + ".bias"] = (columns,)
    for name in norms:
        shapes[name + ".weight"] = (h,)
        shapes[name + ".bias"] = (h,)
    return shapes


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


# ---- llama, qwen2 -------------------------------------------------------------------------------


def rms_norm(x, weight, eps):
    x = x.to(torch.float32)
    variance = x.pow(2).mean(-1, keepdim=True)
    return weight * (x * torch.rsqrt(variance + eps))


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


def apply_rotary(x, cos, sin):
    return x * cos + rotate_half(x) * sin


def repeat_kv(x, times):
    batch, heads, tokens, d = x.shape
    return x[:, :, None].expand(batch, heads, times, tokens, d).reshape(batch, -1, tokens, d)


def causal_attention(query, key, value):
    tokens = query.shape[2]
    scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(query.shape[-1])
    future = torch.triu(torch.ones(tokens, tokens, dtype=torch.bool), diagonal=1)
    scores = scores.masked_fill(future, float("-inf"))
    mixed = torch.matmul(F.softmax(scores, dim=-1, dtype=torch.float32), value)
    return mixed.transpose(1, 2).reshape(query.shape[0], tokens, -1)


def rotary_family_logits(c, w, ids):
    heads, kv = c["num_attention_heads"], c["num_key_value_heads"]
    d = c.get("head_dim", c["hidden_size"] // heads)
    eps = c["rms_norm_eps"]
    batch, tokens = ids.shape
    inv_freq = 1.0 / (c["rope_theta"] ** (torch.arange(0, d, 2, dtype=torch.int64).float() / d))
    angles = torch.outer(torch.arange(tokens).float(), inv_freq)
    cos, sin = torch.cat((angles, angles), -1).cos(), torch.cat((angles, angles), -1).sin()

    def split_heads(x, count):
        return x.view(batch, tokens, count, d).transpose(1, 2)

    x = w["model.embed_tokens.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."

        def linear(x, name):
            return F.linear(x, w[p + name + ".weight"], w.get(p + name + ".bias"))

        y = rms_norm(x, w[p + "input_layernorm.weight"], eps)
        q = apply_rotary(split_heads(linear(y, "self_attn.q_proj"), heads), cos, sin)
        k = apply_rotary(split_heads(linear(y, "self_attn.k_proj"), kv), cos, sin)
        v = split_heads(linear(y, "self_attn.v_proj"), kv)
        y = causal_attention(q, repeat_kv(k, heads // kv), repeat_kv(v, heads // kv))
        x = x + linear(y, "self_attn.o_proj")
        y = rms_norm(x, w[p + "post_attention_layernorm.weight"], eps)
        x = x + linear(F.silu(linear(y, "mlp.gate_proj")) * linear(y, "mlp.up_proj"), "mlp.down_proj")
    x = rms_norm(x, w["model.norm.weight"], eps)
    return F.linear(x, w.get("lm_head.weight", w["model.embed_tokens.weight"]))


# ---- gpt2 ---------------------------------------------------------------------------------------


def gelu_new(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


def gpt2_logits(c, w, ids):
    h, heads, eps = c["n_embd"], c["n_head"], c["layer_norm_epsilon"]
    batch, tokens = ids.shape

    def norm(x, name):
        return F.layer_norm(x, (h,), w[name + ".weight"], w[name + ".bias"], eps)

    def conv1d(x, name):
        size = x.shape[:-1] + (w[name + ".weight"].shape[1],)
        flat = torch.addmm(w[name + ".bias"], x.reshape(-1, x.shape[-1]), w[name + ".weight"])
        return flat.view(size)

    def split_heads(x):
        return x.view(batch, tokens, heads, h // heads).permute(0, 2, 1, 3)

    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][torch.arange(tokens)]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        q, k, v = conv1d(norm(x, p + "ln_1"), p + "attn.c_attn").split(h, dim=2)
        y = causal_attention(split_heads(q), split_heads(k), split_heads(v))
        x = x + conv1d(y, p + "attn.c_proj")
        y = gelu_new(conv1d(norm(x, p + "ln_2"), p + "mlp.c_fc"))
        x = x + conv1d(y, p + "mlp.c_proj")
    return F.linear(norm(x, "transformer.ln_f"), w["transformer.wte.weight"])


# ---- files --------------------------------------------------------------------------------------


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


def write_family(config, shapes, logits_of):
    generator = torch.Generator().manual_seed(SEED)
    weights = random_weights(shapes, generator)
    ids = torch.randint(0, config["vocab_size"], (BATCH, TOKENS), generator=generator)
    logits = logits_of(config, weights, ids)
    folder = TARGET / config["model_type"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_safetensors(folder / "model.safetensors", weights, {"format": "pt"})
    metadata = {
        "tool": f"torch {torch.__version__}",
        "script": "proxy/src/test/golden/decoder_goldens.py",
        "seed": str(SEED),
        "tolerance": str(TOLERANCE),
    }
    write_safetensors(
        folder / "golden.safetensors", {"input_ids": ids, "logits": logits}, metadata
    )
    print(config["model_type"], tuple(logits.shape), "std", round(logits.std().item(), 3))


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_family(LLAMA, rotary_family_shapes(LLAMA, qkv_bias=False), rotary_family_logits)
    write_family(QWEN2, rotary_family_shapes(QWEN2, qkv_bias=True), rotary_family_logits)
    write_family(GPT2, gpt2_shapes(GPT2), gpt2_logits)
