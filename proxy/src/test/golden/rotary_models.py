"""llama, mistral, qwen2 and qwen3 in PyTorch: RMSNorm, rotary positions, gated feed-forward.

Written from the published definitions (transformers' modeling_llama, modeling_mistral,
modeling_qwen2, modeling_qwen3 and modeling_rope_utils, which cannot be run here).
"""
import math

import torch
import torch.nn.functional as F

from parts import attention, causal, repeat_kv, rotate, sliding


def shapes(c):
    h, ff, layers = c["hidden_size"], c["intermediate_size"], c["num_hidden_layers"]
    heads, kv = c["num_attention_heads"], c["num_key_value_heads"]
    d = c.get("head_dim", h // heads)
    qkv_bias = c.get("attention_bias", c["model_type"] == "qwen2")
    biased = {
        "self_attn.q_proj": qkv_bias,
        "self_attn.k_proj": qkv_bias,
        "self_attn.v_proj": qkv_bias,
        "self_attn.o_proj": c.get("attention_bias", False),
        "mlp.gate_proj": c.get("mlp_bias", False),
        "mlp.up_proj": c.get("mlp_bias", False),
        "mlp.down_proj": c.get("mlp_bias", False),
    }
    sizes = {
        "self_attn.q_proj": (heads * d, h),
        "self_attn.k_proj": (kv * d, h),
        "self_attn.v_proj": (kv * d, h),
        "self_attn.o_proj": (h, heads * d),
        "mlp.gate_proj": (ff, h),
        "mlp.up_proj": (ff, h),
        "mlp.down_proj": (h, ff),
    }
    result = {"model.embed_tokens.weight": (c["vocab_size"], h), "model.norm.weight": (h,)}
    for i in range(layers):
        p = f"model.layers.{i}."
        result[p + "input_layernorm.weight"] = (h,)
        result[p + "post_attention_layernorm.weight"] = (h,)
        if c["model_type"] == "qwen3":
            result[p + "self_attn.q_norm.weight"] = (d,)
            result[p + "self_attn.k_norm.weight"] = (d,)
        for name, size in sizes.items():
            result[p + name + ".weight"] = size
            if biased[name]:
                result[p + name + ".bias"] = size[:1]
    if not c["tie_word_embeddings"]:
        result["lm_head.weight"] = (c["vocab_size"], h)
    return result


def rms_norm(x, weight, eps):
    x = x.to(torch.float32)
    variance = x.pow(2).mean(-1, keepdim=True)
    return weight * (x * torch.rsqrt(variance + eps))


def frequencies(c, d):
    """Angles per position, and what sines and cosines are multiplied by."""
    theta = c["rope_theta"]
    plain = 1.0 / (theta ** (torch.arange(0, d, 2, dtype=torch.int64).float() / d))
    scaling = c.get("rope_scaling")
    if scaling is None:
        return plain, 1.0
    factor = scaling["factor"]
    if scaling["rope_type"] == "linear":
        return plain / factor, 1.0
    if scaling["rope_type"] == "llama3":
        return llama3(plain, factor, scaling), 1.0
    assert scaling["rope_type"] == "yarn"
    return yarn(plain, theta, d, scaling), 0.1 * math.log(factor) + 1.0


def llama3(plain, factor, scaling):
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    old = scaling["original_max_position_embeddings"]
    seen = set()
    scaled = []
    for frequency in plain.tolist():
        wavelength = 2 * math.pi / frequency
        if wavelength < old / high:
            seen.add("short")
            scaled.append(frequency)
        elif wavelength > old / low:
            seen.add("long")
            scaled.append(frequency / factor)
        else:
            seen.add("medium")
            smooth = (old / wavelength - low) / (high - low)
            scaled.append((1 - smooth) * frequency / factor + smooth * frequency)
    assert seen == {"short", "medium", "long"}, seen
    return torch.tensor(scaled)


def yarn(plain, theta, d, scaling):
    old = scaling["original_max_position_embeddings"]

    def dimension(rotations):
        return d * math.log(old / (rotations * 2 * math.pi)) / (2 * math.log(theta))

    low = max(math.floor(dimension(scaling["beta_fast"])), 0)
    high = min(math.ceil(dimension(scaling["beta_slow"])), d - 1)
    assert high - low > 1, (low, high)
    ramp = ((torch.arange(d // 2).float() - low) / (high - low)).clamp(0, 1)
    return plain / scaling["factor"] * ramp + plain * (1 - ramp)


def windows(c):
    """For each layer its window, or None."""
    layers = c["num_hidden_layers"]
    if c["model_type"] == "mistral":
        return [c["sliding_window"]] * layers
    if c.get("use_sliding_window"):
        first = c["max_window_layers"]
        return [c["sliding_window"] if i >= first else None for i in range(layers)]
    return [None] * layers


def logits(c, w, ids):
    heads, kv = c["num_attention_heads"], c["num_key_value_heads"]
    d = c.get("head_dim", c["hidden_size"] // heads)
    eps = c["rms_norm_eps"]
    batch, tokens = ids.shape
    inv_freq, magnitude = frequencies(c, d)
    angles = torch.outer(torch.arange(tokens).float(), inv_freq)
    angles = torch.cat((angles, angles), -1)
    cos, sin = angles.cos() * magnitude, angles.sin() * magnitude
    window = windows(c)

    def split_heads(x, count):
        return x.view(batch, tokens, count, d).transpose(1, 2)

    x = w["model.embed_tokens.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."

        def linear(x, name):
            return F.linear(x, w[p + name + ".weight"], w.get(p + name + ".bias"))

        def head_norm(x, name):
            weight = w.get(p + name + ".weight")
            return x if weight is None else rms_norm(x, weight, eps)

        y = rms_norm(x, w[p + "input_layernorm.weight"], eps)
        q = head_norm(split_heads(linear(y, "self_attn.q_proj"), heads), "self_attn.q_norm")
        k = head_norm(split_heads(linear(y, "self_attn.k_proj"), kv), "self_attn.k_norm")
        v = split_heads(linear(y, "self_attn.v_proj"), kv)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        hidden = causal(tokens) if window[i] is None else sliding(tokens, window[i])
        y = attention(q, repeat_kv(k, heads // kv), repeat_kv(v, heads // kv), hidden)
        x = x + linear(y, "self_attn.o_proj")
        y = rms_norm(x, w[p + "post_attention_layernorm.weight"], eps)
        x = x + linear(F.silu(linear(y, "mlp.gate_proj")) * linear(y, "mlp.up_proj"), "mlp.down_proj")
    x = rms_norm(x, w["model.norm.weight"], eps)
    return F.linear(x, w.get("lm_head.weight", w["model.embed_tokens.weight"]))
